// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageConfig.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The examples of "After the pull" in docs/embedding.md; {@link DocumentsTest} compares both, {@link CopiedImageTest} runs them. */
final class AfterThePullExample {
    private AfterThePullExample() {}

    /** The command line of an image, as a build tool that makes another image of it needs it. */
    static List<String> commandLine(PulledImage image) {
        // begin
        ImageConfig config = image.config(); // of the preferred platform; image.platforms() has the others
        Execution execution = config.execution();
        System.out.println(execution.environment() + " " + execution.labels());
        System.out.println(config.platform() + ", built " + config.createdAt().orElse(null));
        byte[] manifest = image.manifestBytes(); // the exact bytes, which have the digest manifestDigest()
        System.out.println(image.platforms().get(0).manifestDigest().matches(manifest));
        // end
        return execution.entrypoint();
    }

    /** How many bytes the layers have when they are not compressed. */
    static long uncompressedBytes(PulledImage image) throws IOException {
        long bytes = 0;
        // begin
        for (PulledLayer layer : image.layers()) {
            try (InputStream tar = layer.open()) { // its end is reached only when the diff ID was right
                bytes += tar.transferTo(OutputStream.nullOutputStream());
            }
        }
        // end
        return bytes;
    }

    static void export(PulledImage image, Path build) throws IOException {
        // begin
        image.copyTo(build.resolve("layout")); // or linkTo: hard links to the store
        try (OutputStream file = Files.newOutputStream(build.resolve("image.tar"))) {
            image.writeDockerArchive(file); // for docker load, Podman, jib, Testcontainers
        }
        // end
    }

    static PulledImage fromStore(Path directory) {
        // begin
        LocalStore store = LocalStore.open(directory);
        for (LocalStore.StoredImage stored : store.images()) {
            System.out.println(stored.name() + " " + stored.root().digest());
        }
        PulledImage image = store.image("registry.example/team/app:1"); // without a puller and without a request
        // end
        return image;
    }
}
