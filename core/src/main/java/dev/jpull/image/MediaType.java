// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The media type of some content, and what containerd takes it for (docs/containerd.md section 10.1).
 *
 * @param value the type without parameters, in the letter case that was given
 * @since 0.1.0
 */
public record MediaType(String value) implements Serializable {
    /** An OCI image manifest. */
    public static final MediaType OCI_MANIFEST = new MediaType("application/vnd.oci.image.manifest.v1+json");
    /** An OCI image index. */
    public static final MediaType OCI_INDEX = new MediaType("application/vnd.oci.image.index.v1+json");
    /** A docker image manifest, version 2, schema 2. */
    public static final MediaType DOCKER_MANIFEST =
            new MediaType("application/vnd.docker.distribution.manifest.v2+json");
    /** A docker manifest list. */
    public static final MediaType DOCKER_LIST =
            new MediaType("application/vnd.docker.distribution.manifest.list.v2+json");
    /** A docker manifest of schema 1, which nothing supports any more. */
    public static final MediaType DOCKER_SCHEMA1 =
            new MediaType("application/vnd.docker.distribution.manifest.v1+prettyjws");
    /** An OCI image configuration. */
    public static final MediaType OCI_CONFIG = new MediaType("application/vnd.oci.image.config.v1+json");
    /** A docker image configuration. */
    public static final MediaType DOCKER_CONFIG = new MediaType("application/vnd.docker.container.image.v1+json");
    /** The empty configuration or blob of an artifact, {@code {}}. */
    public static final MediaType OCI_EMPTY = new MediaType("application/vnd.oci.empty.v1+json");
    /** An OCI layer, gzip-compressed. */
    public static final MediaType OCI_LAYER_GZIP = new MediaType("application/vnd.oci.image.layer.v1.tar+gzip");

    /** The types to ask a registry for when a manifest or an index is wanted, in order of preference. */
    public static final List<MediaType> MANIFESTS_AND_INDEXES =
            List.of(DOCKER_MANIFEST, DOCKER_LIST, OCI_MANIFEST, OCI_INDEX);

    private static final String OCI_LAYER_PREFIX = "application/vnd.oci.image.layer.";
    private static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    private static final String DOCKER_FOREIGN_LAYER = "application/vnd.docker.image.rootfs.foreign.diff.tar";
    private static final Set<String> DOCKER_LAYERS = Set.of(
            DOCKER_LAYER,
            DOCKER_LAYER + ".gzip",
            DOCKER_LAYER + ".zstd",
            DOCKER_FOREIGN_LAYER,
            DOCKER_FOREIGN_LAYER + ".gzip");
    private static final String EROFS_LAYER = "application/vnd.erofs.layer.v1";
    private static final Set<String> CHECKPOINT_CONFIGS = Set.of(
            "application/vnd.containerd.container.criu.checkpoint.criu.tar",
            "application/vnd.containerd.container.checkpoint.options.v1+proto",
            "application/vnd.containerd.container.checkpoint.config.v1+proto");

    /** Checks that there is a text. */
    public MediaType {
        Objects.requireNonNull(value, "value");
    }

    /** How the bytes of a layer are compressed, as far as the media type shows. */
    public enum Compression {
        /** Not compressed. */
        NONE(""),
        /** The type does not say: look at the first bytes. */
        UNKNOWN("unknown"),
        /** gzip. */
        GZIP("gzip"),
        /** zstd. */
        ZSTD("zstd");

        private final String label;

        Compression(String label) {
            this.label = label;
        }

        /**
         * containerd's name for it: empty, {@code unknown}, {@code gzip} or {@code zstd}.
         *
         * @return the name
         */
        public String label() {
            return label;
        }
    }

    /**
     * {@return the media type in a Content-Type header: what stands before the parameters}
     *
     * @param header the value of the header
     */
    public static MediaType ofContentType(String header) {
        int semicolon = header.indexOf(';');
        return new MediaType((semicolon < 0 ? header : header.substring(0, semicolon)).strip());
    }

    /** {@return whether it is an image manifest} */
    public boolean isManifest() {
        return equals(OCI_MANIFEST) || equals(DOCKER_MANIFEST);
    }

    /** {@return whether it is an image index or a manifest list} */
    public boolean isIndex() {
        return equals(OCI_INDEX) || equals(DOCKER_LIST);
    }

    /** {@return whether it is served from {@code /manifests/} rather than {@code /blobs/}} */
    public boolean isManifestOrIndex() {
        return isManifest() || isIndex();
    }

    /** {@return whether it is the configuration of an image} */
    public boolean isImageConfig() {
        return equals(OCI_CONFIG) || equals(DOCKER_CONFIG);
    }

    /** {@return whether it is a configuration that containerd supports: of an image, or of a checkpoint} */
    public boolean isKnownConfig() {
        return isImageConfig() || CHECKPOINT_CONFIGS.contains(value);
    }

    /** {@return whether it is an in-toto attestation} */
    public boolean isAttestation() {
        return value.equals("application/vnd.in-toto+json");
    }

    /** {@return whether it is a layer of a root file system} */
    public boolean isLayer() {
        return value.startsWith(OCI_LAYER_PREFIX) || DOCKER_LAYERS.contains(base()) || value.equals(EROFS_LAYER);
    }

    /** {@return whether it is a layer that may be kept out of registries} */
    public boolean isNonDistributable() {
        return value.startsWith("application/vnd.oci.image.layer.nondistributable.")
                || value.startsWith("application/vnd.docker.image.rootfs.foreign.");
    }

    /** {@return whether it is a layer that is encrypted, so that its content cannot be read without a key} */
    public boolean isEncrypted() {
        return suffixes().contains("encrypted");
    }

    /**
     * {@return how a layer of this type is compressed; empty when the type is no layer that containerd can apply (its {@code
     * DiffCompression})}
     */
    public Optional<Compression> layerCompression() {
        List<String> suffixes = suffixes();
        String base = base();
        if (DOCKER_LAYERS.contains(base)) {
            if (!suffixes.isEmpty()) {
                // Wrapped by something that jpull does not undo: the compression below is not visible.
                return Optional.of(Compression.NONE);
            }
            if (base.endsWith(".gzip")) {
                return Optional.of(Compression.GZIP);
            }
            return Optional.of(base.endsWith(".zstd") ? Compression.ZSTD : Compression.UNKNOWN);
        }
        if (!value.startsWith(OCI_LAYER_PREFIX)) {
            return Optional.empty();
        }
        return Optional.of(
                switch (suffixes.isEmpty() ? "" : suffixes.get(suffixes.size() - 1)) {
                    case "gzip" -> Compression.GZIP;
                    case "zstd" -> Compression.ZSTD;
                    default -> Compression.NONE;
                });
    }

    /** The type itself. */
    @Override
    public String toString() {
        return value;
    }

    private String base() {
        int plus = value.indexOf('+');
        return plus < 0 ? value : value.substring(0, plus);
    }

    private List<String> suffixes() {
        int plus = value.indexOf('+');
        return plus < 0
                ? List.of()
                : Arrays.stream(value.substring(plus + 1).split("\\+", -1))
                        .sorted()
                        .toList();
    }

    /** Not generated: the first call of a generated one links method handles, which takes milliseconds of each small pull. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MediaType that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
