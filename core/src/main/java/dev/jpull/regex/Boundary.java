// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

/** A place between two characters of a text. */
enum Boundary {
    TEXT_BEGIN,
    TEXT_END,
    LINE_BEGIN,
    LINE_END,
    WORD_EDGE,
    NO_WORD_EDGE;

    /** Whether a position in a text is such a place. */
    boolean isAt(String text, int position) {
        return switch (this) {
            case TEXT_BEGIN -> position == 0;
            case TEXT_END -> position == text.length();
            case LINE_BEGIN -> position == 0 || text.charAt(position - 1) == '\n';
            case LINE_END -> position == text.length() || text.charAt(position) == '\n';
            case WORD_EDGE -> isWord(text, position - 1) != isWord(text, position);
            case NO_WORD_EDGE -> isWord(text, position - 1) == isWord(text, position);
        };
    }

    private static boolean isWord(String text, int index) {
        return index >= 0 && index < text.length() && AsciiSet.WORD.contains(text.charAt(index));
    }
}
