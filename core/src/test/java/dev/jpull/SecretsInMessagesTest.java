// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.dialect.ConfigurationReader;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A password at a place where none belongs is in no finding. */
class SecretsInMessagesTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "configs: {a.example: {auth: {password: *S3CRET}}}",
                "configs: {a.example: {auth: {password: !S3CRET x}}}",
                "configs: {a.example: {auth: {password: !S3CRET!x y}}}",
                "configs: {'bob:S3CRET@m.example': {tls: {}}}",
                "mirrors: {'https://bob:S3CRET@m.example': {endpoint: []}}",
                "'bob:S3CRET@m.example': {mirrors: {}}",
                "mirrors: {docker.io: {endpoint: ['https://m.example/?token=S3CRET']}}",
                "mirrors: {docker.io: {endpoint: ['https://m.example/#S3CRET']}}",
                "mirrors: {docker.io: {endpoint: ['ftp://bob:S3CRET@m']}}",
                "mirrors: {docker.io: {endpoint: ['https://bob:S3CR/S3CRET@m.example']}}",
                "mirrors: {docker.io: {endpoint: ['https//bob:S3CRET@m']}}"
            })
    void ofRegistriesYaml(String text) throws IOException {
        assertNoSecret("registries.yaml", text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[[registry]]\nlocation = 'bob:S3CRET@m.example'",
                "[[registry]]\nlocation = 'https://bob:S3CRET@m.example'",
                "[[registry]]\nprefix = '*.bob:S3CRET@m.example'\nlocation = 'm.example'",
                "[[registry]]\nprefix = 'bob:S3CRET@m.example'\nlocation = 'm.example'",
                "unqualified-search-registries = ['bob:S3CRET@m.example']",
                "[aliases]\na = 'https://bob:S3CRET@m.example/a'"
            })
    void ofRegistriesConf(String text) throws IOException {
        assertNoSecret("registries.conf", text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'registry-mirrors': ['https://m.example?token=S3CRET']}",
                "{'registry-mirrors': ['https://m.example/#S3CRET']}",
                "{'registry-mirrors': ['bob:S3CRET@m.example']}",
                "{'registry-mirrors': ['https://bob:S3CRET@m.example']}",
                "{'insecure-registries': ['https://bob:S3CRET@m.example']}",
                "{'insecure-registries': ['bob:S3CRET@m.example']}"
            })
    void ofDaemonJson(String text) throws IOException {
        assertNoSecret("daemon.json", text.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource({
        "https://m.example/path, https://m.example/path",
        "https://bob:pw@m.example, https://***@m.example",
        "bob:p/w@m.example/a, ***@m.example/a",
        "https://m.example/a?b=c@d#e, https://***@d#***",
        "https://m.example/a?b=c#d, https://m.example/a?***"
    })
    void anAddressIsShownWithStars(String text, String shown) {
        assertThat(ForeignText.address(text)).isEqualTo(shown);
    }

    private void assertNoSecret(String name, String text) throws IOException {
        Path file = Files.writeString(temporary.resolve(name), text + "\n");
        HostConfiguration read = new ConfigurationReader(HostDefaults.NONE).readWithErrors(file);
        List<String> findings = read.findings().stream().map(Finding::toString).toList();
        assertThat(findings).isNotEmpty().noneMatch(finding -> finding.contains("S3CRET"));
    }
}
