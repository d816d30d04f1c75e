// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an import did.
 *
 * @param images the images that have their names now, in the order of the archive
 * @param referrers how many signatures, attestations and the like came with them
 * @param leftOut what the archive has and the store got no name for, each in words
 * @param written how many bytes of content were written to the store
 * @param present how many bytes of content were there already
 */
public record ImportResult(List<Named> images, int referrers, List<String> leftOut, long written, long present) {
    /** Copies the lists. */
    public ImportResult {
        images = List.copyOf(images);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * An image that has its name.
     *
     * @param root its manifest or index
     * @param platforms the platforms that are complete, as far as they are known
     * @param previous the digest of the image that had the name before; null if none had
     * @param isPresent whether nothing changed
     */
    public record Named(
            String name,
            Descriptor root,
            List<Platform> platforms,
            @Nullable Digest previous,
            boolean isPresent) {
        /** Copies the list. */
        public Named {
            platforms = List.copyOf(platforms);
        }
    }
}
