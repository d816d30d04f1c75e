// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The counted repetitions of a regular expression. Repetitions of an empty match, such as {@code (){99999}}, read no character, so
 * that a {@link StepCount} does not end them.
 */
public final class Repetitions {
    /** The limit of repetitions in an expression, its counts multiplied. */
    public static final long MAX = 100_000;

    private static final Pattern REPETITION = Pattern.compile("\\{(\\d+)");

    private Repetitions() {}

    /** Whether an expression allows more than {@link #MAX} repetitions; taken as if each one stood within all others. */
    public static boolean areTooMany(String pattern) {
        long product = 1;
        Matcher repetition = REPETITION.matcher(pattern);
        while (repetition.find()) {
            String count = repetition.group(1);
            product *= count.length() > 9 ? Integer.MAX_VALUE : Math.max(1, Integer.parseInt(count));
            if (product > MAX) {
                return true;
            }
        }
        return false;
    }
}
