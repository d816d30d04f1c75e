// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of configuration that are none: every kind of them at every place where a file is read ends soon, with an error that
 * names the file. None of these pulls may contact anything, because the host that would be contacted is 192.0.2.1.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class HostileConfigurationFilesTest {
    private static final String NAMESPACE = "registry.example";
    private static final String SERVER = "server = \"http://192.0.2.1\"\n";
    private static final TestCertificates AUTHORITY = new TestCertificates();
    private static final TestCertificates.Identity CLIENT = AUTHORITY.issue("client", "EC");

    @TempDir
    Path temporary;

    /** What lies at the place of a file. */
    enum Kind {
        FIFO("fifo"),
        DIRECTORY("directory"),
        DEVICE("device"),
        LINK_TO_A_FIFO("fifo"),
        LINK_THAT_LEADS_NOWHERE(""),
        LINK_TO_ITSELF(""),
        TOO_LARGE("limit"),
        BINARY(""),
        DEEP("");

        private final String reason;

        Kind(String reason) {
            this.reason = reason;
        }

        void make(Path file) throws Exception {
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            switch (this) {
                case FIFO -> fifo(file);
                case DIRECTORY -> Files.createDirectory(file);
                case DEVICE -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
                case LINK_TO_A_FIFO -> {
                    Path fifo = file.resolveSibling("the-fifo");
                    fifo(fifo);
                    Files.createSymbolicLink(file, fifo.getFileName());
                }
                case LINK_THAT_LEADS_NOWHERE -> Files.createSymbolicLink(file, Path.of("absent"));
                case LINK_TO_ITSELF -> Files.createSymbolicLink(file, file.getFileName());
                case TOO_LARGE -> {
                    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                        sparse.setLength(5L << 30);
                    }
                }
                case BINARY -> Files.write(file, new byte[] {'a', '=', (byte) 0xC3, (byte) 0x28, 0});
                case DEEP -> Files.writeString(file, "{\"a\":".repeat(50_000) + "[".repeat(50_000));
            }
        }

        private static void fifo(Path file) throws Exception {
            assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                    .isZero();
        }
    }

    /** Where a file is read. */
    enum Place {
        HOSTS_TOML("certs.d/registry.example/hosts.toml", ""),
        CA("certs.d/registry.example/ca.pem", "ca = \"ca.pem\"\n"),
        CLIENT_CERTIFICATE("certs.d/registry.example/c.pem", "client = [[\"c.pem\", \"client.key\"]]\n"),
        CLIENT_KEY("certs.d/registry.example/k.pem", "client = [[\"client.cert\", \"k.pem\"]]\n"),
        DOCKER_CA("certs.d/registry.example/ca.crt", ""),
        DOCKER_CLIENT("certs.d/registry.example/c.cert", ""),
        DOCKER_KEY("certs.d/registry.example/client.key", ""),
        CRI_CONFIG("config.toml", ""),
        IMPORT("imported.toml", "version = 2\nimports = [\"imported.toml\"]\n"),
        PATTERN("conf.d/a.toml", "version = 2\nimports = [\"conf.d/*.toml\"]\n"),
        DAEMON_JSON("daemon.json", ""),
        REGISTRIES_YAML("registries.yaml", ""),
        REGISTRIES_CONF("registries.conf", ""),
        DROP_IN("registries.conf.d/a.conf", "[[registry]]\nlocation = \"192.0.2.1\"\n"),
        CRI_CA("cri-ca.pem", """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry]
                mirrors."registry.example".endpoint = ["https://192.0.2.1"]
                configs."192.0.2.1".tls.ca_file = "@dir@/cri-ca.pem"
                """);

        private final String path;
        private final String text;

        Place(String path, String text) {
            this.path = path;
            this.text = text;
        }

        /** What is checked, and what a pull is given. */
        String configuration() {
            return switch (this) {
                case DAEMON_JSON, REGISTRIES_YAML, REGISTRIES_CONF -> path;
                case DROP_IN -> "registries.conf";
                default -> isDirectory() ? "certs.d" : "config.toml";
            };
        }

        boolean isDirectory() {
            return path.startsWith("certs.d");
        }

        boolean isCertificate() {
            return path.matches(".*(pem|crt|cert|key)");
        }
    }

    static Stream<Arguments> everyKindAtEveryPlace() {
        return Stream.of(Place.values())
                .flatMap(place -> Stream.of(Kind.values())
                        // Directories are no drop-in files.
                        .filter(kind -> !(place == Place.DROP_IN && kind == Kind.DIRECTORY))
                        // Docker's layout passes over a directory, and takes a certificate's file for its key.
                        .filter(kind -> !(place.name().startsWith("DOCKER") && kind == Kind.DIRECTORY))
                        .filter(kind -> !(place == Place.DOCKER_KEY
                                && kind.name().startsWith("LINK_T")
                                && kind.reason.isEmpty()))
                        .map(kind -> Arguments.of(place, kind)));
    }

    @ParameterizedTest
    @MethodSource("everyKindAtEveryPlace")
    void checkAndPullRefuseItByName(Place place, Kind kind) throws Exception {
        write(place);
        Path file = temporary.resolve(place.path);
        kind.make(file);
        Path checked = temporary.resolve(place.configuration());

        // As what is to be checked, a directory is one of hosts, and nothing is refused at once.
        if (!place.path.equals(place.configuration())
                || Files.isRegularFile(file)
                || !kind.reason.isEmpty() && kind != Kind.DIRECTORY) {
            List<Finding> errors =
                    HostsCheck.of(checked).stream().filter(Finding::isError).toList();
            assertThat(errors)
                    .isNotEmpty()
                    .allSatisfy(error -> assertThat(error.remedy()).isNotEmpty());
            assertThat(errors)
                    .anySatisfy(error -> assertThat(error.toString())
                            .contains(String.valueOf(file.getFileName()))
                            .contains(kind.reason));
        }

        ConfigurationException refusal = catchThrowableOfType(ConfigurationException.class, () -> pull(place));
        assertThat(refusal).isNotNull();
        assertThat(refusal.getMessage())
                .contains(String.valueOf(file.getFileName()))
                .contains(kind.reason);
    }

    private void write(Place place) throws IOException {
        Path directory = Files.createDirectories(temporary.resolve("certs.d/" + NAMESPACE));
        if (!place.isDirectory()) {
            Files.writeString(
                    temporary.resolve(place.configuration()), place.text.replace("@dir@", temporary.toString()));
            return;
        }
        if (!place.name().startsWith("DOCKER")) {
            Files.writeString(directory.resolve("hosts.toml"), SERVER + place.text);
        }
        if (place != Place.HOSTS_TOML) {
            Files.writeString(directory.resolve("client.cert"), CLIENT.certificatePem());
            Files.writeString(directory.resolve("client.key"), CLIENT.pkcs8Pem());
        }
    }

    private void pull(Place place) {
        ImagePullerBuilder builder = ImagePuller.builder().environment(Map.of()).store(temporary.resolve("store"));
        Path configuration = temporary.resolve(place.configuration());
        if (place.isDirectory()) {
            builder.hostsDirectory(configuration);
        } else {
            builder.configuration(configuration);
        }
        try (ImagePuller puller = builder.build()) {
            puller.pull(NAMESPACE + "/app:1");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void filesOfCredentialsAreReadInTheSameWay(Kind kind) throws Exception {
        Path file = temporary.resolve("auth.json");
        kind.make(file);
        if (kind == Kind.LINK_THAT_LEADS_NOWHERE) {
            assertThat(CredentialSource.ofDockerConfig(file).credentialFor(NAMESPACE))
                    .isEmpty();
            return;
        }
        for (ThrowingLookup lookup : List.<ThrowingLookup>of(
                () -> CredentialSource.ofDockerConfig(file).credentialFor(NAMESPACE),
                () -> CredentialSource.ofDockerConfig(file).sourceFor(NAMESPACE),
                () -> CredentialSource.ofPodmanAuth(file).credentialFor(NAMESPACE, "app"),
                () -> CredentialSource.ofPodmanAuth(file).sourceFor(NAMESPACE))) {
            ConfigurationException refusal = catchThrowableOfType(ConfigurationException.class, lookup::run);
            assertThat(refusal).isNotNull();
            assertThat(refusal.getMessage()).contains("auth.json").contains(kind.reason);
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(Kind.values());
    }

    /** A lookup in a file. */
    private interface ThrowingLookup {
        void run();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void authoritiesOfTheProgramAreReadInTheSameWay(Kind kind) throws Exception {
        Path file = temporary.resolve("own-ca.pem");
        kind.make(file);
        ImagePullerBuilder builder = ImagePuller.builder()
                .environment(Map.of())
                .store(temporary.resolve("store"))
                .hostsDirectory(Files.createDirectories(temporary.resolve("certs.d")))
                .certificateAuthority(file);
        // A path that leads to no file is a mistake of the program: it is refused before the first pull.
        if (kind == Kind.DIRECTORY || !Files.exists(file)) {
            assertRefusedByName(builder::build, "own-ca.pem", kind);
            return;
        }
        try (ImagePuller puller = builder.build()) {
            assertRefusedByName(() -> puller.pull("192.0.2.1/app:1"), "own-ca.pem", kind);
        }
    }

    private static void assertRefusedByName(ThrowingCallable call, String name, Kind kind) {
        ConfigurationException refusal = catchThrowableOfType(ConfigurationException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.getMessage()).contains(name).contains(kind.reason).hasSizeLessThan(1000);
    }

    @Test
    void explainSaysItBesideTheFile() throws Exception {
        write(Place.CA);
        Kind.FIFO.make(temporary.resolve(Place.CA.path));
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(temporary.resolve("certs.d"))
                .build()) {
            assertThat(puller.explain(NAMESPACE + "/app:1").resolve().get(0).ca())
                    .singleElement()
                    .asString()
                    .contains("ca.pem (cannot be used: ", "it is a fifo");
        }
    }

    @Test
    void aFileThatIsMostlyCommentsIsReadAtOnceAndItsLinesKeepTheirNumbers() throws IOException {
        Path file = Files.createDirectories(temporary.resolve("certs.d/" + NAMESPACE))
                .resolve("hosts.toml");
        String comments = "# what an administrator has to say\n\n\t# and more\r\n".repeat(3_000);
        Files.writeString(
                file,
                comments + "server = \"https://registry.example\"\n" + comments
                        + "[host.\"https://m.example\".header]\n"
                        + "x = [\n" + comments + "'a' # [\n]\ny = \"\"\"\n# no comment\n\n\"\"\"\n"
                        + "z = '''\n# \"\n'''\n"
                        + comments + "capabilities = []\n",
                StandardCharsets.UTF_8);
        assertThat(HostsCheck.of(temporary.resolve("certs.d")).stream()
                        .filter(error -> !error.code().equals("header-value")))
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.code()).isEqualTo("swallowed-key"); // and not "syntax"
                    assertThat(error.position().line()).isEqualTo(4 * 9_000 + 1 + 2 + 2 + 4 + 3 + 1);
                    assertThat(error.position().column()).isEqualTo(1);
                });
    }

    @Test
    void aForbiddenCharacterInACommentIsStillFound() throws IOException {
        Path file = Files.createDirectories(temporary.resolve("certs.d/" + NAMESPACE))
                .resolve("hosts.toml");
        Files.writeString(file, "\n\n" + "# a \u0001 b\n".repeat(5_000));
        assertThat(HostsCheck.of(temporary.resolve("certs.d"))).anySatisfy(error -> {
            assertThat(error.code()).isEqualTo("syntax");
            assertThat(error.position().line()).isEqualTo(3);
        });
    }

    @Test
    void aFileThatSetsTooMuchOrIsAllMistakesIsRefusedWithFewWords() throws IOException {
        Path file = Files.createDirectories(temporary.resolve("certs.d/" + NAMESPACE))
                .resolve("hosts.toml");
        for (String text : List.of("=\n".repeat(60_000), "a = 1\n".repeat(60_000), "[".repeat(100_000))) {
            Files.writeString(file, text);
            List<Finding> findings = HostsCheck.of(temporary.resolve("certs.d"));
            assertThat(findings)
                    .hasSizeLessThan(30)
                    .anySatisfy(error -> assertThat(error.isError()).isTrue());
        }
    }

    @Test
    void importsEnd() throws IOException {
        Path config = temporary.resolve("config.toml");
        Files.writeString(config, "version = 2\nimports = [\"conf.d/*\", \"config.toml\"]\n");
        Path directory = Files.createDirectories(temporary.resolve("conf.d"));
        Files.writeString(directory.resolve("0.toml"), "imports = [\"1.toml\", \"../config.toml\"]\n");
        Files.writeString(directory.resolve("1.toml"), "imports = [\"0.toml\"]\n");
        assertThat(HostsCheck.of(config)).noneMatch(Finding::isError);
        for (int i = 2; i < 400; i++) {
            Files.writeString(directory.resolve(i + ".toml"), "");
        }
        assertThat(HostsCheck.of(config))
                .anySatisfy(error -> assertThat(error.code()).isEqualTo("imports"));
    }

    @Test
    void aPatternOrAPathThatCanBeNoneIsAnErrorAtItsPlace() throws IOException {
        Path config = temporary.resolve("config.toml");
        Files.createDirectories(temporary.resolve("conf.d"));
        for (String text : List.of(
                "imports = [\"conf.d/[\"]\n",
                "imports = [\"a\\u0000b\"]\n",
                "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".registry.config_path = \"/a\\u0000b\"\n",
                "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".registry.configs.h.tls.ca_file = \"/a\\u0000b\"\n")) {
            Files.writeString(config, text);
            assertThat(HostsCheck.of(config)).as(text).anySatisfy(error -> {
                assertThat(error.isError()).isTrue();
                assertThat(error.position().line()).isPositive();
            });
        }
        Path file = Files.createDirectories(temporary.resolve("certs.d/" + NAMESPACE))
                .resolve("hosts.toml");
        for (String text :
                List.of("ca = \"a\\u0000b\"\n", "client = \"a\\u0000b\"\n", "client = [[\"a\", \"\\u0000\"]]\n")) {
            Files.writeString(file, text);
            assertThat(HostsCheck.of(temporary.resolve("certs.d"))).as(text).anySatisfy(error -> {
                assertThat(error.isError()).isTrue();
                assertThat(error.code()).isEqualTo("path");
                assertThat(error.toString()).doesNotContain("\u0000").contains("\\u0000");
            });
        }
    }

    @Test
    void aHostDoesNotNameFilesWithoutEnd() throws IOException {
        Path directory = Files.createDirectories(temporary.resolve("certs.d/" + NAMESPACE));
        Files.writeString(directory.resolve("ca.pem"), AUTHORITY.caPem());
        Files.writeString(directory.resolve("hosts.toml"), "ca = [" + "\"ca.pem\",".repeat(300) + "]\n");
        assertThat(HostsCheck.of(temporary.resolve("certs.d")))
                .extracting(Finding::code)
                .contains("too-many-files");
        Files.delete(directory.resolve("hosts.toml"));
        for (int i = 0; i < 300; i++) {
            Files.writeString(directory.resolve(i + ".crt"), "");
        }
        assertThat(HostsCheck.of(temporary.resolve("certs.d")))
                .extracting(Finding::message)
                .anySatisfy(message -> assertThat(message).contains("more than 256 certificate files"));
    }
}
