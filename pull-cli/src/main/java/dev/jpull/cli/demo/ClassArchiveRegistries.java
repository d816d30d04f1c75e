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

    /** The hosts directory, below that of the arguments. */
    static final String HOSTS = "certs.d";
    /** The certificate authority of the registry with TLS, below the directory of the arguments. */
    static final String AUTHORITY = "ca.pem";

    private ClassArchiveRegistries() {}

    /** Writes a hosts directory and a certificate authority into a directory, and prints their hosts: the plain one, and that with TLS. */
    public static void main(String[] args) throws IOException {
        TestCertificates certificates = new TestCertificates();
        TestImage image = new ImageFactory(1)
                .index(
                        List.of("linux/amd64", "linux/arm64"),
                        new Layer(9_000_000, Compression.NONE),
                        new Layer(100_000, Compression.GZIP));
        try (TestRegistry secure = TestRegistry.startTls(certificates.serverContext(certificates.localhost()), false);
                TestRegistry plain = TestRegistry.start()) {
            String[] user = USER.split(":", 2);
            secure.serve("app", "1", image).requireToken(user[0], user[1]);
            plain.serve("app", "1", image);
            TestCertificates.write(Path.of(args[0], AUTHORITY), certificates.caPem());
            TestCertificates.write(
                    Path.of(args[0], HOSTS, NAMESPACE, "hosts.toml"),
                    "server = \"" + secure.origin() + "\"\n[host.\"" + plain.origin()
                            + "\"]\n  capabilities = [\"pull\", \"resolve\"]\n");
            System.out.println(plain.host());
            System.out.println(secure.host());
            System.in.read(); // returns at the end of the process that started this one
        }
    }
}
