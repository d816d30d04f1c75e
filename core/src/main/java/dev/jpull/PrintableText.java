// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.text.ForeignText;
import java.util.Objects;

/**
 * Makes text harmless for a terminal and a log that a host, an image, a file or another program has written: control and
 * formatting characters, line separators and lone surrogates become escapes such as {@code \\u001b}. Messages, events and
 * findings of jpull have passed it; names in a {@link LocalStore} have not, because another program may have written them.
 *
 * @since 0.1.0
 */
public final class PrintableText {
    private PrintableText() {}

    /**
     * {@return one line of at most 500 characters, in which white space is one space; an ellipsis stands for the rest}
     *
     * @param text a text of any origin
     */
    public static String line(String text) {
        return ForeignText.line(Objects.requireNonNull(text, "text"));
    }

    /**
     * {@return one line of any length, in which line ends and tabs are spaces}
     *
     * @param text a text of any origin
     */
    public static String message(String text) {
        return ForeignText.message(Objects.requireNonNull(text, "text"));
    }

    /**
     * {@return the text with its line ends and tabs}
     *
     * @param text a text of any origin
     */
    public static String lines(String text) {
        return ForeignText.lines(Objects.requireNonNull(text, "text"));
    }
}
