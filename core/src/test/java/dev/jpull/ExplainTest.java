// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.credentials.DockerConfig;
import dev.jpull.testdata.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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

    static Stream<Arguments> examples() {
        return Stream.of(
                Arguments.of(
                        "docker.io by its API host",
                        "docker.io",
                        """
                        server = "https://docker.io"
                        [host."https://registry-1.docker.io"]
                          capabilities = ["pull", "resolve"]
                        """,
                        "busybox",
                        List.of(
                                "https://registry-1.docker.io/v2/library/busybox/manifests/latest",
                                "https://docker.io/v2/library/busybox/manifests/latest"),
                        List.of(
                                "https://registry-1.docker.io/v2/library/busybox/blobs/{digest}",
                                "https://docker.io/v2/library/busybox/blobs/{digest}")),
                Arguments.of(
                        "a public mirror that may not resolve, and a private one",
                        "docker.io",
                        """
                        server = "https://registry-1.docker.io"
                        [host."https://public-mirror.example.com"]
                          capabilities = ["pull"]
                        [host."https://docker-mirror.internal"]
                          capabilities = ["pull", "resolve"]
                          ca = "docker-mirror.crt"
                        """,
                        "busybox",
                        List.of(
                                "https://docker-mirror.internal/v2/library/busybox/manifests/latest?ns=docker.io",
                                "https://registry-1.docker.io/v2/library/busybox/manifests/latest"),
                        List.of(
                                "https://public-mirror.example.com/v2/library/busybox/blobs/{digest}?ns=docker.io",
                                "https://docker-mirror.internal/v2/library/busybox/blobs/{digest}?ns=docker.io",
                                "https://registry-1.docker.io/v2/library/busybox/blobs/{digest}")),
                Arguments.of(
                        "a mirror for every registry, with the upstream behind it",
                        "_default",
                        """
                        [host."https://registry.example.com"]
                          capabilities = ["pull", "resolve"]
                        """,
                        "quay.io/org/app:1",
                        List.of(
                                "https://registry.example.com/v2/org/app/manifests/1?ns=quay.io",
                                "https://quay.io/v2/org/app/manifests/1"),
                        List.of(
                                "https://registry.example.com/v2/org/app/blobs/{digest}?ns=quay.io",
                                "https://quay.io/v2/org/app/blobs/{digest}")),
                Arguments.of(
                        "a mirror for every registry, and nothing else",
                        "_default",
                        "server = \"https://registry.example.com\"\n",
                        "quay.io/org/app:1",
                        List.of("https://registry.example.com/v2/org/app/manifests/1?ns=quay.io"),
                        List.of("https://registry.example.com/v2/org/app/blobs/{digest}?ns=quay.io")),
                Arguments.of(
                        "node-local peers, as Spegel writes them",
                        "_default",
                        """
                        [host.'http://127.0.0.1:30020']
                        capabilities = ['pull', 'resolve']
                        dial_timeout = '200ms'
                        [host.'http://127.0.0.1:30021']
                        capabilities = ['pull', 'resolve']
                        dial_timeout = '200ms'
                        """,
                        "quay.io/org/app:1",
                        List.of(
                                "http://127.0.0.1:30020/v2/org/app/manifests/1?ns=quay.io",
                                "http://127.0.0.1:30021/v2/org/app/manifests/1?ns=quay.io",
                                "https://quay.io/v2/org/app/manifests/1"),
                        List.of(
                                "http://127.0.0.1:30020/v2/org/app/blobs/{digest}?ns=quay.io",
                                "http://127.0.0.1:30021/v2/org/app/blobs/{digest}?ns=quay.io",
                                "https://quay.io/v2/org/app/blobs/{digest}")),
                Arguments.of(
                        "a project of Harbor that stands in for another registry",
                        "quay.io",
                        """
                        server = "https://quay.io"
                        [host."https://cr.example.com/v2/quay"]
                          capabilities = ["pull", "resolve"]
                          override_path = true
                        """,
                        "quay.io/org/app:1",
                        List.of(
                                "https://cr.example.com/v2/quay/org/app/manifests/1?ns=quay.io",
                                "https://quay.io/v2/org/app/manifests/1"),
                        List.of(
                                "https://cr.example.com/v2/quay/org/app/blobs/{digest}?ns=quay.io",
                                "https://quay.io/v2/org/app/blobs/{digest}")),
                Arguments.of(
                        "an address, without verification, written as http",
                        "docker.io",
                        """
                        server = "https://registry-1.docker.io"
                        [host."http://192.168.31.250:5000"]
                          capabilities = ["pull", "resolve", "push"]
                          skip_verify = true
                        """,
                        "busybox",
                        List.of(
                                "https://192.168.31.250:5000/v2/library/busybox/manifests/latest?ns=docker.io",
                                "https://registry-1.docker.io/v2/library/busybox/manifests/latest"),
                        List.of(
                                "https://192.168.31.250:5000/v2/library/busybox/blobs/{digest}?ns=docker.io",
                                "https://registry-1.docker.io/v2/library/busybox/blobs/{digest}")),
                Arguments.of(
                        "a mirror below a mirror, which indentation does not make",
                        "docker.io",
                        """
                        [host."http://mirror.registry"]
                          capabilities = ["pull"]
                          [host."http://double-mirror.registry"]
                            capabilities = ["pull"]
                        """,
                        "busybox",
                        List.of("https://registry-1.docker.io/v2/library/busybox/manifests/latest"),
                        List.of(
                                "http://mirror.registry/v2/library/busybox/blobs/{digest}?ns=docker.io",
                                "http://double-mirror.registry/v2/library/busybox/blobs/{digest}?ns=docker.io",
                                "https://registry-1.docker.io/v2/library/busybox/blobs/{digest}")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void anExampleMeansWhatItsOwnersMean(
            String name, String directory, String toml, String image, List<String> resolve, List<String> pull) {
        HostsExplanation explanation = explain(directory, toml, image);
        assertThat(explanation.resolve())
                .extracting(HostsExplanation.Endpoint::url)
                .isEqualTo(resolve);
        assertThat(explanation.pull())
                .extracting(HostsExplanation.Endpoint::url)
                .isEqualTo(pull);
        assertThat(explanation.directory())
                .isEqualTo(temporary.resolve("certs.d").resolve(directory));
        assertThat(explanation.findings()).isEmpty();
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
                        "a: not asked what the tag stands for: it lacks the capability resolve",
                        "b: never asked: it lacks the capability pull");
    }

    @Test
    void credentialsAreNamedByTheirSource() throws Exception {
        Path config = Files.writeString(
                temporary.resolve("config.json"),
                "{\"auths\":{\"quay.io\":{\"auth\":\"dTpw\"}},\"credHelpers\":{\"ghcr.io\":\"no-such-helper\"}}");
        CredentialSource docker = new DockerConfig(config);
        assertThat(docker.sourceFor("quay.io")).contains(config.toString());
        assertThat(docker.sourceFor("ghcr.io"))
                .hasValueSatisfying(name -> assertThat(name).startsWith("docker-credential-no-such-helper"));
        assertThat(docker.sourceFor("other.io")).isEmpty();
        CredentialSource given =
                CredentialSource.forHost("quay.io", new Credential("u", "p")).orElse(docker);
        assertThat(given.sourceFor("quay.io")).contains("given by the program");
    }
}
