// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** The example of core/README.md; {@link DocumentsTest} compares both. */
final class ReadmeExample {
    private ReadmeExample() {}

    static void run() {
        // begin
        try (ImagePuller puller = ImagePuller.builder()
                .hostsDirectory(Path.of("/etc/containerd/certs.d"))
                .store(Path.of("build/images"))
                .userCredentials(CredentialSource.ofUser(System.getenv()))
                .maxConcurrentDownloads(6)
                .listener(event -> System.err.println(event))
                .build()) {
            PulledImage image = puller.pull("myregistry.io:5000/img:tag");
            System.out.println(image.chainId());
            image.layers().forEach(layer -> System.out.println(layer.path() + " " + layer.diffId()));
            // From its layers, verified, without unpacking.
            image.read("/etc/os-release").ifPresent(System.out::writeBytes);
            // Its root file system, extracted while it is pulled.
            puller.unpack(PullRequest.of("busybox"), Path.of("build/rootfs"), UnpackOptions.defaults());

            CompletableFuture<PulledImage> other = puller.pullAsync(
                    PullRequest.builder("busybox").platform("linux/arm64").build());
            other.cancel(true); // ends the transfer, keeps the bytes that are there
        } catch (PullException e) { // sealed: one type for each kind of failure
            e.attempts().forEach(System.err::println); // host, URL, status and reason of each attempt
        }
        // end
    }
}
