// SPDX-License-Identifier: Apache-2.0
package dev.jpull.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The public API changes on purpose only: the signatures of all exported packages are those of the file {@code core/api.txt}, and a
 * review of a change sees its effect on programs that use the library. {@code -Djpull.api=write} writes the file anew.
 */
class ApiSnapshotTest {
    private static final Path SNAPSHOT = Path.of("api.txt");
    private static final String REMEDY = "When the change is wanted, run mvn -pl core -am test -Dtest=ApiSnapshotTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Djpull.api=write and commit the file";

    @Test
    void theApiIsThatOfTheSnapshot() throws IOException {
        String actual = snapshot();
        if ("write".equals(System.getProperty("jpull.api"))) {
            Files.writeString(SNAPSHOT, actual);
        }
        String expected = Files.readString(SNAPSHOT);
        assertThat(onlyIn(expected, actual, "- ") + onlyIn(actual, expected, "+ "))
                .as("the public API differs from core/api.txt (- in the file, + in the code). %s", REMEDY)
                .isEmpty();
        assertThat(actual).as(REMEDY).isEqualTo(expected);
    }

    private static String snapshot() throws IOException {
        StringBuilder text =
                new StringBuilder("# The public API of jpull core; ApiSnapshotTest compares it with the code.\n\n");
        text.append(ExportedTypes.module());
        for (Class<?> type : ExportedTypes.all()) {
            text.append('\n').append(Signatures.of(type));
        }
        return text.toString();
    }

    /** The lines of a text that another one does not have, below the first line of their block. */
    private static String onlyIn(String text, String other, String mark) {
        Set<String> known = blocks(other);
        return blocks(text).stream()
                .filter(line -> !known.contains(line))
                .map(line -> mark + line + "\n")
                .collect(Collectors.joining());
    }

    private static Set<String> blocks(String text) {
        Set<String> lines = new LinkedHashSet<>();
        for (String block : text.split("\n\n")) {
            String[] parts = block.split("\n");
            lines.add(parts[0]);
            for (int i = 1; i < parts.length; i++) {
                lines.add(parts[0].replaceAll("[(<].*| (extends|implements|permits) .*", "") + ": " + parts[i].strip());
            }
        }
        return lines;
    }
}
