// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.archive.ImportRequest;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.manifest.PlatformMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How an archive is imported. Immutable. By default, images have the names that the archive gives them, on all platforms that it has,
 * and take the place of other images with these names.
 *
 * @since 0.1.0
 */
public final class ImportOptions {
    private static final ImportOptions DEFAULT = builder().build();

    private final ImportRequest request;

    private ImportOptions(Builder values) {
        List<Platform> platforms =
                values.platforms.stream().map(Platform::parse).toList();
        request = new ImportRequest(
                values.name,
                platforms.isEmpty() ? PlatformMatcher.all() : PlatformMatcher.any(platforms, Platform.host()),
                values.keepsExisting,
                values.progress);
    }

    /** {@return the defaults} */
    public static ImportOptions defaults() {
        return DEFAULT;
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    ImportRequest request() {
        return request;
    }

    /** Builds {@link ImportOptions}. For use by one thread. */
    public static final class Builder {
        private final List<String> platforms = new ArrayList<>();
        private @Nullable String name;
        private boolean keepsExisting;
        private LongConsumer progress = bytes -> {};

        private Builder() {}

        /**
         * The name of the image.
         *
         * @param reference with a tag or a digest the whole name of the only image of the archive; without, the repository of that image,
         *     or of each image to which the archive gives a tag and no repository
         * @return this builder
         * @throws ReferenceException if it is no reference
         */
        public Builder name(String reference) {
            ImageReference.parse(Objects.requireNonNull(reference, "reference"));
            name = reference;
            return this;
        }

        /**
         * A wanted platform, beside those of earlier calls.
         *
         * @param platform a platform, as in {@code linux/arm64}
         * @return this builder
         * @throws ReferenceException if it is no platform
         */
        public Builder platform(String platform) {
            Platform.parse(Objects.requireNonNull(platform, "platform"));
            platforms.add(platform);
            return this;
        }

        /**
         * Whether images of the store keep their names: an archive with another image of such a name is refused.
         *
         * @param keep whether such an archive is refused
         * @return this builder
         */
        public Builder keepExisting(boolean keep) {
            keepsExisting = keep;
            return this;
        }

        /**
         * Takes how many bytes of the uncompressed archive were read, now and then, on the thread that imports.
         *
         * @param bytes takes the number of bytes read so far
         * @return this builder
         */
        public Builder progress(LongConsumer bytes) {
            progress = Objects.requireNonNull(bytes, "bytes");
            return this;
        }

        /** {@return the options} */
        public ImportOptions build() {
            return new ImportOptions(this);
        }
    }
}
