// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.http.PemFile;
import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar of the command, which has only a part of BouncyCastle, reads PEM of every kind as the whole library does. */
class PemOfTheJarIT {
    @TempDir
    Path temporary;

    private static String block(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        TestCertificates certificates = new TestCertificates();
        for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
            TestCertificates.Identity identity = certificates.issue("localhost", algorithm);
            kinds.put("certificate of " + algorithm, identity.certificatePem() + certificates.caPem());
            kinds.put("PKCS#8 of " + algorithm, identity.pkcs8Pem());
            if (!algorithm.equals("Ed25519")) {
                kinds.put("traditional key of " + algorithm, identity.traditionalPem());
            }
        }
        for (String kind : new String[] {
            "CERTIFICATE",
            "X509 CERTIFICATE",
            "TRUSTED CERTIFICATE",
            "CERTIFICATE REQUEST",
            "NEW CERTIFICATE REQUEST",
            "X509 CRL",
            "PKCS7",
            "CMS",
            "ATTRIBUTE CERTIFICATE",
            "PUBLIC KEY",
            "RSA PUBLIC KEY",
            "RSA PRIVATE KEY",
            "DSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "EC PARAMETERS",
            "PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "OTHER"
        }) {
            kinds.put("content that is none: " + kind, block(kind, new byte[] {48, 3, 2, 1, 1}));
            kinds.put("no content: " + kind, block(kind, new byte[0]));
        }
        kinds.put("an encrypted key", """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,00

                MAMCAQE=
                -----END RSA PRIVATE KEY-----
                """);
        kinds.put("text", "no PEM\n");
        return kinds;
    }

    private static String read(Class<?> type, Path file) throws ReflectiveOperationException {
        try {
            return String.valueOf(type.getMethod("read", Path.class).invoke(null, file));
        } catch (InvocationTargetException e) {
            return String.valueOf(e.getCause());
        }
    }

    @Test
    void everyKindIsReadAsByTheWholeLibrary() throws IOException, ReflectiveOperationException {
        URL jar = Path.of("target", "jpull.jar").toUri().toURL();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass(PemFile.class.getName());
            assertThat(type).isNotSameAs(PemFile.class);
            for (Map.Entry<String, String> kind : kinds().entrySet()) {
                Path file = Files.writeString(temporary.resolve("file.pem"), kind.getValue());
                String expected = withoutIdentity(read(PemFile.class, file));
                assertThat(withoutIdentity(read(type, file))).as(kind.getKey()).isEqualTo(expected);
            }
        }
    }

    /** Keys of some kinds print the address of the object. */
    private static String withoutIdentity(String text) {
        return text.replaceAll("(PrivateKey\\w*)@[0-9a-f]+", "$1");
    }
}
