// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

import java.util.List;

/**
 * What one directory says.
 *
 * @param entries the hosts in order, the registry itself last
 * @param findings what its owner should know
 */
record HostsFile(List<HostEntry> entries, List<Finding> findings) {
    HostsFile {
        entries = List.copyOf(entries);
        findings = List.copyOf(findings);
    }
}
