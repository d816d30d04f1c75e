// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.manual;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Notes the sizes of the native libraries beside them, as lines of name and size in bytes; the build calls it. */
public final class LibrarySizes {
    private LibrarySizes() {}

    /** Writes the file {@code sizes} into the directory of the libraries. */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        Path sizes = directory.resolve("sizes");
        Files.deleteIfExists(sizes);
        List<String> lines = new ArrayList<>();
        try (Stream<Path> libraries = Files.list(directory)) {
            for (Path library : libraries.sorted().toList()) {
                lines.add(library.getFileName() + " " + Files.size(library));
            }
        }
        Files.write(sizes, lines);
    }
}
