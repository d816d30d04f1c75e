// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.hosts.HostDefaults;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What decides which registry configuration an engine has.
 *
 * @param hostsDirectories the hosts directories that the program has set; empty for the standard ones
 * @param configuration the file or directory with registry configuration that the program has set, or null
 * @param locations where the configuration of this machine is
 * @param defaults what the program says for all hosts
 */
public record ConfigurationChoice(
        List<Path> hostsDirectories, @Nullable Path configuration, StandardLocations locations, HostDefaults defaults) {
    /** Copies the list. */
    public ConfigurationChoice {
        hostsDirectories = List.copyOf(hostsDirectories);
        Objects.requireNonNull(locations, "locations");
        Objects.requireNonNull(defaults, "defaults");
    }
}
