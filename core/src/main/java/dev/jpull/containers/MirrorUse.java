// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import dev.jpull.image.ImageReference;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** For which references a mirror is asked ({@code pull-from-mirror}). */
enum MirrorUse {
    ALL("all"),
    DIGEST_ONLY("digest-only"),
    TAG_ONLY("tag-only");

    private final String label;

    MirrorUse(String label) {
        this.label = label;
    }

    /** The word in the file. */
    String label() {
        return label;
    }

    static Optional<MirrorUse> of(String label) {
        return Arrays.stream(values()).filter(use -> use.label.equals(label)).findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(MirrorUse::label).toList();
    }

    /** Whether the mirror is asked for an image. */
    boolean admits(ImageReference image) {
        return switch (this) {
            case ALL -> true;
            case DIGEST_ONLY -> image.digest() != null;
            case TAG_ONLY -> image.digest() == null;
        };
    }
}
