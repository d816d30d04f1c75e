// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.docker.DaemonJson;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.image.ImageReference;
import dev.jpull.testdata.ConfigurationCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations of Docker's daemon, and what they mean. */
class DaemonJsonTest {
    @TempDir
    Path temporary;

    static Stream<ConfigurationCase> cases() {
        return ConfigurationCase.bundled("docker.txt").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aConfigurationMeansWhatDockerDoesWithIt(ConfigurationCase example) throws IOException {
        example.write(temporary);
        Path file = temporary.resolve("daemon.json");
        List<String> meaning = new ArrayList<>();
        if (example.title().endsWith("refused")) {
            for (String image : example.expected("image")) {
                meaning.add("image " + image);
                assertThatThrownBy(() -> explain(file, image))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining(
                                example.expected("refused").stream().findFirst().orElse(file + ":"));
            }
        } else {
            for (String image : example.expected("image")) {
                meaning.add("image " + image);
                HostsExplanation explanation = explain(file, image);
                explanation.resolve().forEach(endpoint -> meaning.add("resolve " + ExplainTest.shown(endpoint)));
                assertThat(explanation.pull())
                        .extracting(endpoint -> endpoint.host())
                        .isEqualTo(explanation.resolve().stream()
                                .map(endpoint -> endpoint.host())
                                .toList());
            }
        }
        for (Finding finding : read(file, HostDefaults.NONE).findings()) {
            assertThat(finding.behaviour()).isNotEmpty();
            assertThat(finding.remedy()).isNotEmpty();
            assertThat(finding.toString()).doesNotContain("secret");
            meaning.add("finding " + finding.severity().name().toLowerCase(Locale.ROOT) + " " + finding.code() + " "
                    + finding.position()
                            .toString()
                            .substring(temporary.toString().length() + 1));
        }
        example.expected("refused").forEach(text -> meaning.add("refused " + text));
        assertThat(meaning).containsExactlyElementsOf(example.expectations());
    }

    private HostsExplanation explain(Path file, String image) {
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .configuration(file)
                .store(temporary.resolve("store"))
                .build()) {
            return puller.explain(image);
        }
    }

    private static HostConfiguration read(Path file, HostDefaults defaults) {
        return new ConfigurationReader(defaults).readWithErrors(file);
    }

    private NamespaceHosts hosts(String text, HostDefaults defaults, String image) throws IOException {
        Path file = Files.writeString(temporary.resolve("daemon.json"), text);
        return read(file, defaults).hostsFor(ImageReference.parse(image));
    }

    @Test
    void everyHostHasThePlaceWhereItAndItsSettingsWereWritten() throws IOException {
        NamespaceHosts hub = hosts(
                "{\n\"registry-mirrors\": [\"https://10.0.0.1\"],\n\"insecure-registries\": [\"10.0.0.0/8\"]}",
                HostDefaults.NONE,
                "busybox");
        assertThat(hub.directory()).isEqualTo(temporary.resolve("daemon.json"));
        assertThat(hub.hosts().get(0).source()).hasToString(temporary.resolve("daemon.json") + ":2:22");
        assertThat(hub.hosts().get(0).provenance().settings().get("skip_verify"))
                .hasToString(temporary.resolve("daemon.json") + ":3:25");
        assertThat(hub.hosts().get(1).implied()).isTrue();
        assertThat(hub.hosts()).noneMatch(host -> host.isTold("docker.io"));
    }

    @Test
    void aRegistryThatIsAlmostInsecureIsReported() throws IOException {
        String text = "{\"insecure-registries\": [\"registry.example\", \"10.0.0.0/8\"]}";
        assertThat(hosts(text, HostDefaults.NONE, "registry.example:5000/app:1").findings())
                .extracting(Finding::code)
                .containsExactly("insecure-other-port", "insecure-by-lookup");
        assertThat(hosts(text, HostDefaults.NONE, "busybox").findings()).isEmpty();
        assertThat(hosts(text, HostDefaults.NONE, "10.1.1.1/app:1").findings()).isEmpty();
    }

    @Test
    void findingsAreFewHoweverManyMirrorsAndNetworksThereAre() throws IOException {
        String mirrors = texts(256, "https://m%d.example:5000");
        String networks = texts(1500, "2001:db8:%d::/48");
        String text = "{\"registry-mirrors\": " + mirrors + ", \"insecure-registries\": " + networks + "}";
        assertThat(hosts(text, HostDefaults.NONE, "busybox").findings())
                .extracting(Finding::code)
                .hasSize(100)
                .containsOnly("insecure-by-lookup");
        String others = texts(1500, "m.example:%d");
        String ofOneHost = texts(256, "https://m.example:1%04d");
        text = "{\"registry-mirrors\": " + ofOneHost + ", \"insecure-registries\": " + others + "}";
        assertThat(hosts(text, HostDefaults.NONE, "busybox").findings()).hasSize(256);
    }

    @Test
    void listsBeyondTheLimitsAreRefused() throws IOException {
        for (String list : List.of(
                "\"registry-mirrors\": " + texts(257, "https://m%d.example"),
                "\"insecure-registries\": " + texts(2001, "r%d.example"))) {
            assertThat(DaemonJson.read(Files.writeString(temporary.resolve("daemon.json"), "{" + list + "}"))
                            .findings())
                    .extracting(Finding::code)
                    .containsExactly("too-large");
        }
    }

    private static String texts(int count, String format) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> "\"" + String.format(Locale.ROOT, format, i) + "\"")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Test
    void aHostsTomlBesideTheCertificatesIsReported() throws IOException {
        Path directory = Files.createDirectories(temporary.resolve("certs.d/registry.example"));
        Files.writeString(directory.resolve("hosts.toml"), "server = \"https://other.example\"\n");
        NamespaceHosts hosts = hosts("{}", HostDefaults.NONE, "registry.example/app:1");
        assertThat(hosts.hosts()).singleElement().extracting("host").isEqualTo("registry.example");
        assertThat(hosts.findings()).extracting(Finding::code).containsExactly("hosts-toml-not-used");
    }

    @Test
    void whatTheCommandLineSaysForAllHostsCounts() throws IOException {
        HostDefaults defaults =
                new HostDefaults("http", new TlsSettings(List.of(Path.of("/own-ca.pem")), true, List.of(), null));
        String text = "{\"registry-mirrors\": [\"https://mirror.example\"], \"insecure-registries\": [\"b.example\"]}";
        assertThat(hosts(text, defaults, "busybox").hosts())
                .allMatch(host -> host.scheme().equals("https"))
                .allMatch(host -> host.tls().ca().equals(List.of(Path.of("/own-ca.pem"))));
        assertThat(hosts(text, defaults, "a.example/app:1").hosts())
                .allMatch(host -> host.scheme().equals("http"));
        assertThat(hosts(text, defaults, "b.example/app:1").hosts())
                .allMatch(host -> host.scheme().equals("https") && host.httpFallback());
    }

    @Test
    void theScopesAreWhatTheFileAndTheCertificatesName() throws IOException {
        Files.createDirectories(temporary.resolve("certs.d/c.example:5000"));
        Path file = Files.writeString(
                temporary.resolve("daemon.json"),
                "{\"registry-mirrors\": [\"https://m.example\"],"
                        + " \"insecure-registries\": [\"b.example\", \"10.0.0.0/8\", \"fd00::/8\"]}");
        HostConfiguration configuration = read(file, HostDefaults.NONE);
        assertThat(configuration.scopes())
                .containsExactlyInAnyOrder("docker.io", "b.example", "10.0.0.0/8", "[fd00::]/8", "c.example:5000");
        for (String scope : configuration.scopes()) {
            ImageReference image = ImageReference.parse(scope.contains("/") ? scope : scope + "/app");
            assertThat(configuration.hostsFor(image).directory()).as(scope).isNotNull();
        }
    }

    @Test
    void aFileThatIsAllMistakesIsRefusedWithFewWords() throws IOException {
        Path file = Files.writeString(
                temporary.resolve("daemon.json"),
                "{\"insecure-registries\": [" + "\"http://a.example\",".repeat(1_900) + "\"-\"]}");
        assertThat(read(file, HostDefaults.NONE).findings())
                .hasSize(100)
                .filteredOn(Finding::isError)
                .extracting(Finding::code)
                .containsExactly("insecure-registry");
    }

    @Test
    void theNumberOfDownloadsCounts() throws IOException {
        Path file = Files.writeString(temporary.resolve("daemon.json"), "{\"max-concurrent-downloads\": 6}");
        assertThat(read(file, HostDefaults.NONE).concurrentDownloads()).hasValue(6);
        Files.writeString(file, "{\"max-concurrent-downloads\": 0}");
        assertThat(read(file, HostDefaults.NONE).concurrentDownloads())
                .as("docker's default")
                .isEmpty();
    }
}
