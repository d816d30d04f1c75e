// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.finding.Finding;
import dev.jpull.finding.NodeRelease;
import dev.jpull.testdata.ConfigurationCase;
import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reviews for the releases that nodes run, and of all configurations below a directory. */
class HostsReviewTest {
    @TempDir
    Path temporary;

    static Stream<ConfigurationCase> releases() {
        return ConfigurationCase.bundled("releases.txt").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("releases")
    void aReleaseFindsWhatItDoesNotUnderstand(ConfigurationCase each) throws IOException {
        each.write(temporary);
        Path config = temporary.resolve("config.toml");
        Set<NodeRelease> nodes = each.expected("for").stream()
                .map(label -> NodeRelease.of(label).orElseThrow())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(NodeRelease.class)));
        HostsReview review = HostsCheck.review(
                List.of(Files.exists(config) ? config : temporary.resolve("certs.d")),
                new HostsCheck.Options(nodes, true));
        assertThat(review.findings().stream().filter(finding -> finding.code().startsWith("release-")))
                .extracting(this::shown)
                .containsExactlyElementsOf(each.expected("finding"));
        assertThat(review.findings()).extracting(Finding::code).doesNotContain("k3s-rewrite");
        assertThat(HostsCheck.of(Files.exists(config) ? config : temporary.resolve("certs.d")))
                .as("without releases")
                .noneMatch(finding -> finding.code().startsWith("release-"));
    }

    private String shown(Finding finding) {
        return finding.severity().name().toLowerCase(Locale.ROOT) + " " + finding.code() + " "
                + finding.position().toString().substring(temporary.toString().length() + 1) + " "
                + finding.message().replaceFirst(" .*", "");
    }

    private Path file(String name, String text) {
        return TestCertificates.write(temporary.resolve("repository").resolve(name), text);
    }

    private HostsReview review() {
        return HostsCheck.review(List.of(temporary.resolve("repository")), HostsCheck.Options.DEFAULTS);
    }

    @Test
    void allConfigurationsBelowADirectoryAreFound() throws IOException {
        file("README.md", "# nodes\n");
        file("site/config.toml", "title = \"a web site\"\n");
        file(".git/certs.d/docker.io/hosts.toml", "broken\n");
        file("node_modules/x/certs.d/docker.io/hosts.toml", "broken\n");
        file(
                "nodes/a.example.com/etc/containerd/certs.d/quay.io/hosts.toml",
                "server = \"https://quay.io\"\n[host.\"https://m.corp\"]\ncapabilites = [\"pull\"]\n");
        file(
                "nodes/a.example.com/etc/containerd/config.toml",
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/etc/no/such/certs.d\"\n");
        file(
                "nodes/b/hosts/quay.io/hosts.toml",
                "server = \"https://quay.io\"\n[host.\"https://m.corp\"]\nca = \"/etc/no/such/ca.pem\"\n");
        file(
                "nodes/b/hosts/ghcr.io/hosts.toml",
                "server = \"https://ghcr.io\"\n[host.\"https://m.corp\"]\nca = \"ca.pem\"\n");
        file("nodes/b/containerd/10-registry.toml", "[plugins.\"io.containerd.grpc.v1.cri\".registry]\n");
        Files.createSymbolicLink(
                temporary.resolve("repository/nodes/link"), temporary.resolve("repository/nodes/a.example.com"));
        HostsReview review = review();
        assertThat(review.configurations())
                .extracting(checked ->
                        checked.kind() + " " + temporary.resolve("repository").relativize(checked.path()))
                .containsExactly(
                        "hosts directory nodes/a.example.com/etc/containerd/certs.d",
                        "config.toml nodes/a.example.com/etc/containerd/config.toml",
                        "config.toml nodes/b/containerd/10-registry.toml",
                        "hosts directory nodes/b/hosts");
        assertThat(review.findings())
                .extracting(finding -> finding.code() + " "
                        + temporary
                                .resolve("repository")
                                .relativize(Path.of(
                                        String.valueOf(finding.position().file()))))
                .containsExactly(
                        "unknown-key nodes/a.example.com/etc/containerd/certs.d/quay.io/hosts.toml",
                        "ca nodes/b/hosts/ghcr.io/hosts.toml");
        assertThat(review.hasErrors()).isTrue();
    }

    @Test
    void otherDialectsAreReviewedByTheirHosts() {
        file(
                "a/registries.yaml",
                "mirrors:\n  docker.io:\n    endpoint:\n      - https://docker.io\n      - https://m.corp/project\n");
        file("b/registries.conf", "[[registry]]\nlocation = \"q.io\"\n[[registry.mirror]]\nlocation = \"q.io\"\n");
        file("c/daemon.json", "{\"registry-mirrors\": [\"https://m.corp\", 1]}\n");
        assertThat(review().findings())
                .extracting(
                        finding -> finding.severity() + " " + finding.runtime().label() + " " + finding.code() + " "
                                + finding.position().line())
                .containsExactly(
                        "WARNING k3s own-endpoint 4",
                        "WARNING k3s no-v2-in-path 5",
                        "INFO podman host-is-the-registry 4",
                        "ERROR docker wrong-type 1");
    }

    @Test
    void certificatesOfTheNodesAreLeftOutOnRequest() {
        Path file = file(
                "certs.d/quay.io/hosts.toml",
                "server = \"https://quay.io\"\n[host.\"https://m.corp\"]\nca = \"/etc/no/such/ca.pem\"\n");
        assertThat(HostsCheck.of(file)).extracting(Finding::code).containsExactly("ca");
        assertThat(HostsCheck.review(List.of(file), new HostsCheck.Options(Set.of(), false))
                        .findings())
                .isEmpty();
    }

    @Test
    void eachFindingIsThereOnceWhenAConfigurationIsNamedTwice() {
        Path file = file(
                "certs.d/quay.io/hosts.toml", "server = \"https://quay.io\"\n[host.\"https://m.corp\"]\nca2 = 1\n");
        HostsReview review =
                HostsCheck.review(List.of(file, temporary.resolve("repository"), file), HostsCheck.Options.DEFAULTS);
        assertThat(review.findings()).hasSize(1);
        assertThat(review.configurations()).hasSize(2);
    }

    @Test
    void nothingToCheckIsAnError() throws IOException {
        Files.createDirectories(temporary.resolve("repository/empty"));
        assertThat(review().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.isError()).isTrue();
            assertThat(finding.code()).isEqualTo(HostsCheck.NOT_CHECKED);
            assertThat(finding.message()).contains("there is no registry configuration in ");
        });
        assertThat(HostsCheck.review(List.of(), HostsCheck.Options.DEFAULTS).findings())
                .extracting(Finding::code)
                .containsExactly(HostsCheck.NOT_CHECKED);
        Files.createDirectories(temporary.resolve("repository/certs.d"));
        assertThat(review().findings()).isEmpty();
    }

    @Test
    void aTreeThatIsTooDeepIsRefused() throws IOException {
        Files.createDirectories(temporary.resolve("repository/" + "a/".repeat(60)));
        assertThat(review().findings())
                .extracting(Finding::message)
                .singleElement()
                .asString()
                .contains("directories inside each other");
    }

    @Test
    void aPathWithNothingToCheckLosesNoFindingOfTheOthers() {
        Path misspelt = file("a/registries.yaml", "mirrors:\n  quay.io:\n    endpoints: [https://m.corp/v2]\n");
        Path other = file("b/notes.txt", "nothing\n");
        HostsReview review =
                HostsCheck.review(List.of(temporary.resolve("gone"), other, misspelt), HostsCheck.Options.DEFAULTS);
        assertThat(review.findings())
                .extracting(Finding::code)
                .containsExactly(HostsCheck.NOT_CHECKED, "misspelt-key", HostsCheck.NOT_CHECKED);
        assertThat(review.configurations()).hasSize(1);
    }

    @Test
    void aFileThatIsNamedIsJudgedInItsDirectory() {
        Path wrongName = file("certs.d/https_quay.io/hosts.toml", "server = \"https://m.corp\"\n[host]\n");
        Path nearMiss = file("certs.d/ghcr.io/host.toml", "server = \"https://ghcr.io\"\n");
        Path alone = file("drafts/h.toml", "server = \"https://docker.io\"\n[host.\"https://m.corp\"]\n");
        assertThat(HostsCheck.of(wrongName)).extracting(Finding::code).containsExactly("unreachable-directory");
        assertThat(HostsCheck.of(temporary.resolve("repository/certs.d/https_quay.io")))
                .extracting(Finding::code)
                .containsExactly("unreachable-directory");
        assertThat(HostsCheck.of(nearMiss)).extracting(Finding::code).containsExactly("near-miss-file");
        assertThat(HostsCheck.of(alone))
                .extracting(Finding::message)
                .isNotEmpty()
                .noneMatch(message -> message.contains("drafts"));
    }

    @Test
    void linksThatLeadOutOfATreeAreNotFollowed() throws IOException {
        file("certs.d/quay.io/hosts.toml", "server = \"https://quay.io\"\n[host]\n");
        Path secret = TestCertificates.write(temporary.resolve("outside/x/shadow"), "root:hunter2\n");
        Path root = temporary.resolve("repository/certs.d");
        Files.createDirectories(root.resolve("q.example"));
        Files.createSymbolicLink(root.resolve("q.example/hosts.toml"), secret);
        TestCertificates.write(temporary.resolve("outside/y/hosts.tml.toml"), "broken\n");
        Files.createSymbolicLink(root.resolve("r.example"), temporary.resolve("outside/y"));
        assertThat(review().findings()).isEmpty();
        assertThat(HostsCheck.of(root)).extracting(Finding::code).containsExactly("syntax", "near-miss-file");
    }

    /** A hook of a repository names its files one by one. */
    @Test
    void filesOfTheNodesAreLeftOutOfFilesThatAreNamed() {
        file("node/certs.d/quay.io/hosts.toml", "broken\n");
        Path node = temporary.resolve("repository/node/certs.d");
        HostsCheck.Options repository = new HostsCheck.Options(Set.of(), false);
        for (String root : List.of("/etc/no/such/certs.d", node.toString())) {
            Path config = file(
                    "a/etc/containerd/config.toml",
                    "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"" + root + "\"\n");
            assertThat(HostsCheck.of(config)).isNotEmpty();
            assertThat(HostsCheck.review(List.of(config), repository).findings())
                    .isEmpty();
        }
    }
}
