// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.text.Repetitions;
import dev.jpull.text.StepCount;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * A regular expression that is looked for in a tag, anywhere unless it has {@code ^} and {@code $}.
 *
 * @param pattern the compiled expression
 */
record TagRegex(Pattern pattern) implements TagRule {
    private static final int MAX_LENGTH = 1000;

    /** Tags of the greatest length, on which an expression that backtracks without end shows that it does. */
    private static final List<String> LONG_TAGS =
            List.of("a".repeat(127) + "-", "0".repeat(127) + "-", "1.".repeat(63) + "_-", "v1.2-a_".repeat(18) + ".");

    /**
     * Reads an expression.
     *
     * @throws InvalidRuleException if it is none, or takes too long for a long tag
     */
    static TagRegex parse(String text) throws InvalidRuleException {
        if (text.length() > MAX_LENGTH) {
            throw new InvalidRuleException(
                    "the regular expression has more than " + MAX_LENGTH + " characters", "write several ones");
        }
        if (Repetitions.areTooMany(text)) {
            throw new InvalidRuleException(
                    "the regular expression allows more than " + Repetitions.MAX
                            + " repetitions, its counts multiplied",
                    "write smaller counts, or * and +");
        }
        TagRegex regex = new TagRegex(compiled(text));
        try {
            for (String tag : longTags(text)) {
                regex.matches(tag, new StepBudget(1));
            }
        } catch (StepCount.ExceededException e) {
            throw new InvalidRuleException(
                    "the regular expression \"" + text + "\" takes too many steps to match a long tag",
                    "write it without a repetition inside a repetition, such as (a+)+");
        }
        return regex;
    }

    /** Those, and one of each letter and digit of the expression. */
    private static List<String> longTags(String expression) {
        return Stream.concat(
                        LONG_TAGS.stream(),
                        expression
                                .chars()
                                .filter(c -> c < 128 && Character.isLetterOrDigit(c))
                                .distinct()
                                .mapToObj(c -> Character.toString(c).repeat(127) + "-"))
                .toList();
    }

    private static Pattern compiled(String text) throws InvalidRuleException {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new InvalidRuleException(
                    "\"" + text + "\" is not a regular expression: " + e.getDescription(),
                    "write it as Java does, such as \"^v[0-9]+$\"");
        } catch (StackOverflowError e) {
            throw new InvalidRuleException(
                    "the regular expression is nested too deeply", "write it without so many parentheses");
        }
    }

    @Override
    public boolean matches(String tag, StepBudget steps) {
        return steps.find(pattern, tag);
    }

    @Override
    public String toString() {
        return "regex " + pattern;
    }
}
