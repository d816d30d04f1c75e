// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Platform;
import dev.jpull.list.ImageSettings;
import dev.jpull.list.Renames;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.sync.SyncOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which images to bring into the store in one run, and how. Immutable.
 *
 * @since 0.1.0
 */
public final class SyncRequest {
    private final SyncOptions options;

    private SyncRequest(SyncOptions options) {
        this.options = options;
    }

    /**
     * {@return all images of a list, for the platform of this machine where the list names none}
     *
     * @param list the images
     */
    public static SyncRequest of(ImageList list) {
        return builder(list).build();
    }

    /**
     * {@return a builder of a request}
     *
     * @param list the images
     */
    public static Builder builder(ImageList list) {
        return new Builder(list);
    }

    SyncOptions options() {
        return options;
    }

    /** Builds a {@link SyncRequest}. For use by one thread. */
    public static final class Builder {
        private final ImageList list;
        private final List<Platform> platforms = new ArrayList<>();
        private Renames renames = Renames.NONE;
        private boolean allPlatforms;
        private @Nullable ReferrerSelection referrers;
        private boolean keepGoing;
        private boolean dryRun;
        private boolean prune;

        private Builder(ImageList list) {
            this.list = Objects.requireNonNull(list, "list");
        }

        /**
         * Adds a platform for images of which the list names none.
         *
         * @param platform such as {@code linux/arm64}
         * @return this builder
         * @throws ReferenceException if it is none
         */
        public Builder platform(String platform) {
            platforms.add(Platform.parse(Objects.requireNonNull(platform, "platform"), Platform.host()));
            return this;
        }

        /**
         * Whether every platform is wanted of images of which the list names none; not by default.
         *
         * @param all whether every platform is wanted
         * @return this builder
         */
        public Builder allPlatforms(boolean all) {
            allPlatforms = all;
            return this;
        }

        /**
         * Brings what refers to the images as well, such as signatures, where the list says nothing of that; not by default.
         *
         * @param artifactTypes the types of the wanted artifacts; none for all
         * @return this builder
         */
        public Builder referrers(String... artifactTypes) {
            referrers = new ReferrerSelection(
                    new LinkedHashSet<>(Arrays.asList(Objects.requireNonNull(artifactTypes, "artifactTypes"))));
            return this;
        }

        /**
         * Gives images of which the list says no other name another one in the store. Of several renamings that match,
         * the one with the longest beginning counts.
         *
         * @param from a name with tag or digest, a repository, or a registry or path with which names begin:
         *     {@code docker.io/library}; a slash at the end has no effect
         * @param to what takes its place
         * @return this builder
         * @throws ReferenceException if they are no parts of names
         */
        public Builder rename(String from, String to) {
            renames = renames.with(Objects.requireNonNull(from, "from"), Objects.requireNonNull(to, "to"));
            return this;
        }

        /**
         * Whether the others go on when an image has failed, and the report has the failures; not by default.
         *
         * @param wanted whether the others go on
         * @return this builder
         */
        public Builder keepGoing(boolean wanted) {
            keepGoing = wanted;
            return this;
        }

        /**
         * Whether to report only what would be done: manifests are requested, blobs are not, and nothing is written.
         *
         * @param wanted whether nothing is done but reported
         * @return this builder
         */
        public Builder dryRun(boolean wanted) {
            dryRun = wanted;
            return this;
        }

        /**
         * Whether images are removed that earlier runs brought and that the list does not name any more, with the content that
         * only they need; not by default, and never when something has failed.
         *
         * @param wanted whether such images are removed
         * @return this builder
         */
        public Builder prune(boolean wanted) {
            prune = wanted;
            return this;
        }

        /** {@return the request} The builder can be used again, and does not change the request any more. */
        public SyncRequest build() {
            ImageSettings defaults = new ImageSettings(
                    new ImageSettings.Platforms(allPlatforms, platforms), new ImageSettings.Referrers(referrers), null);
            return new SyncRequest(new SyncOptions(list.entries(), defaults, renames, keepGoing, dryRun, prune));
        }
    }
}
