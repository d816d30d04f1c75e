// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.hosts.RegistryHost;
import java.util.List;

/**
 * How one endpoint answered.
 *
 * @param host the host with its settings
 * @param steps the steps in order
 */
public record ProbedEndpoint(RegistryHost host, List<ProbeStep> steps) {
    /** Copies the list. */
    public ProbedEndpoint {
        steps = List.copyOf(steps);
    }
}
