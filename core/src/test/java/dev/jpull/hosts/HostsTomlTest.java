// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.toml.GoDuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people get to read about a hosts.toml: the position, the matter and the remedy. */
class HostsTomlTest {
    private static final Path FILE = Path.of("/certs.d/registry.example/hosts.toml");

    private static HostsFile parse(String text) {
        return HostsToml.parse(FILE, Path.of("/certs.d/registry.example"), text).usable();
    }

    @Test
    void aTypoInAKeyIsAWarningThatGuessesWhatWasMeant() {
        HostsFile file = parse("[host.\"https://mirror.example\"]\n  capabilites = [\"pull\"]\n");
        assertThat(file.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("unknown-key");
            assertThat(finding.toString())
                    .startsWith(FILE + ":2:3: ")
                    .contains("\"capabilites\"", "did you mean \"capabilities\"");
        });
    }

    @Test
    void aSyntaxErrorNamesLineAndColumn() {
        assertThatThrownBy(() -> parse("[host.\"https://mirror.example\".header]\n  x-custom-1 = \"custom header\",\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(FILE + ":2:31: not valid TOML")
                .hasMessageContaining("remove the comma");
    }

    @Test
    void aBadCapabilityNamesTheGoodOnes() {
        assertThatThrownBy(() -> parse("[host.\"https://mirror.example\"]\ncapabilities = [\"pull\", \"resolv\"]\n"))
                .hasMessageContaining(FILE + ":2:")
                .hasMessageContaining("\"resolv\" is not a capability")
                .hasMessageContaining("did you mean \"resolve\"");
    }

    @Test
    void everyErrorIsListed() {
        assertThatThrownBy(() -> parse(
                        "server = 5\n[host.\"https://a\"]\nca = 1\nskip_verify = \"yes\"\ndial_timeout = \"soon\"\n"))
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).lines()).hasSize(4));
    }

    @Test
    void aKeyThatAHeaderTableSwallowedIsFound() {
        assertThatThrownBy(() -> parse("[host.\"https://a\".header]\nx = \"1\"\ncapabilities = [\"pull\"]\n"))
                .hasMessageContaining(":3:")
                .hasMessageContaining("move it above");
    }

    @Test
    void hostsMayBeWrittenInAnyForm() {
        HostsFile file = parse(
                "host.\"https://dotted\".capabilities = [\"pull\"]\nhost.\"https://inline\" = { skip_verify = true }\n");
        assertThat(file.entries()).extracting(HostEntry::host).containsExactly("dotted", "inline", "");
    }

    @Test
    void aSecretInAUrlIsNotRepeated() {
        assertThatThrownBy(() -> parse("[host.\"https://user:hunter2@mirror.example\"]\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "1.5s, 1500",
        "1m500ms, 60500",
        "300ms, 300",
        "0, 0",
        "1h, 3600000",
        ".5s, 500",
        "1.s, 1000",
        "-1s, -1000",
        "1us, 0"
    })
    void durationsAreGos(String text, long millis) {
        assertThat(GoDuration.parse(text))
                .hasValueSatisfying(duration -> assertThat(duration.toMillis()).isEqualTo(millis));
    }

    @ParameterizedTest
    @CsvSource({"5", "1", "s", "1 s", "1d", "''", "-", "1s1", "9999999999h"})
    void otherDurationsAreNone(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    @Test
    void anEarlierRootsDefaultThatHidesAnExactMatchIsReported(@TempDir Path temporary) throws Exception {
        Path first = temporary.resolve("first");
        Path second = temporary.resolve("second");
        Files.createDirectories(first.resolve("_default"));
        Files.createDirectories(second.resolve("registry.example"));
        NamespaceHosts hosts =
                new ContainerdHosts(List.of(first, second), HostDefaults.NONE).hostsFor("registry.example");
        assertThat(hosts.directory()).isEqualTo(first.resolve("_default"));
        assertThat(hosts.findings()).extracting(Finding::code).containsExactly("hidden-by-default");
    }
}
