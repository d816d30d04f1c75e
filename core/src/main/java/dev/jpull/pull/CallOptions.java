// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Platform;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.resolve.PullPlan;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one pull is asked for, beside the reference.
 *
 * @param platforms the platforms; empty for the one of this machine, or what it can run
 * @param allPlatforms whether every platform is wanted, whatever {@code platforms} says
 * @param metadata whether manifests and configurations of other platforms are wanted too
 * @param annotations annotations of the image in the index of the store
 */
public record CallOptions(
        List<Platform> platforms, boolean allPlatforms, boolean metadata, Map<String, String> annotations) {
    /** Copies the collections. */
    public CallOptions {
        platforms = List.copyOf(platforms);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** What that means for the walk through the image graph. */
    PullPlan.Options plan() {
        Platform host = Platform.host();
        if (allPlatforms) {
            return new PullPlan.Options(PlatformMatcher.all(), 0, true);
        }
        return platforms.isEmpty()
                ? new PullPlan.Options(PlatformMatcher.only(host, host), 1, metadata)
                : new PullPlan.Options(PlatformMatcher.ordered(platforms, host), 0, metadata);
    }

    /** The same without the metadata of other platforms. */
    CallOptions withoutMetadata() {
        return new CallOptions(platforms, allPlatforms, false, annotations);
    }
}
