// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.pull.PulledContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pulled image, for one platform. Immutable. */
public final class PulledPlatform {
    private final PulledContent.PlatformContent content;
    private final List<PulledLayer> layers;

    PulledPlatform(PulledContent.PlatformContent content) {
        this.content = content;
        this.layers = content.layers().stream().map(PulledLayer::new).toList();
    }

    /** The platform that the image was built for; null for an artifact that is no image. */
    public @Nullable Platform platform() {
        return content.platform();
    }

    /** The digest of the manifest. */
    public Digest manifestDigest() {
        return content.manifest();
    }

    /** The digest of the configuration. */
    public Digest configDigest() {
        return content.config();
    }

    /** The chain ID of the layers; null for an artifact, or an image without layers. */
    public @Nullable Digest chainId() {
        return content.chainId();
    }

    /** The layers, base first. */
    public List<PulledLayer> layers() {
        return layers;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PulledPlatform platform && platform.content.equals(content);
    }

    @Override
    public int hashCode() {
        return content.hashCode();
    }

    /** The platform and the digest of the manifest; for messages, not to be parsed. */
    @Override
    public String toString() {
        return (platform() == null ? "" : platform() + " ") + manifestDigest();
    }
}
