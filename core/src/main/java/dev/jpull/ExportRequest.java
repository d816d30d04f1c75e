// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.archive.ArchiveCompression;
import dev.jpull.archive.ArchiveFormat;
import dev.jpull.archive.ExportOptions;
import dev.jpull.archive.ExportTarget;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.Platform;
import dev.jpull.list.Renames;
import dev.jpull.manifest.ReferrerSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which images of a store are exported, and in which form. Immutable.
 *
 * @since 0.1.0
 */
public final class ExportRequest {
    private final ExportOptions options;

    private ExportRequest(ExportOptions options) {
        this.options = options;
    }

    /** The forms in which images leave a store; docs/archives.md says what is in them. */
    public enum Format {
        /** A tar archive of an OCI layout, with what docker needs beside it. */
        OCI_ARCHIVE,
        /** A tar archive as {@code docker save} wrote it before it wrote OCI layouts; for images that docker can run. */
        DOCKER_ARCHIVE,
        /** A directory with an OCI layout. */
        OCI
    }

    /** How an archive is compressed as a whole; its layers stay as they are. */
    public enum Compression {
        /** Not at all. */
        NONE,
        /** gzip. */
        GZIP,
        /** zstd; needs {@code com.github.luben:zstd-jni}. */
        ZSTD
    }

    /**
     * {@return a request with defaults}
     *
     * @param images references, names in the store, or digests
     */
    public static ExportRequest of(String... images) {
        return builder(images).build();
    }

    /**
     * {@return a builder of a request}
     *
     * @param images references, names in the store, or digests
     */
    public static Builder builder(String... images) {
        Builder builder = new Builder();
        for (String image : Objects.requireNonNull(images, "images")) {
            builder.image(image);
        }
        return builder;
    }

    /** The request as the engine takes it. */
    ExportOptions options() {
        return options;
    }

    /**
     * Requires that an export with this request can be written to a target, as far as that shows before it is written: the name
     * says a form, and what is there can be replaced. Writes nothing.
     *
     * @param target as for {@link LocalStore#export}
     * @param store the directory of the store, which need not be there yet
     * @throws ReferenceException if the target and the form do not go together
     * @throws dev.jpull.error.StoreException if nothing can be written there
     */
    public void requireTarget(Path target, Path store) {
        ExportTarget.require(Objects.requireNonNull(target, "target"), options, Objects.requireNonNull(store, "store"));
    }

    /** {@return the images, as they were given} */
    public List<String> images() {
        return options.images();
    }

    @Override
    public String toString() {
        return String.join(" ", options.images());
    }

    /** Builds an {@link ExportRequest}. No method resets what another one has set. For use by one thread. */
    public static final class Builder {
        private final List<String> images = new ArrayList<>();
        private final List<Platform> platforms = new ArrayList<>();
        private @Nullable ReferrerSelection referrers = ReferrerSelection.ALL;
        private boolean keepIndex;
        private boolean verify;
        private boolean hardLinks;
        private Renames renames = Renames.NONE;
        private @Nullable ArchiveFormat format;
        private @Nullable ArchiveCompression compression;

        private Builder() {}

        /**
         * Adds an image: a reference, its name in the store, or its digest. An image that is added twice is exported once.
         *
         * @param image a reference, a name in the store, or a digest
         * @return this builder
         */
        public Builder image(String image) {
            images.add(Objects.requireNonNull(image, "image"));
            return this;
        }

        /**
         * Adds a platform. Without one, all platforms are exported that are in the store completely.
         *
         * @param platform such as {@code linux/arm64}
         * @return this builder
         * @throws ReferenceException if that is no platform
         */
        public Builder platform(String platform) {
            platforms.add(Platform.parse(Objects.requireNonNull(platform, "platform")));
            return this;
        }

        /**
         * The form; without it, the name of the target decides.
         *
         * @param wanted the form
         * @return this builder
         */
        public Builder format(Format wanted) {
            format = ArchiveFormat.valueOf(
                    Objects.requireNonNull(wanted, "wanted").name());
            return this;
        }

        /**
         * The compression of the archive; without it, the name of the target decides.
         *
         * @param wanted the compression
         * @return this builder
         */
        public Builder compression(Compression wanted) {
            compression = ArchiveCompression.valueOf(
                    Objects.requireNonNull(wanted, "wanted").name());
            return this;
        }

        /**
         * Gives images other names in the archive. Of several renamings that match, the one with the longest beginning counts.
         *
         * @param from a name with tag or digest, a repository, or a registry or path with which names begin:
         *     {@code docker.io/library}; a slash at the end has no effect
         * @param to what takes its place
         * @return this builder
         * @throws ReferenceException if they are no parts of names, or {@code from} has been renamed before
         */
        public Builder rename(String from, String to) {
            renames = renames.with(Objects.requireNonNull(from, "from"), Objects.requireNonNull(to, "to"));
            return this;
        }

        /**
         * Exports referrers of some types only. Without this call, all referrers in the store are exported with their images.
         *
         * @param artifactTypes the types of the wanted artifacts; none for all
         * @return this builder
         */
        public Builder referrers(String... artifactTypes) {
            referrers = new ReferrerSelection(
                    new LinkedHashSet<>(List.of(Objects.requireNonNull(artifactTypes, "artifactTypes"))));
            return this;
        }

        /**
         * Exports no referrers.
         *
         * @return this builder
         */
        public Builder withoutReferrers() {
            referrers = null;
            return this;
        }

        /**
         * Whether the archive names the index of an image although not all of its manifests are there; not by default, because
         * most readers refuse that. Without, it names the one manifest that is there, or an index of those that are.
         *
         * @param wanted whether the index is named
         * @return this builder
         */
        public Builder keepIndex(boolean wanted) {
            keepIndex = wanted;
            return this;
        }

        /**
         * Whether the blobs of the store are hashed when they are copied or linked, and what a directory has already; not by
         * default, because they were verified when they came, and readers verify them again. {@link PulledImage#copyTo} and the
         * archives of a {@link PulledImage} always do.
         *
         * @param wanted whether the blobs are hashed
         * @return this builder
         */
        public Builder verify(boolean wanted) {
            verify = wanted;
            return this;
        }

        /**
         * Whether blobs in a directory are hard links to the files of the store where that is possible and safe; not by default. See
         * {@link PulledImage#linkTo}, which says what that means.
         *
         * @param wanted whether blobs are linked
         * @return this builder
         */
        public Builder hardLinks(boolean wanted) {
            hardLinks = wanted;
            return this;
        }

        /**
         * {@return the request} The builder can be used again, and does not change the request any more. A request without images
         * is for {@link ImagePuller#pullAndExport}, which adds those that it pulls.
         */
        public ExportRequest build() {
            return new ExportRequest(new ExportOptions(
                    images, platforms, referrers, keepIndex, renames, format, compression, verify, hardLinks));
        }
    }
}
