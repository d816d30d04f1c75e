// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The distribution lists the libraries that it has, and no others. */
class ThirdPartyTest {
    /** Group, artifact, version. */
    private static final Pattern RESOLVED =
            Pattern.compile("(?m)^\\s*([^:\\s]+):([^:]+):jar:([^:]+):(?:compile|runtime):");

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| ([^ |]+) \\|");

    @Test
    void theListHasTheLibrariesOfTheDistribution() throws IOException {
        List<String> resolved = RESOLVED.matcher(Files.readString(Path.of("target", "dependencies.txt")))
                .results()
                .filter(library -> !library.group(1).equals("dev.jpull"))
                .map(library -> library.group(2) + " " + library.group(3))
                .toList();
        assertThat(resolved).hasSizeGreaterThan(15);
        assertThat(ROW.matcher(Files.readString(Path.of("src", "main", "dist", "THIRD-PARTY.md")))
                        .results()
                        .map(row -> row.group(1) + " " + row.group(2)))
                .containsExactlyInAnyOrderElementsOf(resolved);
    }
}
