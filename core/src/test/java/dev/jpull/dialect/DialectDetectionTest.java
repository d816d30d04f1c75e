// SPDX-License-Identifier: Apache-2.0
package dev.jpull.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A configuration is of the dialect that its name says, else of the one that its content says, else it is refused. */
class DialectDetectionTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.toml      |                                   | CONTAINERD_CONFIG",
                "other.toml       | version = 2                       | CONTAINERD_CONFIG",
                "other.toml       | ''                                | CONTAINERD_CONFIG",
                "node             | [plugins.\"io.containerd.cri.v1.images\".registry] | CONTAINERD_CONFIG",
                "registries.yaml  | nonsense                          | REGISTRIES_YAML",
                "registries.yml   | ''                                | REGISTRIES_YAML",
                "node.yaml        | mirrors:                          | REGISTRIES_YAML",
                "node.yaml        | {\"mirrors\": {}}                 | REGISTRIES_YAML",
                "node             | \"configs\" :                     | REGISTRIES_YAML",
                "registries.conf  | nonsense                          | REGISTRIES_CONF",
                "podman.conf      | [[registry]]                      | REGISTRIES_CONF",
                "podman.toml      | unqualified-search-registries = []| REGISTRIES_CONF",
                "podman           | [registries.search]               | REGISTRIES_CONF",
                "podman           | [aliases]                         | REGISTRIES_CONF",
                "registries.conf.d/10.conf | nonsense                 | REGISTRIES_CONF",
                "daemon.json      | nonsense                          | DAEMON_JSON",
                "docker.json      | { \"debug\": true, \"registry-mirrors\": [] } | DAEMON_JSON",
            })
    void aFileIsToldByItsNameOrItsContent(String name, String content, Dialect dialect) throws IOException {
        Path file = temporary.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content == null ? "" : content);
        assertThat(DialectDetection.of(file)).isEqualTo(new DialectDetection(dialect, file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.json | {\"auths\": {\"mirrors\": {}}}     | no registry configuration that jpull knows",
                "notes.txt   | the mirrors: are here              | no registry configuration that jpull knows",
                "hosts.toml  | ''                                 | configures one registry alone",
                "other.toml  | server = 'https://a.example'       | configures one registry alone",
                "absent      |                                    | does not exist",
            })
    void anythingElseIsRefused(String name, String content, String reason) throws IOException {
        Path file = temporary.resolve(name);
        if (content != null) {
            Files.writeString(file, content);
        }
        assertThatThrownBy(() -> DialectDetection.of(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
    }

    @Test
    void aDirectoryIsThatOfARuntimeOrAHostsDirectory() throws IOException {
        assertThat(DialectDetection.of(temporary)).isEqualTo(new DialectDetection(Dialect.HOSTS_DIRECTORY, temporary));
        Path daemon = Files.writeString(temporary.resolve("daemon.json"), "{}");
        Files.createDirectories(temporary.resolve("certs.d/docker.io"));
        assertThat(DialectDetection.of(temporary)).isEqualTo(new DialectDetection(Dialect.DAEMON_JSON, daemon));
        Files.writeString(temporary.resolve("registries.conf"), "");
        assertThatThrownBy(() -> DialectDetection.of(temporary))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("registries.conf and daemon.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/README.md", "certs.d/docker.io/hosts.toml", "docker.io", "ca.crt", "node/etc/hosts"})
    void aDirectoryWithNothingForAnyRegistryIsRefused(String other) throws IOException {
        Path file = temporary.resolve(other);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        assertThatThrownBy(() -> DialectDetection.of(temporary))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is no hosts directory")
                .hasMessageContaining("; name ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_default", "docker.io", "registry_5000_", "registry:5000", "localhost"})
    void aDirectoryNamedAsARegistryMakesAHostsDirectory(String registry) throws IOException {
        Files.createDirectory(temporary.resolve(registry));
        Files.writeString(temporary.resolve("README.md"), "");
        assertThat(DialectDetection.of(temporary)).isEqualTo(new DialectDetection(Dialect.HOSTS_DIRECTORY, temporary));
    }

    @Test
    void aDirectoryThatIsKeptEmptyIsAHostsDirectory() throws IOException {
        Files.writeString(temporary.resolve(".gitkeep"), "");
        assertThat(DialectDetection.of(temporary)).isEqualTo(new DialectDetection(Dialect.HOSTS_DIRECTORY, temporary));
    }

    @Test
    void theDirectoryOfOneRegistryIsNoConfigurationOfANode() throws IOException {
        Files.writeString(temporary.resolve("hosts.toml"), "");
        assertThatThrownBy(() -> DialectDetection.of(temporary))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("one sub-directory for each registry");
    }

    @Test
    void aDirectoryWithTheNameOfAFileIsRefused() throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("daemon.json"));
        assertThatThrownBy(() -> DialectDetection.of(directory))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is a directory");
    }
}
