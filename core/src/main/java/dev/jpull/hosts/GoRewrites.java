// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.regex.GoRegex;
import dev.jpull.regex.GoRegexException;
import dev.jpull.text.ForeignText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Collects the rules of one host for the containerd of k3s and RKE2. There the rule that applies is the first one in an order that
 * changes from request to request; here they are sorted by their patterns. For use by one thread.
 */
public final class GoRewrites {
    /** A search takes this many steps for each character at most, all rules of a host together. */
    private static final int MAX_STEPS = 5_000;

    /** Rules that are compared by examples when a file is read; those for an image are always compared. */
    private static final int MAX_COMPARED = 20;

    private static final int MAX_COMPARED_STEPS = 1_000;
    private static final int MAX_EXAMPLE = 100;
    private static final String REMEDY = "write it as Go does, such as \"^rancher/(.*)\": \"mirror/$1\"";
    private static final Pattern SYNTAX = Pattern.compile("^\\(\\?i\\)|\\(\\?(?:P?<\\w+>|:)|\\\\[Az]|[\\\\()^$]");
    private static final Pattern ANYTHING = Pattern.compile("(?:\\.|\\[[^\\]]*\\]|\\\\w)[*+]\\??");

    private final Findings findings;
    private final Map<String, GoRewrite> rules = new TreeMap<>();
    private final Map<String, SourcePosition> positions = new LinkedHashMap<>();
    private int steps;

    /** Reports what is wrong to findings about k3s. */
    public GoRewrites(Findings findings) {
        this.findings = findings;
    }

    /** The name of the setting that a pattern is, among the settings of its host. */
    public static String settingOf(String pattern) {
        return "rewrite." + pattern;
    }

    /** Adds a rule, or reports why it cannot be used. */
    public void add(String pattern, String replacement, SourcePosition position) {
        if (steps > MAX_STEPS) {
            return; // was reported
        }
        if (replacement.length() > GoRewrite.MAX_REPLACEMENT || !Rewrite.canBePart(GoRegex.textOf(replacement))) {
            findings.error(
                    "rewrite",
                    position,
                    "the replacement \"" + ForeignText.line(replacement) + "\" cannot make the name of a repository",
                    "requests it, is refused, and goes on to the next host",
                    "write letters, digits, \".\", \"_\", \"-\" and \"/\", at most " + GoRewrite.MAX_REPLACEMENT
                            + " of them, and ${1} for a group");
            return;
        }
        try {
            GoRegex regex = GoRegex.parse(pattern);
            steps += regex.steps();
            if (steps > MAX_STEPS) {
                findings.error(
                        "rewrite", position, "the rewrites of this host are too many", "takes them", "write fewer");
                return;
            }
            String missing = regex.missingGroup(replacement);
            if (!missing.isEmpty()) {
                findings.warning(
                        "rewrite-group",
                        position,
                        "the replacement names a group \"" + missing + "\", which the pattern does not have",
                        "puts nothing in its place",
                        "write ${1} for the first pair of parentheses in the pattern, or $$ for a dollar sign");
            }
            if (pattern.indexOf('"') >= 0 || pattern.indexOf('\'') >= 0) {
                findings.warning(
                        "rewrite-quote",
                        position,
                        "the pattern has a quote, which no repository has in its name",
                        "does the same",
                        "remove the quote, or write one at the beginning and one at the end of the pattern");
            }
            rules.put(pattern, new GoRewrite(pattern, replacement));
            positions.put(settingOf(pattern), position);
        } catch (GoRegexException e) {
            findings.error(
                    "rewrite",
                    position,
                    "\"" + pattern + "\" is not usable as a rewrite: " + e.getMessage(),
                    "logs a line, and goes on without this rule when it cannot read the pattern",
                    REMEDY);
        }
    }

    /** The rules in the order of their patterns; rules of which the order decides are reported. */
    public List<RenamingRule> rules() {
        List<GoRewrite> compared = rules.values().stream()
                .limit(steps > MAX_COMPARED_STEPS ? 0 : MAX_COMPARED)
                .toList();
        for (GoRewrite rule : compared) {
            String example = exampleOf(rule.pattern());
            if (example.length() <= MAX_EXAMPLE && Rewrite.isRepository(example)) {
                RewriteConflict.of(rule, compared, example)
                        .ifPresent(conflict -> conflict.report(
                                positions.getOrDefault(settingOf(rule.pattern()), SourcePosition.BUILT_IN), findings));
            }
        }
        return List.copyOf(rules.values());
    }

    /** A name for which a pattern is probably meant: its text, with a word for what may be anything. */
    private static String exampleOf(String pattern) {
        return SYNTAX.matcher(ANYTHING.matcher(pattern).replaceAll("app")).replaceAll("");
    }

    /** Where each rule was written, by {@link #settingOf}. */
    public Map<String, SourcePosition> positions() {
        return Map.copyOf(positions);
    }
}
