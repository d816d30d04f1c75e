// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of an image, which another program may have given it.
 *
 * @param text the name
 * @param reference the same, when it is a reference in full; else null
 */
record ImageName(String text, @Nullable ImageReference reference) {
    static ImageName of(String text) {
        return new ImageName(
                text,
                parsed(text).filter(parsed -> parsed.toString().equals(text)).orElse(null));
    }

    /** The reference that a text is, also when its registry or tag are left out; empty when it is none. */
    static Optional<ImageReference> parsed(String text) {
        try {
            return Optional.of(ImageReference.parse(text));
        } catch (ReferenceException e) {
            return Optional.empty();
        }
    }

    boolean isReference() {
        return reference != null;
    }

    /** Whether it is a reference with a tag. */
    boolean isTagged() {
        return reference != null && reference.tag() != null;
    }

    /** The repository of a reference, or the whole name. */
    String repository() {
        return reference == null ? text : reference.name();
    }

    /** The tag of a reference, or its digest; the whole name when it is none. */
    String shortName() {
        return reference == null ? text : reference.object();
    }
}
