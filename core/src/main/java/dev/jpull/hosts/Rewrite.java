// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import dev.jpull.text.ForeignText;
import dev.jpull.text.Repetitions;
import dev.jpull.text.StepCount;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A rule that renames repositories at one host.
 *
 * @param pattern a regular expression that is looked for in the repository, such as {@code ^library/(.*)}
 * @param replacement what replaces the match; {@code $1} is the first group
 */
public record Rewrite(String pattern, String replacement) implements RenamingRule {
    /** The greatest length of a name that a rule makes; no registry has longer ones. */
    static final int MAX_NAME = 1000;

    private static final int MAX_PATTERN = 1000;

    private static final Pattern REPOSITORY =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*+(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*+)*+");
    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9._/-]*");
    private static final Pattern NEVER_A_PATH = Pattern.compile("//|/\\.{1,2}/");

    /** Names of the greatest length, on which an expression that backtracks without end shows that it does. */
    private static final List<String> LONG_NAMES = List.of(
            "a".repeat(250) + "._-",
            "0".repeat(250) + "/-",
            "a/".repeat(125) + ".a-",
            "ab-0_".repeat(50) + "._",
            "a.".repeat(125) + "-/");

    /** A rule that cannot be used. The message is a sentence part; the remedy says what to write. */
    static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String remedy;

        InvalidException(String message, String remedy) {
            super(message);
            this.remedy = remedy;
        }

        String remedy() {
            return remedy;
        }
    }

    /** A rule from a file, when it can be used for every repository. */
    static Rewrite parse(String pattern, String replacement) throws InvalidException {
        Rewrite rewrite = new Rewrite(pattern, replacement);
        if (pattern.length() > MAX_PATTERN) {
            throw new InvalidException(
                    "the pattern has more than " + MAX_PATTERN + " characters", "write several rules");
        }
        rewrite.checkReplacement();
        rewrite.checkRepetitions();
        for (String name : LONG_NAMES) {
            try {
                rewrite.matcher(name).find();
            } catch (StepCount.ExceededException | StackOverflowError e) {
                throw new InvalidException(
                        "\"" + pattern + "\" takes too many steps to match a long name",
                        "write it without a repetition inside a repetition, such as (a+)+");
            }
        }
        return rewrite;
    }

    private void checkRepetitions() throws InvalidException {
        if (Repetitions.areTooMany(pattern)) {
            throw new InvalidException(
                    "\"" + pattern + "\" allows more than " + Repetitions.MAX + " repetitions, its counts multiplied",
                    "write smaller counts, or * and +");
        }
    }

    private void checkReplacement() throws InvalidException {
        if (replacement.length() > GoRewrite.MAX_REPLACEMENT) {
            throw new InvalidException(
                    "the replacement has more than " + GoRewrite.MAX_REPLACEMENT + " characters",
                    "write the name of a repository");
        }
        try {
            // With an empty first alternative the pattern matches, and its groups are the same. Java then reports what
            // is wrong with the replacement, or returns its text without groups.
            String literal = Pattern.compile("|" + pattern).matcher("").replaceFirst(replacement);
            if (!canBePart(literal) || NEVER_A_PATH.matcher(literal).find()) {
                throw new InvalidException(
                        "the replacement \"" + replacement + "\" cannot make the name of a repository",
                        "write letters, digits, \".\", \"_\", \"-\" and single \"/\", and $1 for a group");
            }
        } catch (PatternSyntaxException e) {
            throw new InvalidException(
                    "\"" + pattern + "\" is not a regular expression: " + e.getDescription(),
                    "write it as Java does, such as \"^library/(.*)\"");
        } catch (IndexOutOfBoundsException e) {
            throw new InvalidException(
                    "the replacement \"" + replacement + "\" names a group that the pattern does not have",
                    "write $1 for the first pair of parentheses in the pattern");
        } catch (IllegalArgumentException e) {
            throw new InvalidException(
                    "the replacement \"" + replacement + "\" cannot be used: " + e.getMessage(),
                    "write $1 for the first pair of parentheses in the pattern, and \\\\ for a backslash");
        } catch (StackOverflowError e) {
            throw new InvalidException("the pattern is nested too deeply", "write it without so many parentheses");
        }
    }

    @Override
    public Optional<String> apply(String repository) {
        try {
            Matcher matcher = matcher(repository);
            if (!matcher.find()) {
                return Optional.empty();
            }
            return Optional.of(checked(pattern, repository, matcher.replaceFirst(replacement)));
        } catch (StepCount.ExceededException | StackOverflowError e) {
            throw new ConfigurationException("the rewrite \"" + ForeignText.line(pattern)
                    + "\" takes too many steps to match the repository " + repository
                    + ": write it without a repetition inside a repetition, such as (a+)+");
        }
    }

    /**
     * The name that a rule made, when it can be that of a repository.
     *
     * @throws ConfigurationException if it cannot
     */
    static String checked(String pattern, String repository, String name) {
        if (!isRepository(name)) {
            throw new ConfigurationException("the rewrite \"" + ForeignText.line(pattern) + "\" makes \""
                    + ForeignText.line(name) + "\" of the repository " + repository
                    + ", which cannot be one: correct its replacement");
        }
        return name;
    }

    static boolean isRepository(String name) {
        return name.length() <= MAX_NAME && REPOSITORY.matcher(name).matches();
    }

    /** Whether a text has only characters that names of repositories may have. */
    static boolean canBePart(String text) {
        return LITERAL.matcher(text).matches();
    }

    private Matcher matcher(String repository) {
        return Pattern.compile(pattern).matcher(new StepCount(repository));
    }
}
