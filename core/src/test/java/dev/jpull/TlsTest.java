// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.error.Remedy;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS with authorities, client certificates and keys of every common shape. */
@ParameterizedClass(name = "{0}")
@EnumSource(TlsImplementation.class)
class TlsTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT =
            new ImageFactory(3).image("linux/amd64", new Layer(9_000, Compression.GZIP));
    private static final TestCertificates CERTIFICATES = new TestCertificates();

    /** A key with a password, as OpenSSL writes it. */
    private static final String ENCRYPTED = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhlk27O2mRWEwICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENVnqi3/OqcFA/MHP2ZllpAEQGIl
            x/hX//89ouOZUYzt8AvPN80kbpk9+vfn3SW2LpQcMBmdSctFR1kBoEjsrCD/Y+rZ
            WcKGBMlIcbvE9/ndR3M=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    private final TlsImplementation tls;

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry registry;

    TlsTest(TlsImplementation tls) {
        this.tls = tls;
    }

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary, tls);
        registry = TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), false)
                .serve("team/app", "1", CONTENT);
        TestCertificates.write(fixture.directory().resolve("ca.pem"), CERTIFICATES.caPem());
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void anAuthorityOfItsOwnIsTrusted() {
        fixture.hosts("server = \"" + registry.origin() + "\"", "ca = \"ca.pem\"");
        assertThat(fixture.pull(IMAGE).chainId()).isNotNull();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "EC, SHA256withECDSA, RSA",
        "EC, SHA384withECDSA, EC",
        "EC, SHA1withECDSA, EC",
        "RSA, SHA256withRSA, EC",
        "RSA, SHA1withRSA, EC",
        "RSA, SHA512withRSAandMGF1, EC",
        "Ed25519, Ed25519, EC",
    })
    void certificatesOfEveryCommonKindAreTrusted(String authority, String signature, String key) {
        TestCertificates certificates = TestCertificates.signingWith(authority, signature);
        TestCertificates.write(fixture.directory().resolve("ca.pem"), certificates.caPem());
        try (TestRegistry other = TestRegistry.startTls(
                        certificates.serverContext(certificates.issue("localhost", key)), false)
                .serve("team/app", "1", CONTENT)) {
            fixture.hosts("server = \"" + other.origin() + "\"", "ca = \"ca.pem\"");
            assertThat(fixture.pull(IMAGE).chainId()).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "RSASSA-PSS", "P-521"})
    void aHostWithAKeyThatTheNativeLibraryDoesNotKnowIsReachedByTheTlsOfJava(String key) {
        try (TestRegistry other = TestRegistry.startTls(
                        CERTIFICATES.serverContext(CERTIFICATES.issue("localhost", key)), false)
                .serve("team/app", "1", CONTENT)) {
            fixture.hosts("server = \"" + other.origin() + "\"", "ca = \"ca.pem\"");
            assertThat(fixture.pull(IMAGE).chainId()).isNotNull();
            try (ImagePuller puller = fixture.builder().build()) {
                assertThat(puller.probe(IMAGE).endpoints().get(0).steps())
                        .filteredOn(step -> step.name().equals("tls"))
                        .singleElement()
                        .satisfies(step -> assertThat(step.detail()).startsWith("TLSv1.3"));
            }
        }
    }

    @Test
    void anUnknownAuthorityIsNamedWithTheRemedy() {
        fixture.hosts("server = \"" + registry.origin() + "\"");
        assertThatThrownBy(() -> fixture.pull(IMAGE))
                .isInstanceOfSatisfying(
                        RegistryUnavailableException.class,
                        failure -> assertThat(failure.remedies()).containsExactly(Remedy.CA_FILE))
                .hasMessageContaining("unknown authority")
                .hasMessageContaining("ca in hosts.toml");
    }

    @Test
    void skipVerifyIsForTheHostThatSaysSo() {
        fixture.hosts("server = \"" + registry.origin() + "\"", "skip_verify = true");
        assertThat(fixture.pull(IMAGE).chainId()).isNotNull();
    }

    @Test
    void theGlobalAuthorityStandsInsteadOfTheSystem() {
        fixture.hosts("server = \"" + registry.origin() + "\"");
        Path ca = fixture.directory().resolve("ca.pem");
        try (ImagePuller puller =
                fixture.retryingAtOnce().certificateAuthority(ca).build()) {
            assertThat(puller.pull(IMAGE).chainId()).isNotNull();
        }
    }

    @Test
    void aRegistryThatIsWrittenAsHttpAndHasTlsSettingsIsTriedWithTlsFirst() {
        try (TestRegistry plain = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            fixture.hosts("server = \"" + plain.origin() + "\"", "skip_verify = true");
            PulledImage image = fixture.pull(IMAGE);
            assertThat(image.resolvedBy()).isEqualTo(plain.origin());
        }
    }

    @Test
    void httpsNeverFallsBack() {
        try (TestRegistry plain = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            fixture.hosts("server = \"https://" + plain.host() + "\"", "skip_verify = true");
            assertThatThrownBy(() -> fixture.pull(IMAGE))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("does not speak TLS");
            assertThat(plain.requests()).isEmpty();
        }
    }

    static Stream<Arguments> keys() {
        return Stream.of("RSA", "EC", "Ed25519", "P-521")
                .flatMap(algorithm -> Stream.of("PKCS#8", "traditional", "one file", "key first")
                        .filter(shape -> !shape.equals("traditional")
                                || List.of("RSA", "EC").contains(algorithm))
                        .map(shape -> Arguments.of(algorithm, shape)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("keys")
    void clientCertificatesOfEveryCommonShapeWork(String algorithm, String shape) {
        TestCertificates.Identity identity = CERTIFICATES.issue("client", algorithm);
        Path directory = fixture.directory();
        String key = shape.equals("traditional") ? identity.traditionalPem() : identity.pkcs8Pem();
        String client;
        if (shape.equals("one file") || shape.equals("key first")) {
            String both = shape.equals("key first") ? key + identity.certificatePem() : identity.certificatePem() + key;
            TestCertificates.write(directory.resolve("client.pem"), "# a comment\r\n" + both);
            client = "client = [[\"client.pem\", \"\"]]";
        } else {
            TestCertificates.write(directory.resolve("client.cert"), identity.certificatePem() + CERTIFICATES.caPem());
            TestCertificates.write(directory.resolve("client.key"), key);
            client = "client = [[\"client.cert\", \"client.key\"]]";
        }
        try (TestRegistry strict = TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), true)
                .serve("team/app", "1", CONTENT)) {
            fixture.hosts("server = \"" + strict.origin() + "\"", "ca = \"ca.pem\"", client);
            assertThat(fixture.pull(IMAGE).chainId()).isNotNull();
        }
    }

    @Test
    void ofSeveralPairsTheOneIsShownThatTheServerWants() {
        TestCertificates.Identity right = CERTIFICATES.issue("client", "EC");
        TestCertificates.Identity wrong = new TestCertificates("CN=another authority").issue("client", "EC");
        Path directory = fixture.directory();
        TestCertificates.write(directory.resolve("1.pem"), wrong.certificatePem() + wrong.pkcs8Pem());
        TestCertificates.write(directory.resolve("2.cert"), CERTIFICATES.caPem() + right.certificatePem());
        TestCertificates.write(directory.resolve("2.key"), right.pkcs8Pem());
        try (TestRegistry strict = TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), true)
                .serve("team/app", "1", CONTENT)) {
            fixture.hosts(
                    "server = \"" + strict.origin() + "\"",
                    "ca = \"ca.pem\"",
                    "client = [[\"1.pem\", \"\"], [\"2.cert\", \"2.key\"]]");
            assertThat(fixture.pull(IMAGE).chainId()).isNotNull();
        }
    }

    @Test
    void aRenewedCertificateIsPickedUpWithTheNextPull() {
        Path directory = fixture.directory();
        TestCertificates.Identity old = new TestCertificates("CN=another authority").issue("client", "EC");
        TestCertificates.write(directory.resolve("client.pem"), old.certificatePem() + old.pkcs8Pem());
        try (TestRegistry strict = TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), true)
                        .serve("team/app", "1", CONTENT);
                ImagePuller puller = fixture.retryingAtOnce().build()) {
            fixture.hosts(
                    "server = \"" + strict.origin() + "\"", "ca = \"ca.pem\"", "client = [[\"client.pem\", \"\"]]");
            assertThatThrownBy(() -> puller.pull(IMAGE)).isInstanceOf(RegistryUnavailableException.class);
            TestCertificates.Identity renewed = CERTIFICATES.issue("client", "RSA");
            TestCertificates.write(directory.resolve("client.pem"), renewed.certificatePem() + renewed.pkcs8Pem());
            assertThat(puller.pull(IMAGE).chainId()).isNotNull();
        }
    }

    @Test
    void aMissingClientCertificateIsAskedFor() {
        try (TestRegistry strict = TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), true)) {
            fixture.hosts("server = \"" + strict.origin() + "\"", "ca = \"ca.pem\"");
            assertThatThrownBy(() -> fixture.pull(IMAGE))
                    .isInstanceOfSatisfying(
                            RegistryUnavailableException.class,
                            failure -> assertThat(failure.remedies()).containsExactly(Remedy.CLIENT_CERTIFICATE))
                    .hasMessageContaining("the host requires a client certificate");
        }
    }

    @Test
    void theCertificateDirectoryOfDockerWorks() {
        TestCertificates.Identity identity = CERTIFICATES.issue("client", "EC");
        try (TestRegistry strict = TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), true)
                .serve("team/app", "1", CONTENT)) {
            Path directory = temporary.resolve("certs.d").resolve(strict.host());
            TestCertificates.write(directory.resolve("ca.crt"), CERTIFICATES.caPem());
            TestCertificates.write(directory.resolve("client.cert"), identity.certificatePem());
            TestCertificates.write(directory.resolve("client.key"), identity.pkcs8Pem());
            assertThat(fixture.pull(strict.host() + "/team/app:1").chainId()).isNotNull();
        }
    }

    static Stream<Arguments> badFiles() {
        TestCertificates.Identity identity = CERTIFICATES.issue("client", "EC");
        TestCertificates.Identity other = CERTIFICATES.issue("other", "EC");
        return Stream.of(
                Arguments.of("missing CA", Map.of(), "ca = \"missing.pem\"", "missing.pem does not exist"),
                Arguments.of("CA is a directory", Map.of(), "ca = \"/\"", "is a directory"),
                Arguments.of(
                        "CA without certificate",
                        Map.of("empty.pem", "nothing"),
                        "ca = \"empty.pem\"",
                        "no certificate"),
                Arguments.of(
                        "damaged CA",
                        Map.of("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
                        "ca = \"bad.pem\"",
                        "bad.pem is not a usable PEM file"),
                Arguments.of(
                        "key of another certificate",
                        Map.of("c.pem", identity.certificatePem(), "k.pem", other.pkcs8Pem()),
                        "client = [[\"c.pem\", \"k.pem\"]]",
                        "does not belong to the certificate"),
                Arguments.of(
                        "encrypted key",
                        Map.of("c.pem", identity.certificatePem(), "k.pem", ENCRYPTED),
                        "client = [[\"c.pem\", \"k.pem\"]]",
                        "is encrypted, and a registry configuration has no place for its password: decrypt it"),
                Arguments.of(
                        "no key", Map.of("c.pem", identity.certificatePem()), "client = \"c.pem\"", "no private key"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void aFileThatCannotBeUsedFailsThePullWithItsName(
            String name, Map<String, String> files, String setting, String message) {
        files.forEach((file, text) -> TestCertificates.write(fixture.directory().resolve(file), text));
        fixture.hosts("server = \"" + registry.origin() + "\"", setting);
        assertThatThrownBy(() -> fixture.pull(IMAGE))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
        assertThat(registry.requests()).isEmpty();
    }
}
