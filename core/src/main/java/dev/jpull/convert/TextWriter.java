// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Collects the lines of a file, and the same lines with stars in place of secrets. For use by one thread. */
final class TextWriter {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder shown = new StringBuilder();

    boolean isEmpty() {
        return text.isEmpty();
    }

    TextWriter line(String line) {
        text.append(line).append('\n');
        shown.append(line).append('\n');
        return this;
    }

    /** A line with a secret behind its beginning. */
    TextWriter secretLine(String beginning, String secret, String stars) {
        text.append(beginning).append(secret).append('\n');
        shown.append(beginning).append(stars).append('\n');
        return this;
    }

    /** All lines of another text. */
    TextWriter add(TextWriter lines) {
        text.append(lines.text);
        shown.append(lines.shown);
        return this;
    }

    WrittenText written() {
        return new WrittenText(text.toString(), shown.toString());
    }

    /** A text in double quotes, for TOML and YAML alike. */
    static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 127) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** A list of texts in TOML. */
    static String quoted(Collection<String> values) {
        return values.stream().map(TextWriter::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
}
