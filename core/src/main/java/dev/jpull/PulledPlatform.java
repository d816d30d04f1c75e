// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.file.SerialForm;
import dev.jpull.file.SerialPath;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.Platform;
import dev.jpull.layer.ImageView;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.StoredLayer;
import dev.jpull.pull.PulledContent;
import dev.jpull.pull.StoredDocuments;
import dev.jpull.tar.RawPath;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A pulled image, for one platform. Immutable; equal to one of the same store, platform, manifest, configuration and layers, however
 * these came into the store.
 *
 * @since 0.1.0
 */
public final class PulledPlatform implements Serializable {
    private static final long serialVersionUID = 1L;

    private final transient StoredDocuments documents;
    private final transient String image;
    private final transient PulledContent.PlatformContent content;
    private final transient LayerDecoding decoding;
    private final transient List<PulledLayer> layers;
    private final transient ImageView view;

    PulledPlatform(
            StoredDocuments documents, String image, PulledContent.PlatformContent content, LayerDecoding decoding) {
        this.documents = documents;
        this.image = image;
        this.content = content;
        this.decoding = decoding;
        List<StoredLayer> stored = content.storedLayers(image, decoding);
        this.view = new ImageView(image, stored);
        this.layers = IntStream.range(0, content.layers().size())
                .mapToObj(i -> new PulledLayer(content.layers().get(i), stored.isEmpty() ? null : stored.get(i)))
                .toList();
    }

    /** {@return the platform that the image was built for; null for an artifact that is no image} */
    public @Nullable Platform platform() {
        return content.platform();
    }

    /** {@return the digest of the manifest} */
    public Digest manifestDigest() {
        return content.manifest().digest();
    }

    /** {@return the digest of the configuration} */
    public Digest configDigest() {
        return content.config().digest();
    }

    /** {@return the manifest, as {@link PulledImage#manifest()}} */
    public ImageManifest manifest() {
        return documents.manifest(content.manifest());
    }

    /** {@return the bytes of the manifest, as {@link PulledImage#manifestBytes()}} */
    public byte[] manifestBytes() {
        return documents.content(content.manifest());
    }

    /** {@return the configuration, as {@link PulledImage#config()}} */
    public ImageConfig config() {
        Descriptor config = content.config();
        if (!config.mediaType().isImageConfig()) {
            throw new IllegalStateException(
                    manifestDigest() + " is the manifest of an artifact, whose configuration of the type "
                            + PrintableText.line(config.mediaType().value())
                            + " is not one of an image: configBytes() has its content");
        }
        return documents.config(config, layers.size());
    }

    /** {@return the bytes of the configuration, as {@link PulledImage#configBytes()}} */
    public byte[] configBytes() {
        return documents.content(content.config());
    }

    /** {@return the chain ID of the layers; null for an artifact, or an image without layers} */
    public @Nullable Digest chainId() {
        return content.chainId();
    }

    /** {@return the layers, base first} */
    public List<PulledLayer> layers() {
        return layers;
    }

    /**
     * As {@link PulledImage#files()}, for this platform.
     *
     * @return the files
     */
    public List<ImageFile> files() {
        return view().files().stream().map(ImageFile::new).toList();
    }

    /**
     * As {@link PulledImage#read(String, int)}, for this platform.
     *
     * @param path the absolute path of the file in the image
     * @param maxSize the most bytes that the file may have
     * @return the content
     */
    public Optional<byte[]> read(String path, int maxSize) {
        return view().read(RawPath.of(path), maxSize);
    }

    /**
     * As {@link PulledImage#open(String)}, for this platform.
     *
     * @param path the absolute path of the file in the image
     * @return the content
     */
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

    /** {@return what is written instead} */
    private Object writeReplace() {
        return new Form(SerialPath.of(documents.directory()), image, content, decoding.limits());
    }

    /**
     * Fails: only the form that {@code writeReplace} gives is read.
     *
     * @param in where it would be read from
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a platform is read from its serialized form only");
    }

    private record Form(SerialPath store, String image, PulledContent.PlatformContent content, DecodeLimits limits)
            implements Serializable {
        private Object readResolve() throws InvalidObjectException {
            return SerialForm.read(
                    "a platform",
                    () -> new PulledPlatform(
                            new StoredDocuments(store.toPath()),
                            Objects.requireNonNull(image, "image"),
                            content,
                            LayerDecoding.within(limits)));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PulledPlatform that
                && that.documents.directory().equals(documents.directory())
                && Objects.equals(that.content.platform(), content.platform())
                && that.content.manifest().equals(content.manifest())
                && that.content.config().equals(content.config())
                && that.layers.equals(layers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(documents.directory(), content.platform(), content.manifest(), content.config(), layers);
    }

    /** The platform and the digest of the manifest; for messages, not to be parsed. */
    @Override
    public String toString() {
        return (platform() == null ? "" : platform() + " ") + manifestDigest();
    }
}
