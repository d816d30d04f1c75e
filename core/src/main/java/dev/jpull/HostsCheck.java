// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.diagnose.CertificateLint;
import dev.jpull.diagnose.ConfigurationLint;
import dev.jpull.diagnose.Excerpt;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Finds what is wrong with a host configuration before a node does. Contacts nothing. */
public final class HostsCheck {
    private static final Comparator<Finding> BY_PLACE = Comparator.comparing(
                    (Finding finding) -> String.valueOf(finding.position().file()))
            .thenComparing(Finding::position, Comparator.comparingInt(SourcePosition::line))
            .thenComparing(Finding::position, Comparator.comparingInt(SourcePosition::column))
            .thenComparing(Finding::severity);

    private HostsCheck() {}

    /**
     * Checks a hosts directory, the directory of one registry, a hosts.toml, or a containerd config.toml with the hosts
     * directories that it names; the certificates and keys that they name as well.
     *
     * @return what was found, in the order of files and lines
     * @throws ConfigurationException if there is nothing at the path
     */
    public static List<Finding> of(Path path) {
        ConfigurationLint lint = ConfigurationLint.of(Objects.requireNonNull(path, "path"));
        CertificateLint certificates = new CertificateLint(Instant.now());
        lint.hosts().forEach(certificates::review);
        Set<Finding> all = new LinkedHashSet<>(lint.findings());
        all.addAll(certificates.findings());
        List<Finding> sorted = new ArrayList<>(all);
        sorted.sort(BY_PLACE);
        return sorted;
    }

    /**
     * The line that a finding is about, and below it a caret at the place in that line. Texts that may be secrets are shown
     * as stars.
     *
     * @return no line when the position names none or the file cannot be read, one line when the whole line is meant, or
     *     the line and the line with the caret
     */
    public static List<String> excerpt(Finding finding) {
        return Excerpt.at(finding.position())
                .map(excerpt -> excerpt.pointer().isEmpty()
                        ? List.of(excerpt.line())
                        : List.of(excerpt.line(), excerpt.pointer()))
                .orElse(List.of());
    }
}
