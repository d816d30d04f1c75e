// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import java.util.ArrayList;
import java.util.List;

/**
 * Findings as commands of a GitHub workflow, which shows them beside the lines of a change: {@code
 * ::error file=…,line=…,col=…,title=…::message}.
 *
 * @param places how the files are named
 */
record GitHubReport(FindingPlaces places) {
    /** The line for a finding. */
    String lineFor(Finding finding) {
        List<String> properties = new ArrayList<>();
        String file = places.pathOf(finding);
        SourcePosition position = finding.position();
        if (file != null) {
            properties.add("file=" + property(file));
        }
        if (position.line() > 0) {
            properties.add("line=" + position.line());
        }
        if (position.column() > 0) {
            properties.add("col=" + position.column());
        }
        properties.add("title=" + property(finding.code()));
        return "::" + level(finding) + " " + String.join(",", properties) + "::"
                + data(String.join("\n", SarifReport.sentences(finding)));
    }

    private static String level(Finding finding) {
        return switch (finding.severity()) {
            case ERROR -> "error";
            case WARNING -> "warning";
            case INFO -> "notice";
        };
    }

    /** A message ends with its line; line ends in it are escaped. */
    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    /** A value of a property ends at a comma, and the properties at a colon. */
    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
