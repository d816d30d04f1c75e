// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compare;

import dev.jpull.hosts.GoRewrite;
import dev.jpull.hosts.RenamingRule;
import dev.jpull.hosts.Rewrite;

/** Tells the kinds of rules that rename repositories from each other. */
public final class RuleKind {
    private RuleKind() {}

    /** Whether it is a regular expression, which hosts.toml has. */
    public static boolean isExpression(RenamingRule rule) {
        return rule instanceof Rewrite || isOfGo(rule);
    }

    /** Whether it is a regular expression of Go, which k3s has. */
    public static boolean isOfGo(RenamingRule rule) {
        return rule instanceof GoRewrite;
    }
}
