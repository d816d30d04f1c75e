// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.Attempt;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.pull.PulledContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pulled image: complete, verified and named in the store. Immutable; equal to one of the same content and origin. */
public final class PulledImage {
    private final PulledContent content;
    private final List<PulledPlatform> platforms;

    PulledImage(PulledContent content) {
        this.content = content;
        this.platforms = content.platforms().stream().map(PulledPlatform::new).toList();
    }

    /** The reference in full, such as {@code docker.io/library/busybox:latest}. */
    public String name() {
        return content.name();
    }

    /** The digest of the manifest or index that the reference stands for. */
    public Digest digest() {
        return content.root().digest();
    }

    /** The type of that manifest or index. */
    public MediaType mediaType() {
        return content.root().mediaType();
    }

    /** The origin that resolved the reference, such as {@code https://mirror.example}; null when the store did. */
    public @Nullable String resolvedBy() {
        return content.resolvedBy();
    }

    /** The platforms that were pulled, in the order of the index; empty for an index that has blobs only. */
    public List<PulledPlatform> platforms() {
        return platforms;
    }

    /** How many bytes of blobs were fetched for this pull. */
    public long bytesFetched() {
        return content.bytesFetched();
    }

    /** How many requests this pull made, redirects and token requests included. */
    public int requests() {
        return content.requests();
    }

    /** The attempts at hosts that failed in this pull, after which another host was asked. */
    public List<Attempt> fallbacks() {
        return content.fallbacks();
    }

    /** The number of the pull, as its events have it; 0 for an image that was in the store. */
    public long pull() {
        return content.pull();
    }

    /** The chain ID of the preferred platform; null for an artifact, or an image without layers. */
    public @Nullable Digest chainId() {
        return platforms.isEmpty() ? null : platforms.get(0).chainId();
    }

    /** The layers of the preferred platform, base first. */
    public List<PulledLayer> layers() {
        return platforms.isEmpty() ? List.of() : platforms.get(0).layers();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PulledImage image && image.content.equals(content);
    }

    @Override
    public int hashCode() {
        return content.hashCode();
    }

    /** The name and the digest; for messages, not to be parsed. */
    @Override
    public String toString() {
        return name() + "@" + digest();
    }
}
