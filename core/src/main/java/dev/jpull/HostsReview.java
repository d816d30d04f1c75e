// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.finding.Finding;
import java.nio.file.Path;
import java.util.List;

/**
 * What a check of registry configurations found.
 *
 * @param configurations what was checked, in the order of the paths that were given
 * @param findings what was found, each once, in the order of files and lines
 * @since 0.1.0
 */
public record HostsReview(List<Checked> configurations, List<Finding> findings) {
    /** Copies the lists. */
    public HostsReview {
        configurations = List.copyOf(configurations);
        findings = List.copyOf(findings);
    }

    /**
     * A configuration that was checked.
     *
     * @param path the file or directory
     * @param kind what it is, such as {@code "hosts directory"} or {@code "registries.yaml"}
     */
    public record Checked(Path path, String kind) {}

    /** {@return whether a node cannot use one of the configurations} */
    public boolean hasErrors() {
        return findings.stream().anyMatch(Finding::isError);
    }
}
