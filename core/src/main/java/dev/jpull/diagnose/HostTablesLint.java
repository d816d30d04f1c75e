// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.finding.SourcePosition;
import dev.jpull.lint.Findings;
import dev.jpull.toml.TomlFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is suspicious in the tables of hosts in a hosts.toml: containerd finds hosts by the lines of their tables
 * (docs/containerd.md section 3.1). For files without errors.
 */
final class HostTablesLint {
    private static final List<String> HOSTS = List.of("host");

    private final TomlFile file;
    private final Findings findings;

    HostTablesLint(TomlFile file, Findings findings) {
        this.file = file;
        this.findings = findings;
    }

    void review() {
        if (file.isTable(HOSTS)) {
            List<HeaderLine> headers = headers();
            reviewWriting(headers);
            reviewOrder(headers);
            reviewIndentation(headers);
        }
    }

    /** A line in brackets that containerd reads as a host. */
    private record HeaderLine(String host, SourcePosition position, boolean own) {}

    private List<HeaderLine> headers() {
        List<HeaderLine> headers = new ArrayList<>();
        for (String name : file.keys(HOSTS)) {
            List<String> host = List.of("host", name);
            addHeader(headers, name, host, true);
            for (String inner : file.keys(host)) {
                List<String> table = List.of("host", name, inner);
                if (file.isTable(table)) {
                    addHeader(headers, name, table, false);
                }
            }
        }
        headers.sort(Comparator.comparingInt(header -> header.position().line()));
        return headers;
    }

    private void addHeader(List<HeaderLine> headers, String host, List<String> key, boolean own) {
        SourcePosition position = file.positionOf(key);
        boolean seen = headers.stream().anyMatch(header -> header.position().equals(position));
        if (!seen && file.hasHeader(key)) {
            headers.add(new HeaderLine(host, position, own));
        }
    }

    /** Hosts without a line in brackets are lost (Q-TOML-8). */
    private void reviewWriting(List<HeaderLine> headers) {
        for (String name : file.keys(HOSTS)) {
            if (headers.stream().noneMatch(header -> header.host().equals(name))) {
                findings.warning(
                        "dropped-host",
                        file.positionOf(List.of("host", name)),
                        "the host is not written as a table of its own",
                        "looks only for lines such as [host.\"" + name + "\"], and drops this host; jpull does not",
                        "write it as [host.\"" + name + "\"]");
            }
        }
    }

    /** A table of a host that comes after another host makes a second host (Q-TOML-7). */
    private void reviewOrder(List<HeaderLine> headers) {
        List<String> seen = new ArrayList<>();
        String last = "";
        for (HeaderLine header : headers) {
            if (!header.host().equals(last) && seen.contains(header.host())) {
                findings.warning(
                        "split-host",
                        header.position(),
                        "this table of \"" + header.host() + "\" comes after another host",
                        "lists its host twice, and asks it twice",
                        "move it up to its host");
            }
            seen.add(header.host());
            last = header.host();
        }
    }

    private void reviewIndentation(List<HeaderLine> headers) {
        SourcePosition last = SourcePosition.BUILT_IN;
        for (HeaderLine header : headers) {
            if (header.own()) {
                if (last.column() > 0 && header.position().column() > last.column()) {
                    findings.warning(
                            "indented-host",
                            header.position(),
                            "indentation means nothing in TOML: this host is an alternative to the one above, and not part of it",
                            "asks them one after the other",
                            "write both with the same indentation");
                }
                last = header.position();
            }
        }
    }
}
