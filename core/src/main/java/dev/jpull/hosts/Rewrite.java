// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives repositories another name at one host.
 *
 * @param pattern a regular expression that is looked for in the repository, such as {@code ^library/(.*)}
 * @param replacement what stands instead of the match; {@code $1} is the first group
 */
public record Rewrite(String pattern, String replacement) {
    private static final Pattern REPOSITORY =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

    /**
     * The new name, or empty when the pattern does not match.
     *
     * @throws ConfigurationException if the new name cannot be that of a repository
     */
    Optional<String> apply(String repository) {
        Matcher matcher = Pattern.compile(pattern).matcher(repository);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String name = matcher.replaceFirst(replacement);
        if (!REPOSITORY.matcher(name).matches()) {
            throw new ConfigurationException("the rewrite \"" + pattern + "\" makes \"" + name + "\" of the repository "
                    + repository + ", which cannot be one: correct its replacement");
        }
        return Optional.of(name);
    }
}
