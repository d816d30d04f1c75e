// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.HostsCheck;
import dev.jpull.finding.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Prints human-readable findings: message, position with an excerpt, the behaviour of containerd, and the remedy. */
final class FindingReport {
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
        out.println("  remedy     " + RemedyText.of(finding));
        out.println();
    }

    /** Prints how many findings there are, and what was checked. */
    void printSum(List<Finding> findings, List<Path> checked) {
        String what = checked.isEmpty()
                ? "no host configuration: the built-in defaults apply to every registry"
                : checked.stream().map(Path::toString).collect(Collectors.joining(", "));
        out.println(what + ": " + count(findings, Finding.Severity.ERROR, "error") + ", "
                + count(findings, Finding.Severity.WARNING, "warning") + ", "
                + count(findings, Finding.Severity.INFO, "note"));
    }

    private static String count(List<Finding> findings, Finding.Severity severity, String name) {
        long count = findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
        return count + " " + name + (count == 1 ? "" : "s");
    }
}
