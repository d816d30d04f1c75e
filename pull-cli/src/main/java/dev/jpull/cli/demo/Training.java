// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.demo;

import dev.jpull.cli.Main;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the launcher runs once for each Java, to make the archive of classes that every later run starts with: pulls as people
 * do them, from embedded registries.
 */
final class Training {
    private static final String NAMESPACE = "registry.example";
    private static final int LARGE = 96_000_000;
    private static final int TIMES = 4;

    private Training() {}

    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("jpull-training-");
        TestCertificates certificates = new TestCertificates();
        TestImage image = new ImageFactory(1)
                .index(
                        List.of("linux/amd64", "linux/arm64"),
                        new Layer(9_000_000, Compression.NONE),
                        new Layer(100_000, Compression.GZIP));
        // So much that the compiler learns what is worth its time: the archive keeps that, too.
        TestImage big = new ImageFactory(2).image("linux/amd64", new Layer(LARGE, Compression.NONE));
        try (TestRegistry secure = TestRegistry.startTls(certificates.serverContext(certificates.localhost()), false);
                TestRegistry plain = TestRegistry.start()) {
            secure.serve("app", "1", image).requireToken("user", "password");
            plain.serve("app", "1", image).serve("big", "1", big);
            Path hosts = directory.resolve("certs.d").resolve(NAMESPACE);
            TestCertificates.write(hosts.resolve("ca.pem"), certificates.caPem());
            TestCertificates.write(
                    hosts.resolve("hosts.toml"),
                    "server = \"" + secure.origin() + "\"\nca = \"ca.pem\"\n[host.\"" + plain.origin()
                            + "\"]\n  capabilities = [\"pull\"]\n");
            String store = directory.resolve("store").toString();
            String configured = NAMESPACE + "/app:1";
            String direct = plain.host() + "/app:1";
            for (String[] command : List.of(
                    new String[] {"--plain-http", "--store", store, "--progress", "plain", direct},
                    new String[] {"--plain-http", "--store", store, "--print-chainid", direct},
                    new String[] {"--store", store, "--offline", "--format", "json", direct},
                    new String[] {
                        "--hosts-dir",
                        directory.resolve("certs.d").toString(),
                        "--store",
                        store + "-2",
                        "--mirror-user",
                        secure.host() + "=user:password",
                        "--progress",
                        "tty",
                        configured
                    },
                    new String[] {
                        "hosts",
                        "explain",
                        "--hosts-dir",
                        directory.resolve("certs.d").toString(),
                        configured
                    },
                    new String[] {"--version"},
                    new String[] {"--help"})) {
                run(command);
            }
            for (int i = 0; i < TIMES; i++) {
                Path emptied = directory.resolve("store-3");
                run("--plain-http", "--store", emptied.toString(), plain.host() + "/big:1");
                DemoCommand.delete(emptied);
            }
        } finally {
            DemoCommand.delete(directory);
        }
    }

    private static void run(String... command) {
        int exitCode = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), command);
        if (exitCode != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + exitCode);
        }
    }
}
