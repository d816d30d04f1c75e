// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import java.util.List;

/**
 * What one directory says.
 *
 * @param entries the hosts in order, the registry itself last
 * @param findings what its owner should know; with an error among them, the entries are not to be used
 */
public record HostsFile(List<HostEntry> entries, List<Finding> findings) {
    public HostsFile {
        entries = List.copyOf(entries);
        findings = List.copyOf(findings);
    }

    /**
     * The same, when there is no error in it.
     *
     * @throws ConfigurationException if there is; the message lists all errors with their positions
     */
    public HostsFile usable() {
        Findings.refuseErrors(findings);
        return this;
    }
}
