// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a containerd config.toml says about registries. */
class CriConfigTest {
    private static final String V2 = "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry";

    @TempDir
    Path temporary;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(temporary.resolve(name), text);
    }

    private List<String> origins(String namespace, String text) throws IOException {
        CriConfig config = CriConfig.read(write("config.toml", text));
        return new ContainerdHosts(List.of(), HostDefaults.NONE, config)
                .hostsFor(namespace).hosts().stream().map(RegistryHost::origin).toList();
    }

    @Test
    void anAirGapHasOneMirrorForEverythingAndTheRealRegistryBehindIt() throws IOException {
        String text = V2 + ".mirrors.\"*\"]\nendpoint = [\"https://registry:5000\"]\n"
                + "[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"registry:5000\".tls]\ninsecure_skip_verify = true\n";
        CriConfig config = CriConfig.read(write("config.toml", text));
        NamespaceHosts hosts = new ContainerdHosts(List.of(), HostDefaults.NONE, config).hostsFor("quay.io");
        assertThat(hosts.hosts())
                .extracting(RegistryHost::origin)
                .containsExactly("https://registry:5000", "https://quay.io");
        assertThat(hosts.hosts()).extracting(host -> host.tls().insecure()).containsExactly(true, false);
        assertThat(hosts.findings()).extracting(Finding::code).contains("cri-registry-mirrors", "cri-registry-tls");
    }

    @Test
    void namesOfVersionOneWork() throws IOException {
        assertThat(
                        origins(
                                "local.insecure-registry.io",
                                "[plugins.cri.registry.mirrors.\"local.insecure-registry.io\"]\nendpoint = [\"http://registry.example:5000\"]\n"))
                .containsExactly("http://registry.example:5000", "https://local.insecure-registry.io");
    }

    @Test
    void aPathIsTakenAsWritten() throws IOException {
        CriConfig config = CriConfig.read(
                write("config.toml", V2 + ".mirrors.\"q.io\"]\nendpoint = [\"https://m.io/v2/\", \"https://n.io\"]\n"));
        assertThat(new ContainerdHosts(List.of(), HostDefaults.NONE, config)
                        .hostsFor("q.io")
                        .hosts())
                .extracting(RegistryHost::path)
                .containsExactly("/v2/", "/v2", "/v2");
    }

    @Test
    void importedFilesStandInsteadOfTheTablesBeforeThem() throws IOException {
        Files.createDirectories(temporary.resolve("conf.d"));
        write(
                "conf.d/10.toml",
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/ten\"\n");
        write(
                "conf.d/20.toml",
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/twenty:/other\"\n");
        Path file = write(
                "config.toml",
                "version = 2\nimports = [\"conf.d/*.toml\"]\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/main\"\n");
        assertThat(CriConfig.read(file).configPath()).containsExactly(Path.of("/twenty"), Path.of("/other"));
    }

    @Test
    void mirrorsBesideAConfigPathAreRefusedAsContainerdRefusesThem() throws IOException {
        Path file = write(
                "config.toml",
                V2
                        + "]\nconfig_path = \"/a\"\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"q.io\"]\nendpoint = [\"https://m.io\"]\n");
        assertThatThrownBy(() -> CriConfig.read(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file + ":3:1")
                .hasMessageContaining("exclude each other");
    }

    @Test
    void aBlankInFrontOfAnEndpointIsNamed() {
        assertThatThrownBy(() -> origins("q.io", V2 + ".mirrors.\"q.io\"]\nendpoint = [\" http://m.io\"]\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("blanks around it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version = 5\n",
                "version = \"2\"\n",
                "imports = \"x\"\n",
                "imports = [\"missing.toml\"]\n",
                "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".registry.config_path = 5\n",
                "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"q.io\".endpoint = \"https://m.io\"\n",
                "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".max_concurrent_downloads = \"3\"\n",
                "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".image_pull_progress_timeout = \"soon\"\n",
                "version = 2\n[plugins\n"
            })
    void whatCannotBeUsedIsAnErrorWithItsPlace(String text) throws IOException {
        Path file = write("config.toml", text);
        assertThatThrownBy(() -> CriConfig.read(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(temporary.toString());
    }

    @Test
    void credentialsAreNotPrinted() throws IOException {
        CriConfig config = CriConfig.read(
                write("config.toml", V2 + ".configs.\"q.io\".auth]\nusername = \"user\"\npassword = \"hunter2\"\n"));
        assertThat(config.toString()).doesNotContain("hunter2");
    }
}
