// SPDX-License-Identifier: Apache-2.0
package dev.jpull.sync;

import dev.jpull.error.PullException;
import dev.jpull.image.Digest;
import dev.jpull.pull.UpdatedContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run has done, or would do.
 *
 * @param images the images, in the order of the lists
 * @param pruned what was removed, or would be; null when something failed before, or nothing was to be removed
 */
public record SyncedContent(List<Image> images, @Nullable Pruned pruned) {
    /** Copies the list. */
    public SyncedContent {
        images = List.copyOf(images);
    }

    /**
     * An image, or an entry of which no image is known.
     *
     * @param name the name in the store; of an entry without images, its repository
     * @param source the reference by which it is pulled
     * @param digest the digest of its manifest or index; null after a failure
     * @param state what had to be done for it; null after a failure
     * @param bytes how many bytes of blobs were fetched for it, or would be; a blob of several images counts for one of them
     * @param failure why it is not there; null when it is
     */
    public record Image(
            String name,
            String source,
            @Nullable Digest digest,
            UpdatedContent.@Nullable State state,
            long bytes,
            @Nullable PullException failure) {
        static Image failed(String name, String source, PullException failure) {
            return new Image(name, source, null, null, 0, failure);
        }
    }

    /**
     * What was removed.
     *
     * @param names the names of images
     * @param bytes how many bytes of content only they needed
     */
    public record Pruned(List<String> names, long bytes) {
        /** Copies the list. */
        public Pruned {
            names = List.copyOf(names);
        }
    }

    /** Whether an image is not there. */
    public boolean hasFailures() {
        return images.stream().anyMatch(image -> image.failure() != null);
    }
}
