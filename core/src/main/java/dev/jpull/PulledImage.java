// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.Attempt;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pulled image: complete, verified and named in the store.
 *
 * @param name the reference in full
 * @param digest the digest of its manifest or index
 * @param mediaType the type of that
 * @param resolvedBy the origin that said what the reference stands for; empty when the store did
 * @param platforms the platforms that were pulled, the preferred one first
 * @param bytesFetched how many bytes of blobs were fetched
 * @param requests how many requests were made for it, redirects and token requests included
 * @param fallbacks the hosts that did not do when another one was asked
 * @param pull the number of the pull, as its events have it; 0 for an image that was in the store
 */
public record PulledImage(
        String name,
        Digest digest,
        MediaType mediaType,
        String resolvedBy,
        List<PulledPlatform> platforms,
        long bytesFetched,
        int requests,
        List<Attempt> fallbacks,
        long pull) {
    /** Copies the lists. */
    public PulledImage {
        platforms = List.copyOf(platforms);
        fallbacks = List.copyOf(fallbacks);
    }

    /** The chain ID of the preferred platform, or null for something that is no image or has no layers. */
    public @Nullable Digest chainId() {
        return platforms.isEmpty() ? null : platforms.get(0).chainId();
    }

    /** The layers of the preferred platform, base first. */
    public List<PulledLayer> layers() {
        return platforms.isEmpty() ? List.of() : platforms.get(0).layers();
    }
}
