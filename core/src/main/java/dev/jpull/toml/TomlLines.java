// SPDX-License-Identifier: Apache-2.0
package dev.jpull.toml;

import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a TOML text without comments and blank lines. The time that the parser takes grows with the cube of the number of comment
 * lines and blank lines in a row: a few thousand of them take minutes, so that the parser does not get them.
 *
 * @param all every line of the text
 * @param text the lines that the parser reads
 * @param numbers the number of each of these in the whole text, from 1
 */
record TomlLines(List<String> all, String text, List<Integer> numbers) {
    private static final String BASIC = "\"\"\"";
    private static final String LITERAL = "'''";

    static TomlLines of(String text) {
        List<String> all = List.of(text.split("\n", -1));
        StringBuilder kept = new StringBuilder();
        List<Integer> numbers = new ArrayList<>();
        String open = "";
        boolean illegal = false;
        for (int i = 0; i < all.size(); i++) {
            String line = all.get(i);
            boolean silent = open.isEmpty() && setsNothing(line);
            // One comment with a forbidden character has to be there, so that the parser finds it.
            if (!silent || !illegal && hasForbidden(line)) {
                illegal |= silent;
                kept.append(line).append('\n');
                numbers.add(i + 1);
            }
            open = silent ? "" : openAfter(line, open);
        }
        return new TomlLines(all, kept.toString(), numbers);
    }

    /** The number in the whole text of a line that the parser read. */
    int number(int read) {
        return read >= 1 && read <= numbers.size() ? numbers.get(read - 1) : all.size();
    }

    /** A line, or nothing where there is none. */
    String line(int number) {
        return number >= 1 && number <= all.size() ? all.get(number - 1).replaceFirst("\r$", "") : "";
    }

    private static boolean setsNothing(String line) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != ' ' && c != '\t' && !(c == '\r' && i == line.length() - 1)) {
                return c == '#';
            }
        }
        return true;
    }

    private static boolean hasForbidden(String line) {
        String content = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        return content.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127);
    }

    /** The quotes of the multi-line string that a line leaves open; empty for none. */
    private static String openAfter(String line, String openBefore) {
        String open = openBefore;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (!open.isEmpty()) {
                if (line.startsWith(open, i)) {
                    i += open.length() - 1;
                    open = "";
                } else if (c == '\\' && open.charAt(0) == '"') {
                    i++;
                }
            } else if (c == '#') {
                return "";
            } else if (c == '"' || c == '\'') {
                boolean many = line.startsWith(c == '"' ? BASIC : LITERAL, i);
                open = many ? line.substring(i, i + 3) : String.valueOf(c);
                i += open.length() - 1;
            }
        }
        return open.length() == 3 ? open : ""; // other strings end with their line
    }
}
