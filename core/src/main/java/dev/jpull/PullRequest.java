// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Platform;
import dev.jpull.pull.CallOptions;
import dev.jpull.store.LayoutIndex;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What to pull. Immutable; each {@code with…} method gives a changed copy.
 *
 * @param image the reference, as people write it: {@code busybox} or {@code registry.example:5000/app@sha256:…}
 * @param platforms the platforms, such as {@code linux/arm64}; empty for the one of this machine, or what it can run
 * @param allPlatforms whether every platform is wanted
 * @param metadata whether manifests and configurations of other platforms are wanted too
 * @param annotations annotations of the image in the store's index
 */
public record PullRequest(
        String image, List<String> platforms, boolean allPlatforms, boolean metadata, Map<String, String> annotations) {
    /**
     * Copies the collections.
     *
     * @throws ReferenceException if an annotation is one that the store itself writes
     */
    public PullRequest {
        Objects.requireNonNull(image, "image");
        platforms = List.copyOf(Objects.requireNonNull(platforms, "platforms"));
        annotations =
                Collections.unmodifiableMap(new LinkedHashMap<>(Objects.requireNonNull(annotations, "annotations")));
        annotations.forEach((key, value) -> {
            Objects.requireNonNull(key, "a key of annotations");
            Objects.requireNonNull(value, "a value of annotations");
        });
        for (String own : List.of(LayoutIndex.REF_NAME, LayoutIndex.PULLED)) {
            if (annotations.containsKey(own)) {
                throw new ReferenceException("the annotation " + own + " cannot be given, because the store writes it"
                        + (own.equals(LayoutIndex.REF_NAME)
                                ? ": it is the name of the image, pull the image under the name that it should have"
                                : ": leave it out"));
            }
        }
    }

    /** The request as the engine takes it. */
    CallOptions options() {
        return new CallOptions(platforms.stream().map(Platform::parse).toList(), allPlatforms, metadata, annotations);
    }

    /** An image for the platform of this machine. */
    public static PullRequest of(String image) {
        return new PullRequest(image, List.of(), false, false, Map.of());
    }

    /** The same for these platforms. */
    public PullRequest withPlatforms(List<String> wanted) {
        return new PullRequest(image, wanted, false, metadata, annotations);
    }

    /** The same for all platforms. */
    public PullRequest withAllPlatforms() {
        return new PullRequest(image, List.of(), true, metadata, annotations);
    }

    /** The same, with the manifests and configurations of other platforms or without them. */
    public PullRequest withMetadata(boolean wanted) {
        return new PullRequest(image, platforms, allPlatforms, wanted, annotations);
    }

    /** The same, with annotations in the store's index. */
    public PullRequest withAnnotations(Map<String, String> wanted) {
        return new PullRequest(image, platforms, allPlatforms, metadata, wanted);
    }
}
