// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of libraries in README.md are those that a program gets, with their versions and sizes. */
class DependencyBillTest {
    /** Artifact, version, kB. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| ([^ |]+) \\| ([0-9]+) \\|");

    private static final Pattern SUM = Pattern.compile("the libraries of the first table, ([0-9.]+) MB");

    @Test
    void theTablesHaveTheLibrariesThatMavenResolves() throws IOException {
        String text = Files.readString(Path.of("README.md"));
        String section = text.substring(text.indexOf("## Dependencies"));
        int optional = section.indexOf("These are optional");
        assertThat(rows(section.substring(0, optional))).containsExactlyInAnyOrderElementsOf(resolved(false));
        assertThat(rows(section.substring(optional))).containsExactlyInAnyOrderElementsOf(resolved(true));
    }

    @Test
    void theSumIsThatOfTheRequiredLibraries() throws IOException {
        long bytes = 0;
        for (DependencyBill.Library library : DependencyBill.libraries()) {
            bytes += library.optional() ? 0 : Files.size(library.jar());
        }
        assertThat(Files.readString(Path.of("README.md")))
                .contains(String.format(Locale.ROOT, "the libraries of the first table, %.1f MB", bytes / 1e6));
    }

    @Test
    void otherDocumentsHaveTheSameNumberAndSum() throws IOException {
        String text = Files.readString(Path.of("README.md"));
        String required = text.substring(text.indexOf("## Dependencies"), text.indexOf("These are optional"));
        Matcher sum = SUM.matcher(text);
        assertThat(sum.find()).isTrue();
        assertThat(Files.readString(Path.of("../docs/embedding.md")))
                .contains("This brings " + rows(required).size() + " libraries of " + sum.group(1) + " MB");
    }

    private static List<String> rows(String table) {
        return ROW.matcher(table)
                .results()
                .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
                .toList();
    }

    private static List<String> resolved(boolean optional) throws IOException {
        List<DependencyBill.Library> libraries = DependencyBill.libraries();
        assertThat(libraries).as("target/dependencies.txt, which Maven writes").hasSizeGreaterThan(10);
        List<String> rows = new ArrayList<>();
        for (DependencyBill.Library library : libraries) {
            if (library.optional() == optional) {
                rows.add(library.artifact() + " " + library.version() + " "
                        + Math.round(Files.size(library.jar()) / 1000.0));
            }
        }
        return rows;
    }
}
