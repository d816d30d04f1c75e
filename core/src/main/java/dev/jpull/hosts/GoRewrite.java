// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import dev.jpull.regex.GoRegex;
import dev.jpull.regex.GoRegexException;
import dev.jpull.text.ForeignText;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A rule that renames repositories at one host as the containerd of k3s and RKE2 does it: every match is replaced, and the rule
 * applies when that changes the name.
 *
 * @param pattern a regular expression of Go, such as {@code ^rancher/(.*)}
 * @param replacement what replaces each match; {@code $1} and {@code ${1}} are the first group
 */
public record GoRewrite(String pattern, String replacement) implements RenamingRule {
    /** The greatest length of a replacement, which bounds how much of it one match can make. */
    static final int MAX_REPLACEMENT = 500;

    @Override
    public Optional<String> apply(String repository) {
        return replaced(repository).map(name -> Rewrite.checked(pattern, repository, name));
    }

    /** The new name, whether it can be one or not; one that is too long is not complete. */
    Optional<String> replaced(String repository) {
        try {
            String name = GoRegex.parse(pattern).replaceAll(repository, replacement, Rewrite.MAX_NAME);
            return name.equals(repository) ? Optional.empty() : Optional.of(cleaned(name));
        } catch (GoRegexException e) {
            throw new ConfigurationException(
                    "the rewrite \"" + ForeignText.line(pattern) + "\" is not usable: " + e.getMessage(), e);
        }
    }

    /** Slashes at the ends, and all but one of several, are lost when the path of a request is made (Go, path.Join). */
    private static String cleaned(String name) {
        return Stream.of(name.split("/", -1))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .collect(Collectors.joining("/"));
    }
}
