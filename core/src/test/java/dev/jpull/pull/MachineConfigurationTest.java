// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.dialect.Dialect;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.image.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without settings one configuration of the machine counts: the first in the documented order that says something. */
class MachineConfigurationTest {
    private static final String MIRRORS = "{\"registry-mirrors\": [\"https://docker-mirror.example\"]}";

    private static final String SITE = """
            [[registry]]
            location = "docker.io"
            [[registry.mirror]]
            location = "system.example"
            """;

    @TempDir
    Path root;

    private Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private ChosenConfiguration found() {
        StandardLocations locations = new StandardLocations(
                root, Map.of("HOME", root.resolve("home/user").toString()));
        return EngineDefaults.read(List.of(), null, locations, HostDefaults.NONE)
                .configuration();
    }

    private String firstHost() {
        return found().hosts()
                .hostsFor(ImageReference.parse("busybox"))
                .hosts()
                .get(0)
                .host();
    }

    @Test
    void aMachineWithoutConfigurationHasTheBuiltInRules() {
        assertThat(found().dialect()).isEqualTo(Dialect.HOSTS_DIRECTORY);
        assertThat(found().paths()).isEmpty();
        assertThat(firstHost()).isEqualTo("registry-1.docker.io");
    }

    @Test
    void theOrderIsTheDocumentedOneAndNothingIsMixed() throws IOException {
        Path daemon = write("etc/docker/daemon.json", MIRRORS);
        assertThat(found().paths()).containsExactly(daemon);
        assertThat(firstHost()).isEqualTo("docker-mirror.example");

        Path rke2 =
                write("etc/rancher/rke2/registries.yaml", "mirrors: {docker.io: {endpoint: [https://rke2.example]}}");
        assertThat(found().paths()).containsExactly(rke2);
        assertThat(firstHost()).isEqualTo("rke2.example");

        Path k3s = write("etc/rancher/k3s/registries.yaml", "mirrors: {docker.io: {endpoint: [https://k3s.example]}}");
        assertThat(found().paths()).containsExactly(k3s);
        assertThat(firstHost()).isEqualTo("k3s.example");

        write("etc/containerd/certs.d/docker.io/hosts.toml", "server = \"https://containerd.example\"\n");
        assertThat(found().dialect()).isEqualTo(Dialect.HOSTS_DIRECTORY);
        assertThat(firstHost()).isEqualTo("containerd.example");
    }

    @Test
    void anEmptyHostsDirectoryIsPassedOverAndNamed() throws IOException {
        Path empty = Files.createDirectories(root.resolve("etc/containerd/certs.d"));
        Path daemon = write("etc/docker/daemon.json", MIRRORS);
        assertThat(found().paths()).containsExactly(daemon);
        assertThat(found().reason()).contains("passed over: " + empty);
    }

    @Test
    void aDaemonJsonThatSaysNothingAboutRegistriesIsPassedOver() throws IOException {
        Path daemon = write("etc/docker/daemon.json", "{\"debug\": true}");
        Path certificates = Files.createDirectories(root.resolve("etc/docker/certs.d/registry.example"));
        assertThat(found().dialect()).isEqualTo(Dialect.HOSTS_DIRECTORY);
        assertThat(found().paths()).containsExactly(certificates.getParent());
        assertThat(found().reason()).contains("passed over: " + daemon);
    }

    @Test
    void theFileOfADaemonWithoutRootCounts() throws IOException {
        Path daemon = write("home/user/.config/docker/daemon.json", MIRRORS);
        assertThat(found().paths()).containsExactly(daemon);
    }

    @Test
    void registriesConfCountsWhenItConfiguresRegistriesAndComesBeforeDocker() throws IOException {
        write("etc/docker/daemon.json", MIRRORS);
        Path system = write("etc/containers/registries.conf", "# [[registry]]\n");
        write(
                "etc/containers/registries.conf.d/shortnames.conf",
                "[aliases]\n\"registry\" = \"docker.io/library/registry\"\n");
        assertThat(found().dialect()).isEqualTo(Dialect.DAEMON_JSON);
        assertThat(found().reason()).contains("passed over: " + system);

        write("etc/containers/registries.conf.d/site.conf", SITE);
        assertThat(found().dialect()).isEqualTo(Dialect.REGISTRIES_CONF);
        assertThat(firstHost()).isEqualTo("system.example");
    }

    @Test
    void theRegistriesConfOfTheUserKeepsTheFilesOfTheSystemOut() throws IOException {
        write("etc/containers/registries.conf.d/site.conf", SITE);
        Path user = write(
                "home/user/.config/containers/registries.conf", "unqualified-search-registries = [\"docker.io\"]\n");
        assertThat(found().paths()).containsExactly(user);
        assertThat(firstHost()).isEqualTo("registry-1.docker.io");
    }

    @Test
    void aFileThatCannotBeUsedIsAnErrorAndNotTheNextDialect() throws IOException {
        write("etc/docker/daemon.json", MIRRORS);
        write("etc/rancher/k3s/registries.yaml", "mirrors: [\n");
        assertThatThrownBy(this::found)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("registries.yaml");
        Files.delete(root.resolve("etc/rancher/k3s/registries.yaml"));
        Files.createSymbolicLink(root.resolve("etc/rancher/k3s/registries.yaml"), Path.of("absent"));
        assertThatThrownBy(this::found)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("registries.yaml");
        Files.delete(root.resolve("etc/rancher/k3s/registries.yaml"));
        write("etc/docker/daemon.json", MIRRORS + ",");
        assertThatThrownBy(this::found)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("daemon.json");
    }

    @Test
    void whatIsGivenCountsAlone() throws IOException {
        write("etc/docker/daemon.json", MIRRORS);
        Path given = Files.createDirectories(root.resolve("given"));
        ChosenConfiguration chosen = EngineDefaults.read(
                        List.of(given), null, new StandardLocations(root, Map.of()), HostDefaults.NONE)
                .configuration();
        assertThat(chosen.paths()).containsExactly(given);
        assertThat(chosen.reason()).isEqualTo("as it was given");
    }
}
