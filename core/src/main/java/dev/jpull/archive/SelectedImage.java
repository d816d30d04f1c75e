// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import java.util.Set;

/**
 * An image that is to be exported.
 *
 * @param name its name in the store; empty when it has none
 * @param root its manifest or index
 * @param manifests the manifests of an index that are wanted; empty for those of the platforms that the export is for
 */
public record SelectedImage(String name, Descriptor root, Set<Digest> manifests) {
    /** Copies the set. */
    public SelectedImage {
        manifests = Set.copyOf(manifests);
    }

    /** An image with the platforms that the export is for. */
    SelectedImage(String name, Descriptor root) {
        this(name, root, Set.of());
    }
}
