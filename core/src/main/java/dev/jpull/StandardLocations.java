// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.ReferenceException;
import dev.jpull.file.HomeDirectory;
import dev.jpull.secret.ForeignText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where things are when nothing is said.
 *
 * @param environment the variables to go by
 */
public record StandardLocations(Map<String, String> environment) {
    /** Copies the variables. */
    public StandardLocations {
        environment = Map.copyOf(environment);
    }

    /** The directories with host configuration that exist: containerd's, docker's, and the user's own. */
    public List<Path> hostsDirectories() {
        Path user = HomeDirectory.xdg(environment, "XDG_CONFIG_HOME", ".config");
        List<Path> candidates = new ArrayList<>(List.of(
                Path.of("/etc/containerd/certs.d"),
                Path.of("/etc/docker/certs.d"),
                user.resolve("containerd").resolve("certs.d"),
                user.resolve("docker").resolve("certs.d")));
        candidates.removeIf(directory -> !Files.exists(directory));
        return candidates;
    }

    /**
     * The store: {@code $JPULL_STORE}, else in the data directory of the user.
     *
     * @throws ReferenceException if the variable is no absolute path
     */
    public Path store() {
        String own = environment.getOrDefault("JPULL_STORE", "");
        if (own.isEmpty()) {
            return HomeDirectory.xdg(environment, "XDG_DATA_HOME", ".local/share")
                    .resolve("jpull");
        }
        Path store = Path.of(own);
        if (!store.isAbsolute()) {
            throw new ReferenceException("JPULL_STORE is \"" + ForeignText.line(own)
                    + "\", which is no absolute path, and would be another directory in each working directory: write"
                    + " an absolute path, or unset it");
        }
        return store;
    }
}
