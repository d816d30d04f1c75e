// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ReferenceException;
import dev.jpull.testdata.Vector;
import dev.jpull.testdata.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code --label} is read as ctr reads it: the cases of the area {@code ctr_label}; all others are run in core. */
class LabelVectorTest {
    @Test
    void labelsAreReadAsCtrReadsThem() throws IOException {
        String given = System.getProperty("jpull.vectors", "");
        Map<String, List<Vector>> vectors = given.isEmpty() ? Vectors.bundled() : Vectors.in(directory(given));
        for (Vector vector : vectors.getOrDefault("ctr_label", List.of())) {
            Map<String, String> expected = new HashMap<>();
            vector.expect()
                    .get("labels")
                    .properties()
                    .forEach(label ->
                            expected.put(label.getKey(), label.getValue().stringValue()));
            String label = vector.input().get("label").stringValue();
            if (expected.containsKey("")) { // J-LABEL-KEY of the table of deviations
                assertThatThrownBy(() -> PullCommand.annotations(List.of(label)))
                        .isInstanceOf(ReferenceException.class);
            } else {
                assertThat(PullCommand.annotations(List.of(label)))
                        .as(vector.id())
                        .isEqualTo(expected);
            }
        }
    }

    /** A relative directory is meant from where Maven was started, one level above the module. */
    private static Path directory(String given) {
        Path fromModule = Path.of(given);
        return Files.isDirectory(fromModule) ? fromModule : Path.of("..").resolve(given);
    }
}
