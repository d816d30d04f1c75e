// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The registry of Docker with one image in its storage, which is made of links to files that are there. It ends with its
 * workplace.
 */
final class Registry {
    private static final Pattern PORT = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");

    private Registry() {}

    /** The program; nothing when the machine has none. */
    static Optional<Path> program() {
        return Peers.find("docker-registry").or(() -> Peers.find("docker-registry-new"));
    }

    /**
     * Starts it.
     *
     * @throws IOException if the machine has none, or it does not say its port within ten seconds
     */
    static Target start(Workplace workplace, ServedImage image) throws IOException, InterruptedException {
        Path program = program().orElseThrow(() -> new IOException("the machine has no docker-registry"));
        Path root = workplace.directory().resolve("registry");
        store(Server.files(workplace).resolve("v2").resolve(image.name()), root, image);
        Path configuration = Files.writeString(root.resolve("registry.yml"), """
                version: 0.1
                log: { level: info, formatter: text, accesslog: { disabled: true } }
                storage: { filesystem: { rootdirectory: "%s" } }
                http: { addr: "127.0.0.1:0" }
                """.formatted(root));
        Path log = root.resolve("log");
        Process process = workplace.start(new ProcessBuilder(program.toString(), "serve", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        for (int i = 0; i < 200 && process.isAlive(); i++) {
            Matcher port = PORT.matcher(Files.readString(log));
            if (port.find()) {
                return Target.plain("localhost:" + port.group(1), List.of());
            }
            Thread.sleep(50);
        }
        throw new IOException("docker-registry did not start: " + Files.readString(log));
    }

    private static void store(Path served, Path root, ServedImage image) throws IOException {
        Path repositories = root.resolve("docker/registry/v2/repositories").resolve(image.name());
        for (String digest : image.blobs()) {
            data(served.resolve("blobs").resolve(digest), root, digest);
            link(repositories.resolve("_layers"), digest);
        }
        data(served.resolve("manifests").resolve(image.digest()), root, image.digest());
        link(repositories.resolve("_manifests/revisions"), image.digest());
        Path current = repositories.resolve("_manifests/tags/1/current");
        Files.writeString(Files.createDirectories(current).resolve("link"), image.digest());
    }

    private static void data(Path file, Path root, String digest) throws IOException {
        String hex = digest.substring(digest.indexOf(':') + 1);
        Path directory = root.resolve("docker/registry/v2/blobs/sha256")
                .resolve(hex.substring(0, 2))
                .resolve(hex);
        Files.createLink(Files.createDirectories(directory).resolve("data"), file);
    }

    private static void link(Path directory, String digest) throws IOException {
        Path named = directory.resolve(digest.replace(':', '/'));
        Files.writeString(Files.createDirectories(named).resolve("link"), digest);
    }
}
