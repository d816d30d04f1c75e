// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import java.util.Map;

/**
 * A regular expression of Go (package regexp), for texts of ASCII. All searches in a text together take at most {@code 2000} steps
 * for each character, whatever the expression is. Immutable.
 */
public final class GoRegex {
    /** The greatest length of an expression. */
    public static final int MAX_LENGTH = 1000;

    private final Program program;
    private final Map<String, Integer> names;

    GoRegex(Program program, Map<String, Integer> names) {
        this.program = program;
        this.names = Map.copyOf(names);
    }

    /**
     * Reads an expression.
     *
     * @throws GoRegexException if it is none, has parts for characters beyond ASCII, or is too large
     */
    public static GoRegex parse(String pattern) throws GoRegexException {
        return new Parser(pattern).parse();
    }

    /** How many steps a search takes at most for each character. */
    public int steps() {
        return program.steps().size();
    }

    /**
     * The text with every match replaced, as Go's ReplaceAllString does it.
     *
     * @param max the length after which no further match is replaced; the result is then too long as well, and not complete
     */
    public String replaceAll(String text, String replacement, int max) {
        StringBuilder result = new StringBuilder();
        Search search = new Search(program, text);
        int copied = 0;
        int from = 0;
        while (from <= text.length() && result.length() <= max) {
            int[] match = search.from(from);
            if (match.length == 0) {
                break;
            }
            result.append(text, copied, match[0]);
            if (match[1] > copied || match[0] == 0) { // not for nothing directly behind a match
                new Replacement(names, text, match).appendTo(result, replacement);
            }
            copied = match[1];
            from = Math.max(from + 1, match[1]);
        }
        return result.append(text, copied, text.length()).toString();
    }

    /** The first group that a replacement names and the expression does not have, for which Go puts nothing; empty when there is none. */
    public String missingGroup(String replacement) {
        return Replacement.namesIn(replacement).stream()
                .filter(name -> !hasGroup(name))
                .findFirst()
                .orElse("");
    }

    /** What a replacement has beside its groups, as it appears in the result. */
    public static String textOf(String replacement) {
        StringBuilder text = new StringBuilder();
        new Replacement(Map.of(), "", new int[0]).appendTo(text, replacement);
        return text.toString();
    }

    private boolean hasGroup(String name) {
        int number = Replacement.numberOf(name);
        return number < 0 ? names.containsKey(name) : number <= program.groups();
    }
}
