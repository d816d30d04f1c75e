// SPDX-License-Identifier: Apache-2.0
package dev.jpull.convert;

import dev.jpull.compare.RuleKind;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.RenamingRule;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells a rewrite that puts the same text in front of every repository, which is the same as a path. Only the usual spellings
 * are told: the pattern has to match each name as a whole, or its beginning.
 */
final class PrefixRewrite {
    private static final String FRONT = "([a-z0-9._-]+(?:/[a-z0-9._-]+)*)/";

    /** The pattern and the replacement, with a blank between them. */
    private static final List<Pattern> SPELLINGS = List.of(
            Pattern.compile("\\^?\\(\\.[*+]\\)\\$? " + FRONT + "(?:\\$1|\\$\\{1\\})"), // (.*) and front/$1
            Pattern.compile("\\^?\\.[*+]\\$? " + FRONT + "(?:\\$0|\\$\\{0\\})"), // .* and front/$0
            Pattern.compile("\\^ " + FRONT)); // ^ and front/

    private PrefixRewrite() {}

    /** The text in front; empty when the names at the host follow other rules. */
    static Optional<String> of(RegistryHost host) {
        List<RenamingRule> rules = host.extensions().renames();
        if (rules.size() != 1 || !RuleKind.isOfGo(rules.get(0))) {
            return Optional.empty();
        }
        String rule = rules.get(0).pattern() + " " + rules.get(0).replacement();
        return SPELLINGS.stream()
                .map(spelling -> spelling.matcher(rule))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }
}
