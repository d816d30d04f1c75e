// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.ConfigurationLint;
import dev.jpull.http.CertificateLint;
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
        ConfigurationLint review = ConfigurationLint.of(Objects.requireNonNull(path, "path"));
        CertificateLint certificates = new CertificateLint(Instant.now());
        review.hosts().forEach(certificates::review);
        Set<Finding> all = new LinkedHashSet<>(review.findings());
        all.addAll(certificates.findings());
        List<Finding> sorted = new ArrayList<>(all);
        sorted.sort(BY_PLACE);
        return sorted;
    }
}
