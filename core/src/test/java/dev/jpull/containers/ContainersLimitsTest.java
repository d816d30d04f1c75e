// SPDX-License-Identifier: Apache-2.0
package dev.jpull.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are read, and how much of them. */
class ContainersLimitsTest {
    @TempDir
    Path temporary;

    private RegistriesConf read() {
        return RegistriesConfReader.read(ContainersFiles.beside(temporary));
    }

    @Test
    void aDirectoryWithTooManyDropInFilesIsRefused() {
        for (int i = 0; i <= 100; i++) {
            TestCertificates.write(temporary.resolve("registries.conf.d/" + i + ".conf"), "");
        }
        assertThat(read().findings()).extracting(Finding::code).containsExactly("too-many-files");
    }

    @Test
    void fileAfterFileIsReadUntilTheLimitOfAll() {
        for (int i = 0; i < 12; i++) {
            TestCertificates.write(
                    temporary.resolve("registries.conf.d/" + (10 + i) + ".conf"), "#" + "x".repeat(100_000) + "\n");
        }
        assertThat(read().findings()).extracting(Finding::code).containsOnly("too-large");
    }

    @Test
    void aDropInThatLeadsNowhereIsRefused() throws IOException {
        Files.createDirectories(temporary.resolve("registries.conf.d"));
        Files.createSymbolicLink(temporary.resolve("registries.conf.d/a.conf"), temporary.resolve("absent"));
        assertThat(read().findings()).extracting(Finding::code).containsExactly("unreadable");
        assertThat(RegistriesConfReader.mentionsRegistries(ContainersFiles.beside(temporary)))
                .isTrue();
    }

    @Test
    void aPathThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> ContainersFiles.beside(temporary.resolve("registries.conf")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> ContainersFiles.ofMachine(
                        temporary,
                        Map.of(
                                "HOME",
                                temporary.toString(),
                                "CONTAINERS_REGISTRIES_CONF",
                                temporary.resolve("absent").toString())))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void theAliasesThatPodmanHasNotedCountBeforeTheFiles() {
        TestCertificates.write(temporary.resolve("registries.conf"), "[aliases]\n\"app\" = \"one.example/app\"\n");
        Path noted =
                TestCertificates.write(temporary.resolve("noted.conf"), "[aliases]\n\"app\" = \"two.example/app\"\n");
        ContainersFiles beside = ContainersFiles.beside(temporary);
        ContainersFiles files = new ContainersFiles(beside.main(), beside.dropIns(), beside.certificates(), noted);
        assertThat(RegistriesConfReader.read(files).shortNames().meanings("app").toString())
                .isEqualTo("[two.example/app:latest]");
    }

    @Test
    void aFileOfAliasesAloneIsToldWithoutParsing() {
        TestCertificates.write(
                temporary.resolve("registries.conf"),
                "# [[registry]]\n[aliases]\n\"registry\" = \"docker.io/library/registry\"\n");
        assertThat(RegistriesConfReader.mentionsRegistries(ContainersFiles.beside(temporary)))
                .isFalse();
        for (String line : new String[] {
            "[[ registry ]]", "registry = [{location = 'quay.io'}]", "Unqualified-search-registries = ['quay.io']",
            "[registries.search]", "  [[\"registry\"]]", "registries.block.registries = ['quay.io']"
        }) {
            TestCertificates.write(temporary.resolve("registries.conf"), line + "\n");
            assertThat(RegistriesConfReader.mentionsRegistries(ContainersFiles.beside(temporary)))
                    .as(line)
                    .isTrue();
        }
    }
}
