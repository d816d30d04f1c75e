// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.layer.ImageView;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.StoredLayer;
import dev.jpull.pull.PulledContent;
import dev.jpull.tar.RawPath;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A pulled image, for one platform. Immutable. */
public final class PulledPlatform {
    private final PulledContent.PlatformContent content;
    private final List<PulledLayer> layers;

    private final ImageView view;

    PulledPlatform(String image, PulledContent.PlatformContent content, LayerDecoding decoding) {
        this.content = content;
        List<StoredLayer> stored = content.storedLayers(image, decoding);
        this.view = new ImageView(image, stored);
        this.layers = IntStream.range(0, content.layers().size())
                .mapToObj(i -> new PulledLayer(content.layers().get(i), stored.isEmpty() ? null : stored.get(i)))
                .toList();
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

    /** As {@link PulledImage#files()}, for this platform. */
    public List<ImageFile> files() {
        return view().files().stream().map(ImageFile::new).toList();
    }

    /** As {@link PulledImage#read(String, int)}, for this platform. */
    public Optional<byte[]> read(String path, int maxSize) {
        return view().read(RawPath.of(path), maxSize);
    }

    /** As {@link PulledImage#open(String)}, for this platform. */
    public Optional<InputStream> open(String path) {
        return view().open(RawPath.of(path));
    }

    private ImageView view() {
        if (view.layers().size() != layers.size()) {
            throw new IllegalStateException(
                    manifestDigest() + " is the manifest of an artifact, whose blobs are not layers");
        }
        return view;
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
