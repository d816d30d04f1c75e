// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Output that is compared with a file in {@code src/test/resources/golden}. A change of a message changes the file, so that
 * each message is read in a review. {@code -Djpull.golden=write} writes the files anew.
 */
final class Golden {
    private static final Path DIRECTORY = Path.of("src", "test", "resources", "golden");

    private Golden() {}

    static void check(String name, String actual) {
        Path file = DIRECTORY.resolve(name);
        try {
            if ("write".equals(System.getProperty("jpull.golden"))) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
            }
            assertThat(actual)
                    .as("%s; run the test with -Djpull.golden=write and read the difference", file)
                    .isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
