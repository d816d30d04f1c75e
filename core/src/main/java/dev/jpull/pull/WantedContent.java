// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Platform;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.resolve.PullPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which content of an image is wanted.
 *
 * @param platforms the platforms, all of which are wanted; empty for the one of this machine, or what it can run
 * @param allPlatforms whether every platform is wanted, even if {@code platforms} is not empty
 * @param metadata whether manifests and configurations of other platforms are wanted too
 * @param referrers which referrers of the image and of its manifests are wanted too; null for none
 */
public record WantedContent(
        List<Platform> platforms,
        boolean allPlatforms,
        boolean metadata,
        @Nullable ReferrerSelection referrers) {
    /** The image for the platform of this machine. */
    public static final WantedContent OF_THIS_MACHINE = new WantedContent(List.of(), false, false, null);

    /** Copies the platforms. */
    public WantedContent {
        platforms = List.copyOf(platforms);
    }

    /** The same for other platforms. */
    WantedContent with(List<Platform> others) {
        return new WantedContent(others, allPlatforms, metadata, referrers);
    }

    /** The same without the metadata of other platforms. */
    WantedContent withoutMetadata() {
        return new WantedContent(platforms, allPlatforms, false, referrers);
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
