// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

/**
 * A tag with wildcards: {@code *} stands for any characters, {@code ?} for one. Takes time by the product of both lengths at most.
 *
 * @param pattern the pattern, of letters, digits, {@code . _ - * ?}
 */
record TagGlob(String pattern) implements TagRule {
    /** Whether a text has wildcards. */
    static boolean isGlob(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0;
    }

    @Override
    public boolean matches(String tag, StepBudget steps) {
        int at = 0;
        int next = 0;
        int star = -1;
        int resume = 0;
        while (at < tag.length()) {
            if (next < pattern.length() && pattern.charAt(next) == '*') {
                star = next++;
                resume = at;
            } else if (next < pattern.length()
                    && (pattern.charAt(next) == '?' || pattern.charAt(next) == tag.charAt(at))) {
                next++;
                at++;
            } else if (star >= 0) {
                next = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (next < pattern.length() && pattern.charAt(next) == '*') {
            next++;
        }
        return next == pattern.length();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
