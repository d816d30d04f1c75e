// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Writes a command as a line that a POSIX shell takes apart into the same words again. */
final class ShellWords {
    private ShellWords() {}

    static String line(List<String> words) {
        return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return !word.isEmpty() && word.chars().allMatch(ShellWords::isPlain)
                ? word
                : "'" + word.replace("'", "'\\''") + "'";
    }

    private static boolean isPlain(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_./:,=+@%".indexOf(c) >= 0;
    }
}
