// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.testdata.ConfigurationCase;
import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The registry configurations that clusters have, and what they mean. */
class ExplainTest {
    @TempDir
    Path temporary;

    private HostsExplanation explain(String directory, String toml, String image) {
        TestCertificates.write(temporary.resolve("certs.d").resolve(directory).resolve("hosts.toml"), toml);
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(temporary.resolve("certs.d"))
                .store(temporary.resolve("store"))
                .build()) {
            return puller.explain(image);
        }
    }

    @Test
    void theConfigurationThatWasDescribedIsUsedUntilASettingChanges() throws IOException {
        Path file = temporary.resolve("daemon.json");
        Files.writeString(file, "{\"registry-mirrors\": [\"https://first.example\"]}");
        ImagePullerBuilder builder = ImagePuller.builder()
                .environment(Map.of())
                .store(temporary.resolve("store"))
                .configuration(file);
        assertThat(builder.registryConfiguration().paths()).containsExactly(file);
        Files.writeString(file, "{\"registry-mirrors\": [\"https://second.example\"]}");
        try (ImagePuller puller = builder.build()) {
            assertThat(puller.explain("busybox").pull().get(0).url()).contains("first.example");
        }
        try (ImagePuller puller = builder.plainHttp(true).build()) {
            assertThat(puller.explain("busybox").pull().get(0).url()).contains("second.example");
        }
    }

    static Stream<ConfigurationCase> examples() {
        return Stream.of("examples.txt", "world.txt").flatMap(name -> ConfigurationCase.bundled(name).stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void anExampleMeansWhatItsOwnersMean(ConfigurationCase example) throws IOException {
        example.write(temporary);
        List<String> meaning = new ArrayList<>();
        Path config = example.configuration(temporary);
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .store(temporary.resolve("store"))
                .configuration(config)
                .build()) {
            for (String image : example.expected("image")) {
                HostsExplanation explanation = puller.explain(image);
                meaning.add("image " + image);
                explanation.resolve().forEach(endpoint -> meaning.add("resolve " + shown(endpoint)));
                explanation.pull().forEach(endpoint -> meaning.add("pull " + shown(endpoint)));
            }
        }
        HostsCheck.of(config)
                .forEach(finding -> meaning.add("finding "
                        + finding.severity().name().toLowerCase(Locale.ROOT) + " " + finding.code() + " "
                        + finding.position()
                                .toString()
                                .substring(temporary.toString().length() + 1)));
        assertThat(meaning).containsExactlyElementsOf(example.expectations());
    }

    static String shown(HostsExplanation.Endpoint endpoint) {
        ConfiguredHost host = endpoint.host();
        List<String> parts = new ArrayList<>(List.of(endpoint.url()));
        add(parts, "ca", host.ca().stream().map(ExplainTest::name));
        add(
                parts,
                "client",
                host.clientCertificates().entrySet().stream()
                        .map(pair -> pair.getValue().equals(pair.getKey())
                                ? name(pair.getValue())
                                : name(pair.getKey()) + "+" + name(pair.getValue())));
        if (host.skipVerify()) {
            parts.add("skip-verify");
        }
        if (host.httpFallback()) {
            parts.add("tls-first");
        }
        add(parts, "headers", host.headerNames().stream());
        if (!host.dialTimeout().equals(RegistryHost.DEFAULT_DIAL_TIMEOUT)) {
            parts.add("dial=" + host.dialTimeout().toMillis() + "ms");
        }
        if (host.proxy() != null) {
            parts.add("proxy=" + host.proxy());
        }
        addMillis(parts, "response", host.responseTimeout());
        addMillis(parts, "stall", host.stallTimeout());
        if (endpoint.credentials() != null) {
            parts.add("credentials");
        }
        return String.join(" ", parts);
    }

    private static void add(List<String> parts, String name, Stream<String> values) {
        String joined = values.collect(Collectors.joining(","));
        if (!joined.isEmpty()) {
            parts.add(name + "=" + joined);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static void addMillis(List<String> parts, String name, @Nullable Duration duration) {
        if (duration != null) {
            parts.add(name + "=" + duration.toMillis() + "ms");
        }
    }

    @Test
    void everySettingHasItsPlaceAndSecretsAreNotShown() {
        TestCertificates certificates = new TestCertificates();
        TestCertificates.write(temporary.resolve("certs.d/docker.io/ca.pem"), certificates.caPem());
        HostsExplanation explanation = explain("docker.io", """
                server = "https://docker.io"
                [host."http://127.0.0.1:4001"]
                  capabilities = ["pull", "resolve"]
                  ca = "ca.pem"
                  [host."http://127.0.0.1:4001".header]
                    X-Dragonfly-Registry = ["https://index.docker.io"]
                """, "busybox");
        HostsExplanation.Endpoint first = explanation.resolve().get(0);
        assertThat(first.host().source()).hasToString(temporary.resolve("certs.d/docker.io/hosts.toml") + ":2:1");
        assertThat(first.ca()).singleElement().asString().contains("CN=jpull test authority until 20");
        assertThat(explanation.toString()).doesNotContain("index.docker.io");
        assertThat(temporary.resolve("store")).as("nothing is made by asking").doesNotExist();
    }

    @Test
    void aHostThatIsLeftOutIsNamedWithTheReason() {
        HostsExplanation explanation = explain(
                "docker.io",
                "[host.\"https://a\"]\ncapabilities = [\"pull\"]\n[host.\"https://b\"]\ncapabilities = [\"resolve\"]\n",
                "busybox");
        assertThat(explanation.skipped())
                .extracting(skipped -> skipped.host().host() + ": " + skipped.reason())
                .containsExactly(
                        "a: does not resolve the tag: it lacks the capability resolve",
                        "b: never asked: it lacks the capability pull");
    }

    @Test
    void credentialsAreNamedByTheirSource() throws Exception {
        Path config = Files.writeString(
                temporary.resolve("config.json"),
                "{\"auths\":{\"quay.io\":{\"auth\":\"dTpw\"}},\"credHelpers\":{\"ghcr.io\":\"no-such-helper\"}}");
        CredentialSource docker = CredentialSource.ofDockerConfig(config);
        assertThat(docker.sourceFor("quay.io")).contains(config.toString());
        assertThat(docker.sourceFor("ghcr.io"))
                .hasValueSatisfying(name -> assertThat(name).startsWith("docker-credential-no-such-helper"));
        assertThat(docker.sourceFor("other.io")).isEmpty();
        CredentialSource given =
                CredentialSource.forHost("quay.io", new Credential("u", "p")).orElse(docker);
        assertThat(given.sourceFor("quay.io")).contains("given by the program");
    }
}
