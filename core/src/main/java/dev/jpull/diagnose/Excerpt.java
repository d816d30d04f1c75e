// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.file.RegularFile;
import dev.jpull.finding.SourcePosition;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The line that a finding is about, and what points at the place in it. Texts that may be secrets are shown as stars.
 *
 * @param line the line
 * @param pointer blanks and a caret below the place; empty when the whole line is meant
 */
public record Excerpt(String line, String pointer) {
    private static final int MAX_FILE_SIZE = 4 << 20;
    private static final int MAX_WIDTH = 160;

    /** The excerpt at a position, or empty when that names no line that can be read. */
    public static Optional<Excerpt> at(SourcePosition position) {
        Path file = position.file();
        if (file == null || position.line() < 1) {
            return Optional.empty();
        }
        try {
            List<String> lines = new String(RegularFile.read(file, MAX_FILE_SIZE), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return position.line() > lines.size()
                    ? Optional.empty()
                    : Optional.of(of(file, lines, position.line(), position.column()));
        } catch (IOException e) {
            return Optional.empty(); // no file of text, or gone since it was read: the position has to do
        }
    }

    static Excerpt of(Path file, List<String> lines, int number, int column) {
        String line = harmless(new LineMask(file, lines).shown(number));
        int start = column > MAX_WIDTH ? Math.min(line.length(), column - MAX_WIDTH / 2) : 0;
        String shown = line.substring(start, Math.min(line.length(), start + MAX_WIDTH));
        if (column < 1) {
            return new Excerpt(shown, "");
        }
        int before = Math.min(column - 1 - start, shown.length());
        return new Excerpt(shown, shown.substring(0, before).replaceAll("[^\t]", " ") + "^");
    }

    /** One character for one, so that the pointer stays below its place. */
    private static String harmless(String line) {
        StringBuilder harmless = new StringBuilder(line);
        for (int i = 0; i < line.length(); i++) {
            String each = line.substring(i, i + 1);
            boolean pair = Character.isSurrogate(line.charAt(i));
            if (!pair && !ForeignText.lines(each).equals(each)) {
                harmless.setCharAt(i, '?');
            }
        }
        return ForeignText.lines(harmless.toString());
    }
}
