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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without settings one configuration of the machine counts: the first in the documented order that says something. */
class MachineConfigurationTest {
    private static final String MIRRORS = "{\"registry-mirrors\": [\"https://docker-mirror.example\"]}";

    private static final String CRI = "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n";

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
        return EngineDefaults.read(new ConfigurationChoice(List.of(), null, locations, HostDefaults.NONE))
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
    void theConfigTomlOfContainerdComesFirstWhenItHasSettingsOfRegistries() throws IOException {
        write("etc/containerd/certs.d/docker.io/hosts.toml", "server = \"https://usual.example\"\n");
        Path own = root.resolve("own");
        write("own/docker.io/hosts.toml", "server = \"https://own.example\"\n");
        Path config = write(
                "etc/containerd/config.toml",
                CRI + "config_path = \"" + own + "\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\n"
                        + "max_concurrent_downloads = 7\n");
        ChosenConfiguration found = found();
        assertThat(found.dialect()).isEqualTo(Dialect.CONTAINERD_CONFIG);
        assertThat(found.paths()).containsExactly(config);
        assertThat(found.reason()).contains("not looked at: " + root.resolve("etc/containerd/certs.d"));
        assertThat(found.hosts().concurrentDownloads()).hasValue(7);
        assertThat(firstHost()).isEqualTo("own.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CRI
                        + "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = [\"https://m.example\"]\n",
                CRI + "[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"m.example\".auth]\nusername = \"u\"\n",
                CRI + "[plugins.\"io.containerd.grpc.v1.cri\".registry.headers]\nX-Node = [\"1\"]\n"
            })
    void eachSettingOfRegistriesMakesConfigTomlCount(String text) throws IOException {
        Path config = write("etc/containerd/config.toml", text);
        write("etc/docker/daemon.json", MIRRORS);
        assertThat(found().paths()).containsExactly(config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version = 2\n",
                "disabled_plugins = [\"cri\"]\n",
                CRI + "config_path = \"\"\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors]\n"
                        + "[plugins.\"io.containerd.grpc.v1.cri\".registry.headers]\n"
            })
    void aConfigTomlWithoutThemIsPassedOver(String text) throws IOException {
        Path config = write("etc/containerd/config.toml", text);
        Path daemon = write("etc/docker/daemon.json", MIRRORS);
        assertThat(found().paths()).containsExactly(daemon);
        assertThat(found().reason()).contains("passed over: " + config);
    }

    @Test
    void aFileThatCannotBeLookedAtIsAnError() throws IOException {
        for (String directory : List.of("etc/docker", "etc/containers", "etc/rancher", "etc/containerd")) {
            Path loop = root.resolve(directory); // whatever is below it cannot be reached, as without permission
            Files.createDirectories(loop.getParent());
            Files.createSymbolicLink(loop, loop);
            assertThatThrownBy(this::found)
                    .as(directory)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(directory);
        }
        Path user = Files.createDirectories(root.resolve("home/user"));
        Files.createSymbolicLink(user.resolve(".config"), Path.of(".config"));
        for (String directory : List.of("etc/docker", "etc/containers", "etc/rancher", "etc/containerd")) {
            Files.delete(root.resolve(directory));
        }
        assertThatThrownBy(this::found)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(".config")
                .hasMessageContaining("name the configuration");
    }

    @Test
    void aHostsDirectoryThatIsNoneIsAnError() throws IOException {
        Path file = write("etc/containerd/certs.d", "");
        assertThatThrownBy(this::found)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file + " cannot be read")
                .hasMessageContaining("it is no directory");
    }

    @Test
    void withoutAHomeDirectoryTheUserHasNoConfiguration() throws IOException {
        Path none = write("none", "");
        ChosenConfiguration found = EngineDefaults.read(new ConfigurationChoice(
                        List.of(),
                        null,
                        new StandardLocations(root, Map.of("HOME", none.toString())),
                        HostDefaults.NONE))
                .configuration();
        assertThat(found.paths()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "mirrors: {}\nconfigs: {}\n"})
    void aRegistriesYamlWithoutAnEntryIsPassedOver(String text) throws IOException {
        Path k3s = write("etc/rancher/k3s/registries.yaml", text);
        Path daemon = write("etc/docker/daemon.json", MIRRORS);
        assertThat(found().paths()).containsExactly(daemon);
        assertThat(found().reason()).contains("passed over: " + k3s);
        assertThat(firstHost()).isEqualTo("docker-mirror.example");
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
        for (String directory : List.of("etc/containers", "home/user/.config/containers")) {
            Path link = Files.createDirectories(root.resolve(directory)).resolve("registries.conf");
            Files.createSymbolicLink(link, Path.of("absent"));
            assertThatThrownBy(() -> found().hosts().hostsFor(ImageReference.parse("busybox")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("registries.conf");
            Files.delete(link);
        }
        write("etc/docker/daemon.json", MIRRORS + ",");
        assertThatThrownBy(this::found)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("daemon.json");
    }

    @Test
    void whatIsGivenCountsAlone() throws IOException {
        write("etc/docker/daemon.json", MIRRORS);
        Path given = Files.createDirectories(root.resolve("given"));
        ChosenConfiguration chosen = EngineDefaults.read(new ConfigurationChoice(
                        List.of(given), null, new StandardLocations(root, Map.of()), HostDefaults.NONE))
                .configuration();
        assertThat(chosen.paths()).containsExactly(given);
        assertThat(chosen.reason()).isEqualTo("as it was given");
    }

    @Test
    void aGivenDirectoryWithoutARegistryIsRefused() throws IOException {
        Files.createDirectories(root.resolve("etc/containerd/certs.d/docker.io"));
        Path parent = root.resolve("etc/containerd");
        ConfigurationChoice choice = new ConfigurationChoice(
                List.of(parent), null, new StandardLocations(root, Map.of()), HostDefaults.NONE);
        assertThatThrownBy(() -> EngineDefaults.read(choice))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("name " + parent.resolve("certs.d"));
    }
}
