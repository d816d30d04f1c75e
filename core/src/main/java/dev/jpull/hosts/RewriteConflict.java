// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import java.util.List;
import java.util.Optional;

/**
 * Two rules of one host that rename a repository in different ways, so that in k3s chance decides between them.
 *
 * @param rule the first of them
 * @param other the second
 * @param repository the repository that both rename
 * @param name what the first makes of it
 * @param otherName what the second makes of it
 */
record RewriteConflict(GoRewrite rule, GoRewrite other, String repository, String name, String otherName) {
    private static final String CODE = "rewrite-order";

    /** The first conflict of a rule with any of these, when both rename the repository. */
    static Optional<RewriteConflict> of(GoRewrite rule, List<GoRewrite> others, String repository) {
        Optional<String> name = rule.replaced(repository);
        if (name.isPresent()) {
            for (GoRewrite other : others) {
                Optional<String> otherName = other.replaced(repository);
                if (otherName.isPresent() && !otherName.equals(name)) {
                    return Optional.of(new RewriteConflict(rule, other, repository, name.get(), otherName.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** Adds the conflict that a host has about a repository, unless one of its rule is reported already. */
    static void report(RegistryHost host, String repository, Findings findings) {
        List<RenamingRule> renames = host.extensions().renames();
        List<GoRewrite> rules = renames.stream()
                .filter(GoRewrite.class::isInstance)
                .map(GoRewrite.class::cast)
                .toList();
        if (rules.size() < renames.size()) {
            return; // rules of jpull come first
        }
        for (int i = 0; i < rules.size(); i++) {
            GoRewrite rule = rules.get(i);
            if (rule.replaced(repository).isPresent()) {
                SourcePosition position = host.positionOf(rule);
                of(rule, rules.subList(i + 1, rules.size()), repository)
                        .filter(conflict -> findings.all().stream().noneMatch(found -> isAt(found, position)))
                        .ifPresent(conflict -> conflict.report(position, findings));
                return;
            }
        }
    }

    private static boolean isAt(Finding finding, SourcePosition position) {
        return finding.code().equals(CODE) && finding.position().equals(position);
    }

    /**
     * Reports it to findings about k3s.
     *
     * @param position where the first rule was written
     */
    void report(SourcePosition position, Findings findings) {
        findings.warning(
                CODE,
                position,
                "\"" + rule.pattern() + "\" and \"" + other.pattern() + "\" both rename the repository " + repository
                        + ", into " + name + " and " + otherName,
                "applies one of them, now this and now that one; jpull takes the first in the order of the alphabet",
                "write patterns of which one at most matches a name");
    }
}
