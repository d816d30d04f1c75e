// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsCheck;
import dev.jpull.HostsReview;
import dev.jpull.finding.Finding;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Prints human-readable findings: message, position with an excerpt, what the program does that reads the file, and the remedy. */
final class FindingReport {
    private static final int FEW = 1;

    private final PrintWriter out;

    FindingReport(PrintWriter out) {
        this.out = out;
    }

    void print(Finding finding) {
        out.println(ValueNames.of(finding.severity()) + ": " + finding.message() + " [" + finding.code() + "]");
        out.println("  at         " + finding.position());
        HostsCheck.excerpt(finding).forEach(line -> out.println("             | " + line));
        if (!finding.behaviour().isEmpty()) {
            String label = finding.runtime().label();
            out.println("  " + label + " ".repeat(11 - label.length()) + finding.behaviour());
        }
        if (!finding.remedy().isEmpty()) {
            out.println("  remedy     " + RemedyText.of(finding));
        }
        out.println();
    }

    /** Prints how many findings there are, and how many configurations of each kind were checked. */
    void printSum(HostsReview review, List<Finding> findings) {
        // A path alone could begin with "::", which GitHub takes for a command.
        out.println("checked " + checked(review.configurations()) + ": "
                + count(findings, Finding.Severity.ERROR, "error") + ", "
                + count(findings, Finding.Severity.WARNING, "warning") + ", "
                + count(findings, Finding.Severity.INFO, "note"));
    }

    /** Few configurations by their paths, many by their number. */
    private static String checked(List<HostsReview.Checked> configurations) {
        if (configurations.isEmpty()) {
            return "no configuration";
        }
        if (configurations.size() <= FEW) {
            return configurations.stream().map(each -> each.path().toString()).collect(Collectors.joining(", "));
        }
        Map<String, Long> kinds = configurations.stream()
                .collect(Collectors.groupingBy(HostsReview.Checked::kind, TreeMap::new, Collectors.counting()));
        return configurations.size() + " configurations ("
                + kinds.entrySet().stream()
                        .map(kind -> kind.getValue() + " " + kind.getKey())
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private static String count(List<Finding> findings, Finding.Severity severity, String name) {
        long count = findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
        return count + " " + name + (count == 1 ? "" : "s");
    }
}
