// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import java.util.regex.Pattern;

/**
 * Text that a host, an image, a file or another program wrote, made harmless for a terminal and a log. Every such text passes
 * through this class before it becomes part of a message, an event, a log line or the text output. Control characters (C0, C1),
 * formatting characters (bidirectional overrides, zero-width characters), line and paragraph separators and lone surrogates are
 * shown as escapes such as {@code \\u001b}; white space becomes one space.
 */
public final class ForeignText {
    /** The length, in UTF-16 units, that {@link #line(String)} shows at most. */
    public static final int MAX_LENGTH = 500;

    private static final int MAX_ADDRESS = 200;
    private static final Pattern USER = Pattern.compile("(?s)^([^/@]*+//)?+.*@");
    private static final Pattern EXTRAS = Pattern.compile("(?s)([?#]).*");

    private ForeignText() {}

    /** One harmless line of at most {@link #MAX_LENGTH} characters; what is left out shows as an ellipsis. */
    public static String line(String text) {
        return line(text, MAX_LENGTH);
    }

    /**
     * One harmless line.
     *
     * @param max how much of the text is shown at most, in UTF-16 units of the result, at least 1
     */
    public static String line(String text, int max) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), max) + 1);
        boolean space = false;
        int next;
        for (int at = 0; at < text.length(); at = next) {
            int c = text.codePointAt(at);
            next = at + Character.charCount(c);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                space = line.length() > 0;
                continue;
            }
            String shown = isHarmless(c) ? text.substring(at, next) : escaped(text.substring(at, next));
            if (line.length() + (space ? 1 : 0) + shown.length() > max) {
                return line.append('…').toString();
            }
            line.append(space ? " " : "").append(shown);
            space = false;
        }
        return line.toString();
    }

    /**
     * One harmless line of at most 200 characters for an address or the name of a host, without what may be a secret: stars stand
     * for a user with a password, for a query and for a fragment.
     */
    public static String address(String text) {
        String host = USER.matcher(text).replaceFirst("$1***@");
        return line(EXTRAS.matcher(host).replaceFirst("$1***"), MAX_ADDRESS);
    }

    /**
     * The same text without anything that could act on a terminal, for messages of our own that have foreign parts: nothing is cut,
     * blanks stay as they are, and a line end becomes a blank.
     */
    public static String message(String text) {
        return escaped(text, false);
    }

    /** As {@link #message}, but line ends and tabs stay: for output of several lines, each of which is escaped. */
    public static String lines(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean lines) {
        int plain = 0;
        while (plain < text.length() && text.charAt(plain) >= ' ' && text.charAt(plain) < 0x7F) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, plain);
        int next;
        for (int at = plain; at < text.length(); at = next) {
            int c = text.codePointAt(at);
            next = at + Character.charCount(c);
            boolean lineEnd = c == '\n' || c == '\r' && next < text.length() && text.charAt(next) == '\n';
            if (lineEnd || c == '\t') {
                escaped.append(lines ? (char) c : ' ');
            } else {
                escaped.append(isHarmless(c) ? text.substring(at, next) : escaped(text.substring(at, next)));
            }
        }
        return escaped.toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> false;
            default -> true;
        };
    }

    private static String escaped(String units) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < units.length(); i++) {
            String hex = Integer.toHexString(units.charAt(i));
            escaped.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
        }
        return escaped.toString();
    }
}
