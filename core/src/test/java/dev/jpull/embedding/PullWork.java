// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import dev.jpull.ImagePuller;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import java.io.File;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The work item of a build tool that runs work in other processes, as the Worker API of Gradle does. It has values alone: the engine is
 * made where the work runs, and closed there.
 *
 * @param request what to pull
 * @param store the OCI image layout; a {@code File}, because a {@code Path} is not serializable
 * @param hostsDirectory the registry hosts
 */
// begin
record PullWork(PullRequest request, File store, File hostsDirectory) implements Callable<PulledImage>, Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public PulledImage call() {
        try (ImagePuller puller = ImagePuller.builder()
                .store(store.toPath())
                .hostsDirectory(hostsDirectory.toPath())
                .environment(Map.of())
                .build()) {
            return puller.pull(request);
        }
    }
}
// end
