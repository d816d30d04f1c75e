// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.file.RegularFile;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Spelling;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The line that a finding is about, and what points at the place in it. Texts that may be secrets are shown as stars.
 *
 * @param line the line
 * @param pointer blanks and a caret below the place; empty when the whole line is meant
 */
public record Excerpt(String line, String pointer) {
    private static final int MAX_FILE_SIZE = 4 << 20;
    private static final int MAX_WIDTH = 160;
    private static final Pattern KEY = Pattern.compile("^\\s*(?:[\\w.\"':/-]+\\.)?[\"']?([\\w.-]+)[\"']?\\s*=.*");
    private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"?|'[^']*'?");
    private static final Pattern USER_INFO = Pattern.compile("(?<=//)[^/@\\s\"']*(?=@)");

    /** The settings with values that are no secrets; headers and credentials may have any other name. */
    private static final List<String> OPEN = List.of(
            "server",
            "capabilities",
            "ca",
            "client",
            "skip_verify",
            "override_path",
            "dial_timeout",
            "response_timeout",
            "stall_timeout",
            "endpoint",
            "config_path",
            "imports",
            "version",
            "ca_file",
            "cert_file",
            "key_file",
            "image_pull_progress_timeout");

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
                    : Optional.of(of(lines, position.line(), position.column()));
        } catch (IOException e) {
            return Optional.empty(); // no file of text, or gone since it was read: the position has to do
        }
    }

    static Excerpt of(List<String> lines, int number, int column) {
        String line = harmless(withoutSecrets(lines, number));
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

    private static String withoutSecrets(List<String> lines, int number) {
        String line = lines.get(number - 1);
        if (line.stripLeading().startsWith("[") && !isInArray(lines, number)) {
            return USER_INFO.matcher(line).replaceAll(found -> stars(found.group()));
        }
        if (isOpen(keyOf(lines, number))) {
            return USER_INFO.matcher(line).replaceAll(found -> stars(found.group()));
        }
        int value = line.indexOf('=') + 1;
        return line.substring(0, value)
                + TEXT.matcher(line.substring(value))
                        .replaceAll(found -> Matcher.quoteReplacement(hidden(found.group())));
    }

    /** A typo makes no secret of a setting: one letter more, less or other. */
    private static boolean isOpen(String key) {
        return OPEN.contains(key)
                || key.length() > 8 && !Spelling.suggestion(key, OPEN).isEmpty();
    }

    /** The setting that a line belongs to: of its own, or of the array that began on a line above. */
    private static String keyOf(List<String> lines, int number) {
        for (int i = number; i >= 1; i--) {
            Matcher key = KEY.matcher(lines.get(i - 1));
            if (key.matches()) {
                return key.group(1);
            }
            if (lines.get(i - 1).matches("\\s*\\[[^\\],]*\\]\\s*(#.*)?") && i < number) {
                return "";
            }
        }
        return "";
    }

    private static boolean isInArray(List<String> lines, int number) {
        String key = keyOf(lines, number);
        return !key.isEmpty() && lines.get(number - 1).matches("\\s*\\[\\s*[\"'].*,.*");
    }

    private static String hidden(String text) {
        char quote = text.charAt(0);
        boolean closed = text.length() > 1 && text.charAt(text.length() - 1) == quote;
        return quote + stars(text.substring(1, text.length() - (closed ? 1 : 0))) + (closed ? quote : "");
    }

    private static String stars(String text) {
        return "*".repeat(text.length());
    }
}
