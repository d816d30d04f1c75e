// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.demo;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The registries that {@link ClassArchiveTraining} pulls from, for as long as it runs. */
final class ClassArchiveRegistries {
    static final String NAMESPACE = "registry.example";
    static final String USER = "user:password";

    /** So much that the compiler learns what is worth its time: the archive keeps that, too. */
    private static final int LARGE = 96_000_000;

    private ClassArchiveRegistries() {}

    /** Writes their configuration into {@code certs.d} of a directory, and prints their hosts: the plain one, and that with TLS. */
    public static void main(String[] args) throws IOException {
        TestCertificates certificates = new TestCertificates();
        TestImage image = new ImageFactory(1)
                .index(
                        List.of("linux/amd64", "linux/arm64"),
                        new Layer(9_000_000, Compression.NONE),
                        new Layer(100_000, Compression.GZIP));
        TestImage big = new ImageFactory(2).image("linux/amd64", new Layer(LARGE, Compression.NONE));
        try (TestRegistry secure = TestRegistry.startTls(certificates.serverContext(certificates.localhost()), false);
                TestRegistry plain = TestRegistry.start()) {
            String[] user = USER.split(":", 2);
            secure.serve("app", "1", image).requireToken(user[0], user[1]);
            plain.serve("app", "1", image).serve("big", "1", big);
            Path hosts = Path.of(args[0], "certs.d", NAMESPACE);
            TestCertificates.write(hosts.resolve("ca.pem"), certificates.caPem());
            TestCertificates.write(
                    hosts.resolve("hosts.toml"),
                    "server = \"" + secure.origin() + "\"\nca = \"ca.pem\"\n[host.\"" + plain.origin()
                            + "\"]\n  capabilities = [\"pull\"]\n");
            System.out.println(plain.host());
            System.out.println(secure.host());
            System.in.read(); // returns at the end of the process that started this one
        }
    }
}
