// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a program gets that uses the library, as the build has resolved it. */
final class DependencyBill {
    private static final Pattern LINE =
            Pattern.compile("\\s*([^:\\s]+):([^:]+):jar:([^:]+):(?:compile|runtime):(\\S+)(.*)");

    private DependencyBill() {}

    /**
     * A library.
     *
     * @param optional whether a program that does not name it does not get it
     */
    record Library(String group, String artifact, String version, Path jar, boolean optional) {}

    static List<Library> libraries() throws IOException {
        return Files.readAllLines(Path.of("target", "dependencies.txt")).stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Library(
                        line.group(1),
                        line.group(2),
                        line.group(3),
                        Path.of(line.group(4)),
                        line.group(5).contains("(optional")))
                .toList();
    }
}
