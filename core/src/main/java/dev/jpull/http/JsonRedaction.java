// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.util.List;
import java.util.Locale;

/**
 * Goes through a text that may be JSON, once and from left to right, and leaves out the values of members with the name of a
 * secret: texts and numbers, alone or in arrays and objects. A text that is cut off or malformed is treated alike; there is no
 * recursion and no regular expression, because a server decides how long and how deep the text is.
 */
final class JsonRedaction {
    private static final List<String> SECRET = List.of("token", "password", "secret", "auth", "credential", "cookie");
    private static final String STARS = "\"***\"";

    private final String json;
    private final StringBuilder shown;
    private int at;
    /** Whether there is nothing but secrets in the text. */
    private final boolean secret;
    /** How many brackets are open within the value of a secret member, or -1 outside of one. */
    private int depth = -1;

    JsonRedaction(String json, boolean secret) {
        this.json = json;
        this.secret = secret;
        this.shown = new StringBuilder(json.length());
    }

    String shown() {
        while (at < json.length()) {
            depth = secret ? 1 : depth;
            char c = json.charAt(at);
            if (c == '"') {
                text();
            } else if (depth >= 0 && isPartOfScalar(c)) {
                while (at < json.length() && isPartOfScalar(json.charAt(at))) {
                    at++;
                }
                hide();
            } else {
                if (depth >= 0) {
                    followBracket(c);
                }
                shown.append(c);
                at++;
            }
        }
        return shown.toString();
    }

    private void text() {
        int start = at;
        int end = endOfText(start);
        int colon = skipBlanks(end);
        boolean isName = colon < json.length() && json.charAt(colon) == ':';
        at = end;
        if (depth >= 0 && !isName) {
            hide();
            return;
        }
        shown.append(json, start, end);
        if (isName) {
            at = colon + 1;
            shown.append(json, end, at);
            if (depth < 0 && isSecret(json.substring(start, end))) {
                depth = 0;
            }
        }
    }

    private void hide() {
        shown.append(STARS);
        if (depth == 0) {
            depth = -1;
        }
    }

    private void followBracket(char c) {
        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth = depth <= 1 ? -1 : depth - 1;
        } else if (c == ',' && depth == 0) {
            depth = -1; // there was no value
        }
    }

    /** Behind the closing quote, or the end of what is cut off. */
    private int endOfText(int start) {
        for (int i = start + 1; i < json.length(); i++) {
            if (json.charAt(i) == '\\') {
                i++;
            } else if (json.charAt(i) == '"') {
                return i + 1;
            }
        }
        return json.length();
    }

    private int skipBlanks(int from) {
        int i = from;
        while (i < json.length() && Character.isWhitespace(json.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isPartOfScalar(char c) {
        return Character.isLetterOrDigit(c) || c == '-' || c == '+' || c == '.' || c == '_';
    }

    private static boolean isSecret(String quoted) {
        String name = withoutEscapes(quoted).toLowerCase(Locale.ROOT);
        return SECRET.stream().anyMatch(name::contains);
    }

    private static String withoutEscapes(String quoted) {
        if (quoted.indexOf('\\') < 0) {
            return quoted;
        }
        StringBuilder plain = new StringBuilder(quoted.length());
        for (int i = 0; i < quoted.length(); i++) {
            if (quoted.charAt(i) == '\\' && i + 5 < quoted.length() && quoted.charAt(i + 1) == 'u') {
                int unit = hex(quoted, i + 2);
                if (unit >= 0) {
                    plain.append((char) unit);
                    i += 5;
                    continue;
                }
            }
            plain.append(quoted.charAt(i));
        }
        return plain.toString();
    }

    private static int hex(String text, int from) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }
}
