// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of an expression while it is read. For use by one thread. */
final class Characters {
    private static final Pattern OCTAL = Pattern.compile("\\\\(0[0-7]{0,2}|[1-7][0-7]{1,2})");
    private static final Pattern HEX = Pattern.compile("\\\\x(?:([0-9A-Fa-f]{2})|\\{([0-9A-Fa-f]{1,6})\\})");
    private static final String CONTROLS = "a\u0007f\ft\tn\nr\rv\u000b";

    private final String text;
    private int at;

    Characters(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return at >= text.length();
    }

    boolean isAt(String expected) {
        return text.startsWith(expected, at);
    }

    /** Skips a text if it is here. */
    boolean take(String expected) {
        boolean here = isAt(expected);
        at += here ? expected.length() : 0;
        return here;
    }

    /** The next character. */
    char next() throws GoRegexException {
        if (atEnd()) {
            throw new GoRegexException("it ends too early");
        }
        return text.charAt(at++);
    }

    /** The next character, of one or two Java ones. */
    int nextCharacter() throws GoRegexException {
        char first = next();
        return Character.isHighSurrogate(first) && !atEnd() ? Character.toCodePoint(first, next()) : first;
    }

    /** Whether a text follows somewhere behind the first two characters. */
    boolean hasLater(String expected) {
        return text.indexOf(expected, at + 2) >= 0;
    }

    /** What is here up to a text, which is skipped, or up to the end. */
    String upTo(String end) {
        int found = text.indexOf(end, at);
        String before = text.substring(at, found < 0 ? text.length() : found);
        at = found < 0 ? text.length() : found + end.length();
        return before;
    }

    /** The match of a pattern that begins here, or null. */
    @Nullable
    Matcher at(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        return matcher.lookingAt() ? matcher : null;
    }

    void skip(Matcher match) {
        at = match.end();
    }

    /** A class such as {@code \\d}, or null. */
    @Nullable
    AsciiSet characterClass() throws GoRegexException {
        if (isAt("\\p") || isAt("\\P")) {
            throw new GoRegexException("\"\\p\" names characters by Unicode, which no name of a repository needs");
        }
        String known = "dDsSwW";
        for (int i = 0; i < known.length(); i++) {
            if (take("\\" + known.charAt(i))) {
                AsciiSet set = i < 2 ? AsciiSet.DIGITS : i < 4 ? AsciiSet.SPACE : AsciiSet.WORD;
                return i % 2 == 0 ? set : set.not();
            }
        }
        return null;
    }

    /** The character that an escape stands for. */
    int escapedCharacter() throws GoRegexException {
        Matcher octal = at(OCTAL);
        if (octal != null) {
            skip(octal);
            return Integer.parseInt(octal.group(1), 8);
        }
        Matcher hex = at(HEX);
        if (hex != null) {
            skip(hex);
            return Integer.parseInt(hex.group(1) == null ? hex.group(2) : hex.group(1), 16);
        }
        take("\\");
        char c = next();
        if (c < 128 && !AsciiSet.LETTERS.contains(c) && !AsciiSet.DIGITS.contains(c)) {
            return c;
        }
        int control = CONTROLS.indexOf(c);
        if (control < 0) {
            throw new GoRegexException("\"\\" + c + "\" means nothing to Go");
        }
        return CONTROLS.charAt(control + 1);
    }
}
