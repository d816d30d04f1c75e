// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.image.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class K3sHostsTest {
    private static final String MIRRORS = """
            mirrors:
              docker.io:
                endpoint: [https://m.example]
                rewrite:
                  "busybox$": "b"
                  "^library/": "hub/"
              "*":
                endpoint: [https://all.example]
            configs:
              m.example:
                auth:
                  username: user
                  password: hunter2
                tls:
                  insecure_skip_verify: true
            """;

    @TempDir
    Path temporary;

    private HostConfiguration read(String text, HostDefaults defaults) throws IOException {
        Path file = Files.writeString(temporary.resolve("registries.yaml"), text);
        return new K3sHosts(RegistriesYaml.readWithErrors(file), defaults);
    }

    private NamespaceHosts hosts(String text, String image) throws IOException {
        return read(text, HostDefaults.NONE).hostsFor(ImageReference.parse(image));
    }

    @Test
    void everySettingHasItsPlace() throws IOException {
        NamespaceHosts hosts = hosts(MIRRORS, "busybox");
        Path file = temporary.resolve("registries.yaml");
        assertThat(hosts.tried()).containsExactly(file);
        assertThat(hosts.directory()).isEqualTo(file);
        RegistryHost mirror = hosts.hosts().get(0);
        assertThat(mirror.source()).hasToString(file + ":3:16");
        assertThat(mirror.provenance().settings().get("skip_verify")).hasToString(file + ":15:7");
        assertThat(mirror.provenance().settings().get("rewrite.^library/")).hasToString(file + ":6:7");
        assertThat(mirror.capabilities()).containsExactlyInAnyOrder(Capability.PULL, Capability.RESOLVE);
        assertThat(mirror.implied()).isFalse();
        assertThat(mirror.isTold("docker.io")).isTrue();
        assertThat(hosts.hosts().get(1).implied()).isTrue();
        assertThat(hosts.withoutImplied().hosts()).containsExactly(mirror);
    }

    @Test
    void aRepositoryThatTwoRulesRenameIsReported() throws IOException {
        assertThat(hosts(MIRRORS, "busybox").findings())
                .extracting(Finding::code)
                .containsExactly("rewrite-order");
        assertThat(hosts(MIRRORS, "alpine").findings()).isEmpty();
        assertThat(hosts(MIRRORS, "busybox").hosts().get(0).repository("library/busybox"))
                .as("the first in the order of the alphabet")
                .isEqualTo("hub/busybox");
    }

    @Test
    void aRewriteThatMakesNoNameIsRefusedAtItsPlace() throws IOException {
        String text =
                "mirrors:\n  docker.io:\n    endpoint: [https://m.example]\n    rewrite:\n      \".*\": \"../$0\"\n";
        RegistryHost mirror = hosts(text, "busybox").hosts().get(0);
        assertThatThrownBy(() -> mirror.repository("library/busybox"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(temporary.resolve("registries.yaml") + ":5:7: the rewrite \".*\" makes");
    }

    @Test
    void credentialsAreForTheHostThatTheyWereWrittenFor() throws IOException {
        CredentialSource credentials = read(MIRRORS, HostDefaults.NONE).credentials();
        assertThat(credentials.credentialFor("m.example")).contains(new Credential("user", "hunter2"));
        assertThat(credentials.sourceFor("m.example")).contains(temporary.resolve("registries.yaml") + ":11:5");
        assertThat(credentials.held()).hasSize(1);
        assertThat(credentials.credentialFor("all.example")).isEmpty();
        assertThat(credentials.sourceFor("docker.io")).isEmpty();
        assertThat(read(MIRRORS, HostDefaults.NONE).toString()).doesNotContain("hunter2");
    }

    @Test
    void theScopesAreTheRegistriesWithHostsOfTheirOwn() throws IOException {
        assertThat(read(MIRRORS, HostDefaults.NONE).scopes())
                .containsExactly(HostConfiguration.ALL, "docker.io", "m.example");
        assertThat(read("mirrors:\n  quay.io:\n", HostDefaults.NONE).scopes()).isEmpty();
    }

    @Test
    void whatTheCommandLineSaysForAllHostsCounts() throws IOException {
        TlsSettings own = new TlsSettings(List.of(Path.of("/own-ca.pem")), true, List.of(), null);
        HostConfiguration configuration = read(MIRRORS, new HostDefaults("http", own));
        assertThat(configuration.hostsFor(ImageReference.parse("busybox")).hosts())
                .allMatch(host -> host.tls().ca().equals(own.ca()))
                .allMatch(host -> host.scheme().equals("https"));
        assertThat(read("mirrors:\n", new HostDefaults("http", null))
                        .hostsFor(ImageReference.parse("a.example/app"))
                        .hosts())
                .singleElement()
                .satisfies(host -> assertThat(host.origin()).isEqualTo("http://a.example"));
    }

    @Test
    void aFileWithAnErrorHasNoHosts() throws IOException {
        HostConfiguration configuration =
                read("mirrors:\n  docker.io:\n    endpoints: [https://m.example]\n", HostDefaults.NONE);
        assertThatThrownBy(() -> configuration.hostsFor(ImageReference.parse("quay.io/app")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is not skipped")
                .hasMessageContaining("registries.yaml:3:5")
                .hasMessageContaining("did you mean \"endpoint\"?");
    }

    @Test
    void aFileThatMeansHarmIsReadWithinLimits() throws IOException {
        String many = "mirrors:\n  docker.io:\n    endpoint: [" + "https://m.example,".repeat(300) + "]\n";
        assertThat(read(many, HostDefaults.NONE).findings())
                .filteredOn(Finding::isError)
                .extracting(Finding::code)
                .containsExactly("type");
        StringBuilder large =
                new StringBuilder("mirrors:\n  docker.io:\n    endpoint: [https://m.example]\n    rewrite:\n");
        for (int i = 0; i < 15; i++) {
            large.append("      \"a{900}").append(i).append("\": \"b\"\n");
        }
        assertThat(read(large.toString(), HostDefaults.NONE).findings())
                .filteredOn(Finding::isError)
                .isNotEmpty()
                .allMatch(finding -> finding.code().equals("rewrite"));
        assertThat(read(
                                "mirrors:\n  docker.io:\n    endpoint: [https://m.example]\n    rewrite:\n      a: \""
                                        + "b".repeat(1001) + "\"\n",
                                HostDefaults.NONE)
                        .findings())
                .extracting(Finding::code)
                .containsExactly("rewrite");
        Files.write(temporary.resolve("registries.yaml"), new byte[(1 << 20) + 1]);
        assertThat(RegistriesYaml.readWithErrors(temporary.resolve("registries.yaml"))
                        .findings())
                .extracting(Finding::code)
                .containsExactly("unreadable");
    }
}
