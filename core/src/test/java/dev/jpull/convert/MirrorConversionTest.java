// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.address.Localhost;
import dev.jpull.compare.ConfigurationComparison;
import dev.jpull.compare.HostChange;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.ContainerdHosts;
import dev.jpull.hosts.CriConfig;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.image.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deprecated CRI tables as a hosts directory. */
class MirrorConversionTest {
    private static final String REGISTRY = "plugins.\"io.containerd.grpc.v1.cri\".registry";
    private static final List<String> NAMESPACES = List.of(
            "docker.io", "quay.io", "ghcr.io", "localhost:5000", "127.0.0.1:5001", "registry.corp:8443", "reg.corp");
    private static final List<String> ENDPOINTS = List.of(
            "https://mirror.corp",
            "http://mirror.corp:5000",
            "mirror.corp/v2/",
            "https://harbor.corp/v2/hub",
            "https://harbor.corp/",
            "https://nexus.corp/repository/v2",
            "localhost:5000",
            "http://localhost:5000",
            "https://docker.io",
            "https://registry-1.docker.io",
            "https://quay.io",
            "https://registry.corp:8443",
            "http://[fd00::1]:5000/v2/x");

    @TempDir
    Path temporary;

    private Conversion convert(String text) throws IOException {
        return Conversion.of(Files.writeString(config(), "version = 2\n" + text), Target.HOSTS, false);
    }

    private Path config() {
        return temporary.resolve("config.toml");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void generatedConfigurationsMeanTheSameBeforeAndAfter(long seed) throws IOException {
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            String text = generate(random);
            Path directory = temporary.resolve("round-" + round);
            convert(text).write(directory);
            if (!Files.exists(directory)) {
                continue; // the tables say nothing
            }
            ConfigurationComparison comparison = new ConfigurationComparison(
                    new ContainerdHosts(List.of(), HostDefaults.NONE, CriConfig.read(config())),
                    config(),
                    new ContainerdHosts(List.of(directory), HostDefaults.NONE),
                    config());
            Set<String> asked = new LinkedHashSet<>(NAMESPACES);
            asked.add("never.mentioned.example");
            for (String namespace : asked) {
                boolean localhost = Localhost.isLocalhost(namespace)
                        && !Files.exists(directory.resolve(namespace.replace(":", "_") + "_"));
                if (!localhost) {
                    for (ImageReference image : comparison.samples(namespace)) {
                        assertThat(comparison.compare(image))
                                .as("%s in%n%s", image, text)
                                .allMatch(change -> change.kind() == HostChange.Kind.REFERRERS);
                    }
                }
            }
        }
    }

    private static String generate(Random random) {
        StringBuilder text = new StringBuilder();
        List<String> mirrored = new ArrayList<>(NAMESPACES);
        mirrored.add("*");
        for (String namespace : mirrored) {
            if (random.nextInt(3) == 0) {
                text.append("[" + REGISTRY + ".mirrors.\"" + namespace + "\"]\nendpoint = [");
                for (int i = random.nextInt(4); i > 0; i--) {
                    text.append("\"" + ENDPOINTS.get(random.nextInt(ENDPOINTS.size())) + "\", ");
                }
                text.append("]\n");
            }
        }
        for (String host :
                List.of("mirror.corp", "harbor.corp", "quay.io", "registry-1.docker.io", "registry.corp:8443")) {
            if (random.nextInt(3) == 0) {
                text.append("[" + REGISTRY + ".configs.\"" + host + "\".tls]\n");
                text.append(random.nextBoolean() ? "insecure_skip_verify = " + random.nextBoolean() + "\n" : "");
                text.append(random.nextBoolean() ? "ca_file = \"/etc/ssl/" + random.nextInt(3) + ".pem\"\n" : "");
                text.append(random.nextBoolean() ? "cert_file = \"c.pem\"\nkey_file = \"k.pem\"\n" : "");
            }
        }
        if (random.nextInt(3) == 0) {
            text.append("[" + REGISTRY
                    + ".headers]\nX-Cluster = [\"a \\\"b\\\"\", \"c\\\\d\"]\n\"User-Agent\" = [\"x\"]\n");
        }
        return text.toString();
    }

    @Test
    void whatCannotBeSaidIsListedAndNoSecretIs() throws IOException {
        Conversion conversion = convert("[" + REGISTRY + ".mirrors.\"https://quay.io\"]\nendpoint = []\n[" + REGISTRY
                + ".configs.\"quay.io\".auth]\nusername = \"u\"\npassword = \"hunter2\"\n");
        assertThat(conversion.findings())
                .extracting(Finding::code)
                .containsExactly("never-matches", "credentials", "localhost");
        assertThat(conversion.toString()).contains("docker login quay.io").doesNotContain("hunter2");
        Conversion headers =
                convert("[" + REGISTRY + ".headers]\nX-Key = [\"hunter2\"]\nAuthorization = [\"Basic hunter2\"]\n");
        assertThat(headers.texts().toString()).contains("hunter2");
        assertThat(headers.toString()).doesNotContain("hunter2").contains("\"Authorization\" = [\"***\"]");
    }

    @Test
    void nothingIsOverwrittenAndNothingIsWrittenInPart() throws IOException {
        Conversion conversion = convert("[" + REGISTRY + ".mirrors.\"quay.io\"]\nendpoint = [\"https://m.corp\"]\n["
                + REGISTRY + ".mirrors.\"ghcr.io\"]\nendpoint = [\"https://m.corp\"]\n");
        Path there = temporary.resolve("certs.d/ghcr.io/hosts.toml");
        Files.createDirectories(there.getParent());
        Files.writeString(there, "# mine\n");
        assertThatThrownBy(() -> conversion.write(temporary.resolve("certs.d")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(there + " exists already");
        assertThat(there).hasContent("# mine\n");
        assertThat(temporary.resolve("certs.d/quay.io")).doesNotExist();
    }

    @Test
    void aConfigurationWithHostsDirectoriesIsNotConverted() throws IOException {
        String text = "[" + REGISTRY + "]\nconfig_path = \"/etc/containerd/certs.d\"\n";
        assertThatThrownBy(() -> convert(text)).hasMessageContaining("config.toml:3:1");
    }
}
