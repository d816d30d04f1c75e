// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pulled image, for one platform.
 *
 * @param platform the platform that it was built for, or null for something that is no image
 * @param manifestDigest the digest of its manifest
 * @param configDigest the digest of its configuration
 * @param chainId the chain ID of all its layers, or null for something that is no image or has no layers
 * @param layers its layers, base first
 */
public record PulledPlatform(
        @Nullable Platform platform,
        Digest manifestDigest,
        Digest configDigest,
        @Nullable Digest chainId,
        List<PulledLayer> layers) {
    /** Copies the list. */
    public PulledPlatform {
        layers = List.copyOf(layers);
    }
}
