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
import tools.jackson.databind.JsonNode;

/**
 * {@code --label}, {@code --user} and {@code --refresh} are read as ctr reads them: the cases of the areas {@code ctr_label} and
 * {@code ctr_credentials}; the tests of core run all others.
 */
class CommandVectorTest {
    @Test
    void labelsAreReadAsCtrReadsThem() throws IOException {
        for (Vector vector : cases("ctr_label")) {
            Map<String, String> expected = new HashMap<>();
            vector.expect()
                    .get("labels")
                    .properties()
                    .forEach(label ->
                            expected.put(label.getKey(), label.getValue().stringValue()));
            String label = vector.input().get("label").stringValue();
            if (expected.containsKey("")) { // J-LABEL-KEY of the table of deviations
                assertThatThrownBy(() -> Labels.annotations(List.of(label))).isInstanceOf(ReferenceException.class);
            } else {
                assertThat(Labels.annotations(List.of(label))).as(vector.id()).isEqualTo(expected);
            }
        }
    }

    @Test
    void usersAreReadAsCtrReadsThem() throws IOException {
        for (Vector vector : cases("ctr_credentials")) {
            JsonNode expected = vector.expect();
            UserOption user = UserOption.parse(
                    vector.input().path("user").stringValue(""),
                    vector.input().path("refresh").stringValue(""));
            assertThat(user.username())
                    .as(vector.id())
                    .isEqualTo(expected.path("username").stringValue(""));
            assertThat(user.needsPassword())
                    .as(vector.id())
                    .isEqualTo(expected.path("prompt").booleanValue(false));
            if (!user.needsPassword()) {
                assertThat(user.secret().reveal())
                        .as(vector.id())
                        .isEqualTo(expected.path("secret").stringValue(""));
            }
        }
    }

    private static List<Vector> cases(String area) throws IOException {
        String given = System.getProperty("jpull.vectors", "");
        Map<String, List<Vector>> vectors = given.isEmpty() ? Vectors.bundled() : Vectors.in(directory(given));
        return vectors.getOrDefault(area, List.of());
    }

    /** A relative directory is meant from where Maven was started, one level above the module. */
    private static Path directory(String given) {
        Path fromModule = Path.of(given);
        return Files.isDirectory(fromModule) ? fromModule : Path.of("..").resolve(given);
    }
}
