// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds names that differ only in letter case: names of hosts mean the same, and runtimes look them up exactly (Q-DIR-3). */
final class LetterCase {
    private LetterCase() {}

    /** For each name that is like an earlier one, in the order of the names, that earlier one. */
    static Map<String, String> twins(Collection<String> names) {
        Map<String, String> first = new HashMap<>();
        Map<String, String> twins = new TreeMap<>();
        for (String name : new TreeSet<>(names).descendingSet()) { // lower case first
            String other = first.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
            if (other != null) {
                twins.put(name, other);
            }
        }
        return twins;
    }

    static void report(String name, String other, SourcePosition position, Findings findings) {
        findings.warning(
                "letter-case-twins",
                position,
                "\"" + name + "\" and \"" + other + "\" differ only in letter case",
                "looks for the name exactly as it is written in the image, and never for the other one",
                "merge them into \"" + name.toLowerCase(Locale.ROOT) + "\"");
    }
}
