// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.testdata.ConfigurationCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is found in broken and suspicious configurations, and that nothing is found in those that clusters really use. */
class HostsCheckTest {
    @TempDir
    Path temporary;

    static Stream<ConfigurationCase> broken() {
        return ConfigurationCase.bundled("broken.txt").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void everyMistakeIsFoundAtItsPlaceAndNothingElse(ConfigurationCase broken) throws IOException {
        broken.write(temporary);
        Path config = temporary.resolve("config.toml");
        List<Finding> findings =
                HostsCheck.of(broken.files().containsKey("config.toml") ? config : temporary.resolve("certs.d"));
        assertThat(findings).extracting(this::shown).containsExactlyElementsOf(broken.expected("finding"));
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.remedy()).isNotEmpty();
            assertThat(finding.behaviour()).isNotEmpty();
            assertThat(finding.toString()).doesNotContain("hunter2");
            List<String> excerpt = HostsCheck.excerpt(finding);
            assertThat(String.join("", excerpt)).doesNotContain("hunter2");
            assertThat(!excerpt.isEmpty()).isEqualTo(finding.position().line() > 0);
        });
    }

    private String shown(Finding finding) {
        SourcePosition position = finding.position();
        String file =
                temporary.relativize(Path.of(String.valueOf(position.file()))).toString();
        return finding.severity().name().toLowerCase(Locale.ROOT) + " " + finding.code() + " " + file
                + (position.line() > 0 ? ":" + position.line() + ":" + position.column() : "");
    }
}
