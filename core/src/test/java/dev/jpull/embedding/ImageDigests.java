// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import dev.jpull.ImageOutcome;
import dev.jpull.ImagePuller;
import dev.jpull.PullRequest;
import dev.jpull.ResolvedReference;
import dev.jpull.image.Digest;
import java.io.File;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A value of a build that comes from outside of it, as a {@code ValueSource} of Gradle obtains one: its parameters are serializable, and
 * what it obtains is a serializable value that is the same for the same images, so that it can be part of a cache key.
 *
 * @param requests the images
 * @param store the OCI image layout; nothing is written to it
 * @param hostsDirectory the registry hosts
 */
// begin
record ImageDigests(List<PullRequest> requests, File store, File hostsDirectory)
        implements Supplier<SortedMap<String, Digest>>, Serializable {
    private static final long serialVersionUID = 1;

    ImageDigests {
        requests = List.copyOf(requests);
    }

    @Override
    public SortedMap<String, Digest> get() {
        SortedMap<String, Digest> digests = new TreeMap<>();
        try (ImagePuller puller = ImagePuller.builder()
                .store(store.toPath())
                .hostsDirectory(hostsDirectory.toPath())
                .environment(Map.of())
                .build()) {
            for (ImageOutcome<ResolvedReference> outcome : puller.resolveAll(requests)) { // nothing is pulled
                digests.put(outcome.orThrow().name(), outcome.orThrow().digest());
            }
        }
        return digests;
    }
}
// end
