// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.Finding;
import dev.jpull.lint.Findings;
import java.util.List;

/**
 * The hosts of one directory.
 *
 * @param entries the hosts in order, the registry itself last
 * @param findings what is wrong or suspicious; after an error the entries must not be used
 */
public record HostsFile(List<HostEntry> entries, List<Finding> findings) {
    public HostsFile {
        entries = List.copyOf(entries);
        findings = List.copyOf(findings);
    }

    /**
     * The same file if it has no error.
     *
     * @throws ConfigurationException if there is; the message lists all errors with their positions
     */
    public HostsFile usable() {
        Findings.refuseErrors(findings);
        return this;
    }
}
