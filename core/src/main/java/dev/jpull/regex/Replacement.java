// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What takes the place of one match (Go, Regexp.Expand): {@code $1}, {@code ${1}}, {@code $name} and {@code ${name}} are groups,
 * {@code $$} is a dollar sign. A name without braces is as long as possible.
 *
 * @param names the numbers of the groups with names
 * @param text the text with the match
 * @param match where the match and its groups begin and end
 */
@SuppressWarnings("ArrayRecordComponent") // is never compared
record Replacement(Map<String, Integer> names, String text, int[] match) {
    private static final int MAX_NUMBER = 100_000_000;

    /** A reference to a group, and where the template goes on; the name is empty when the sign before it is text. */
    private record Reference(String name, int end) {}

    void appendTo(StringBuilder result, String template) {
        int at = 0;
        while (at < template.length()) {
            int dollar = template.indexOf('$', at);
            if (dollar < 0) {
                break;
            }
            result.append(template, at, dollar);
            if (template.startsWith("$$", dollar)) {
                result.append('$');
                at = dollar + 2;
                continue;
            }
            Reference reference = reference(template, dollar + 1);
            at = reference.end();
            if (reference.name().isEmpty()) {
                result.append('$');
            } else {
                append(result, reference.name());
            }
        }
        result.append(template, Math.min(at, template.length()), template.length());
    }

    private void append(StringBuilder result, String name) {
        int number = numberOf(name);
        int group = number < 0 ? names.getOrDefault(name, -1) : number;
        if (group >= 0 && 2 * group + 1 < match.length && match[2 * group] >= 0) {
            result.append(text, match[2 * group], match[2 * group + 1]);
        }
    }

    /** The groups that a template refers to. */
    static List<String> namesIn(String template) {
        List<String> found = new ArrayList<>();
        int at = template.indexOf('$');
        while (at >= 0) {
            Reference reference =
                    template.startsWith("$$", at) ? new Reference("", at + 2) : reference(template, at + 1);
            if (!reference.name().isEmpty()) {
                found.add(reference.name());
            }
            at = template.indexOf('$', reference.end());
        }
        return found;
    }

    private static Reference reference(String template, int begin) {
        boolean brace = template.startsWith("{", begin);
        int first = brace ? begin + 1 : begin;
        int end = first;
        while (end < template.length() && isWord(template.charAt(end))) {
            end++;
        }
        if (end == first || brace && !template.startsWith("}", end)) {
            return new Reference("", begin);
        }
        return new Reference(template.substring(first, end), brace ? end + 1 : end);
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    /** The number of a group, or -1 when the text is a name to Go: with another character than digits, or a 0 before others. */
    static int numberOf(String name) {
        if (name.startsWith("0") && name.length() > 1) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < '0' || c > '9' || number >= MAX_NUMBER) {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number;
    }
}
