// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestCertificates.Identity;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates and keys are read, and what is said of those that cannot be. */
class PemFileTest {
    private static final TestCertificates CERTIFICATES = new TestCertificates();
    private static final Identity IDENTITY = CERTIFICATES.issue("localhost", "EC");

    @TempDir
    Path temporary;

    private PemFile read(String text) {
        return PemFile.read(TestCertificates.write(temporary.resolve("file.pem"), text));
    }

    private static String block(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getEncoder().encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "P-521", "Ed25519", "RSASSA-PSS"})
    void aKeyAsPkcs8IsRead(String algorithm) {
        Identity identity = CERTIFICATES.issue("localhost", algorithm);
        assertThat(read(identity.pkcs8Pem()).keys()).containsExactly(identity.key());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void aKeyAsPkcs1OrSec1IsRead(String algorithm) {
        Identity identity = CERTIFICATES.issue("localhost", algorithm);
        assertThat(read(identity.traditionalPem()).keys())
                .extracting(PemFileTest::secret)
                .containsExactly(secret(identity.key()));
    }

    /** Two encodings of one key may differ. */
    private static BigInteger secret(PrivateKey key) {
        return key instanceof ECPrivateKey curve ? curve.getS() : ((RSAPrivateKey) key).getPrivateExponent();
    }

    @Test
    void blocksAreReadInOrderAndTextBetweenThemIsSkipped() {
        PemFile file = read("subject: x\n" + IDENTITY.certificatePem() + "\nissuer: y\n" + IDENTITY.pkcs8Pem()
                + block("X509 CRL", new byte[] {1}) + CERTIFICATES.caPem() + "end");
        assertThat(file.certificates()).hasSize(2).first().isEqualTo(IDENTITY.certificate());
        assertThat(file.keys()).containsExactly(IDENTITY.key());
    }

    @Test
    void linesMayEndAsOnWindowsAndWithBlanks() {
        assertThat(read(IDENTITY.certificatePem().replace("\n", " \r\n")).certificates())
                .containsExactly(IDENTITY.certificate());
    }

    static Stream<Arguments> unusable() throws Exception {
        byte[] certificate = IDENTITY.certificate().getEncoded();
        byte[] longer = Arrays.copyOf(certificate, certificate.length + 1);
        String pem = IDENTITY.certificatePem();
        return Stream.of(
                Arguments.of(
                        "\n-----BEGIN CERTIFICATE-----\nAAAA\n",
                        "line 2 begins CERTIFICATE, and no line \"-----END CERTIFICATE-----\" ends it"),
                Arguments.of(
                        pem + block("CERTIFICATE", longer),
                        "the CERTIFICATE in line " + (pem.lines().count() + 1)),
                Arguments.of(block("CERTIFICATE", new byte[0]), "the CERTIFICATE in line 1 is damaged"),
                Arguments.of(pem.replace("MII", "M!I"), "the CERTIFICATE in line 1 is damaged"),
                Arguments.of(
                        block("CERTIFICATE", pem.getBytes(StandardCharsets.US_ASCII)),
                        "the CERTIFICATE in line 1 is damaged"),
                Arguments.of(block("PRIVATE KEY", new byte[] {48, 3, 2, 1, 1}), "the PRIVATE KEY in line 1 is damaged"),
                Arguments.of(block("RSA PRIVATE KEY", new byte[] {48, 3, 2, 1, 1}), "the RSA PRIVATE KEY in line 1"),
                Arguments.of(block("EC PRIVATE KEY", new byte[] {48, 3, 2, 1, 1}), "the EC PRIVATE KEY in line 1"));
    }

    @ParameterizedTest
    @MethodSource("unusable")
    void aDamagedBlockIsNamedWithItsLine(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("file.pem is not a usable PEM file: " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"})
    void anEncryptedKeyIsRefused(String kind) {
        String header = kind.startsWith("RSA") ? "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" : "";
        assertThatThrownBy(() ->
                        read("-----BEGIN " + kind + "-----\n" + header + "MAMCAQE=\n-----END " + kind + "-----\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is encrypted, and a registry configuration has no place for its password");
    }
}
