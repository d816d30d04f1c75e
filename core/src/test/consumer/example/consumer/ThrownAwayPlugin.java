// SPDX-License-Identifier: Apache-2.0
package example.consumer;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder.Durability;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.PulledLayer;
import dev.jpull.UnpackOptions;
import dev.jpull.credentials.CredentialSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A plugin of a build tool whose class loader is thrown away after each use. Its input and output are text, so that the build tool
 * has no reference to its classes. The input is what to do, a blank, and a directory with the configuration.
 */
public final class ThrownAwayPlugin implements UnaryOperator<String> {
    @Override
    public String apply(String input) {
        String[] words = input.split(" ", 2);
        Path directory = Path.of(words[1]);
        PullRequest request = PullRequest.of("registry.example/team/app:1");
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(directory.resolve("certs.d"))
                .store(directory.resolve("store"))
                .userCredentials(CredentialSource.ofDockerConfig(directory.resolve("config.json")))
                .durability(Durability.UNSYNCED)
                .build()) {
            PulledImage image = puller.pull(request);
            switch (words[0]) {
                case "read" -> image.layers().forEach(ThrownAwayPlugin::read);
                case "unpack" ->
                    puller.unpack(request, directory.resolve("root-" + System.nanoTime()), UnpackOptions.defaults());
                default -> {}
            }
            return image.digest().toString();
        } finally {
            ImagePuller.releaseNativeCode();
        }
    }

    private static void read(PulledLayer layer) {
        try (InputStream content = layer.open()) {
            content.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
