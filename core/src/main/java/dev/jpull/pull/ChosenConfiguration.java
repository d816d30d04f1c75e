// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.dialect.Dialect;
import dev.jpull.hosts.HostConfiguration;
import java.nio.file.Path;
import java.util.List;

/**
 * The registry configuration of an engine.
 *
 * @param dialect what it is
 * @param paths the files or directories that were named or found; empty when this machine has none
 * @param reason why it was chosen, as part of a sentence
 * @param hosts what it says
 */
public record ChosenConfiguration(Dialect dialect, List<Path> paths, String reason, HostConfiguration hosts) {
    /** Copies the list. */
    public ChosenConfiguration {
        paths = List.copyOf(paths);
    }
}
