// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a finding with a certain code means, whatever file it is in. The text is that of docs/checks.md, which the build packs beside this class.
 *
 * @param code the code
 * @param found what is found
 * @param behaviour what the program does that reads the configuration
 * @param remedy what to do
 */
record FindingRule(String code, String found, String behaviour, String remedy) {
    private static final String PAGE = "checks.md";
    private static final Pattern ROW = Pattern.compile(
            "\\| `([a-z0-9-]+)` \\| ((?:[^|\\\\]|\\\\.)+) \\| ((?:[^|\\\\]|\\\\.)+) \\| ((?:[^|\\\\]|\\\\.)+) \\|");

    /** All rules by their code. */
    static Map<String, FindingRule> all() {
        try (InputStream in = FindingRule.class.getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new IllegalStateException("the page of the findings is not packed");
            }
            Map<String, FindingRule> rules = new TreeMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(ROW::matcher)
                    .filter(Matcher::matches)
                    .map(row -> new FindingRule(row.group(1), text(row, 2), text(row, 3), text(row, 4)))
                    .forEach(rule -> rules.put(rule.code(), rule));
            return rules;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Matcher row, int group) {
        return row.group(group).replace("\\|", "|").replace("`", "\"");
    }
}
