// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.archive.ArchiveFeed;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.event.PullListener;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.image.Snapshotter;
import dev.jpull.layer.LayerConsumers;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.resolve.PullPlan;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one pull is asked for.
 *
 * @param image the reference as it was given
 * @param platforms the platforms, all of which are pulled; empty for the one of this machine, or what it can run
 * @param allPlatforms whether every platform is wanted, even if {@code platforms} is not empty
 * @param metadata whether manifests and configurations of other platforms are wanted too
 * @param annotations annotations of the image in the index of the store
 * @param listener gets the events of this pull alone
 * @param deadline how long the pull may take, zero for no limit; null for the deadline of the engine
 * @param credentials where credentials come from before those of the engine, or null
 * @param verifyLayers whether the uncompressed content of layers is compared with their diff IDs; consumers do that as well
 * @param consumers what is done with the content of layers while they come; null for nothing else
 * @param snapshotter the form of the snapshots that are made of the layers; null for none
 * @param referrers which referrers of the image and of its manifests are wanted too; null for none
 * @param storedAs the name of the image in the store, a reference in full; null for that of {@code image}
 * @param feed the archive that takes the content of the image while it comes; null for none
 */
public record CallOptions(
        String image,
        List<Platform> platforms,
        boolean allPlatforms,
        boolean metadata,
        Map<String, String> annotations,
        PullListener listener,
        @Nullable Duration deadline,
        @Nullable CredentialSource credentials,
        boolean verifyLayers,
        @Nullable LayerConsumers consumers,
        @Nullable Snapshotter snapshotter,
        @Nullable ReferrerSelection referrers,
        @Nullable String storedAs,
        @Nullable ArchiveFeed feed) {
    /** Copies the collections. */
    public CallOptions {
        platforms = List.copyOf(platforms);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** Options of a call that feeds no archive. */
    public CallOptions(
            String image,
            List<Platform> platforms,
            boolean allPlatforms,
            boolean metadata,
            Map<String, String> annotations,
            PullListener listener,
            @Nullable Duration deadline,
            @Nullable CredentialSource credentials,
            boolean verifyLayers,
            @Nullable LayerConsumers consumers,
            @Nullable Snapshotter snapshotter,
            @Nullable ReferrerSelection referrers,
            @Nullable String storedAs) {
        this(
                image,
                platforms,
                allPlatforms,
                metadata,
                annotations,
                listener,
                deadline,
                credentials,
                verifyLayers,
                consumers,
                snapshotter,
                referrers,
                storedAs,
                null);
    }

    /** The options of a call that needs no more than a reference. */
    static CallOptions of(String image) {
        return new CallOptions(
                image, List.of(), false, false, Map.of(), PullListener.NONE, null, null, false, null, null, null, null);
    }

    /** The same with something that is done with the content of layers. */
    public CallOptions with(LayerConsumers wanted) {
        return new CallOptions(
                image,
                platforms,
                allPlatforms,
                metadata,
                annotations,
                listener,
                deadline,
                credentials,
                verifyLayers,
                wanted,
                snapshotter,
                referrers,
                storedAs,
                feed);
    }

    /** The same with an archive that takes the content of the image while it comes. */
    CallOptions with(ArchiveFeed wanted) {
        return new CallOptions(
                image,
                platforms,
                allPlatforms,
                metadata,
                annotations,
                listener,
                deadline,
                credentials,
                verifyLayers,
                consumers,
                snapshotter,
                referrers,
                storedAs,
                wanted);
    }

    /**
     * The name that the image gets in the store.
     *
     * @throws dev.jpull.error.ReferenceException if the image is no reference
     */
    String storeName() {
        return storedAs == null ? ImageReference.parse(image).toString() : storedAs;
    }

    /** The same with the reference written in another way. */
    CallOptions withImage(String other) {
        return new CallOptions(
                other,
                platforms,
                allPlatforms,
                metadata,
                annotations,
                listener,
                deadline,
                credentials,
                verifyLayers,
                consumers,
                snapshotter,
                referrers,
                storedAs,
                feed);
    }

    /** The same for another reference to the image, which gets a name in the store, with other annotations. */
    CallOptions with(String other, String name, Map<String, String> others) {
        return new CallOptions(
                other,
                platforms,
                allPlatforms,
                metadata,
                others,
                listener,
                deadline,
                credentials,
                verifyLayers,
                consumers,
                snapshotter,
                referrers,
                name,
                feed);
    }

    /** What that means for the walk through the image graph. */
    PullPlan.Options plan() {
        return plan(metadata);
    }

    /** The same without the metadata of other platforms. */
    PullPlan.Options planWithoutMetadata() {
        return plan(false);
    }

    private PullPlan.Options plan(boolean others) {
        Platform host = Platform.host();
        if (allPlatforms) {
            return new PullPlan.Options(PlatformMatcher.all(), 0, true);
        }
        return platforms.isEmpty()
                ? new PullPlan.Options(PlatformMatcher.only(host, host), 1, others)
                : new PullPlan.Options(PlatformMatcher.ordered(platforms, host), 0, others);
    }
}
