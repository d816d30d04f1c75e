// SPDX-License-Identifier: Apache-2.0
package example.consumer;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.LocalStore;
import dev.jpull.PulledImage;
import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A pull in an environment that a test has made. The arguments are the URL of a registry, which needs a token, and a directory
 * for the configuration; the store follows, or the standard one is used. In the last two, {@code @} stands for letters that are
 * not ASCII, which a test cannot pass in every locale.
 */
public final class PlainPull {
    private static final String LETTERS = "B\u00fccher \u0130 \u65e5\u672c";

    private PlainPull() {}

    public static void main(String[] arguments) throws Exception {
        Path hosts = path(arguments[1]).resolve("certs.d");
        Path file = hosts.resolve("registry.example/hosts.toml");
        if (!Files.exists(file)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "server = \"" + arguments[0] + "\"\n", StandardCharsets.UTF_8);
        }
        try {
            pull(arguments, hosts);
        } catch (PullException e) {
            System.out.println("failed: " + e.kind() + ": " + e.getMessage());
        }
    }

    private static void pull(String[] arguments, Path hosts) {
        ImagePullerBuilder builder = ImagePuller.builder()
                .hostsDirectory(hosts)
                .userCredentials(CredentialSource.ofUser(System.getenv()))
                .credentials(CredentialSource.forHost(
                        URI.create(arguments[0]).getAuthority(), new Credential("user", "secret")));
        if (arguments.length > 2) {
            builder.store(path(arguments[2]));
        }
        try (ImagePuller puller = builder.build()) {
            PulledImage image = puller.pull("registry.example/team/app:1");
            System.out.println("pulled: " + image.digest() + " " + image.chainId());
            System.out.println("stored: "
                    + LocalStore.open(puller.store()).images().get(0).name());
        }
    }

    private static Path path(String argument) {
        return Path.of(argument.replace("@", LETTERS));
    }
}
