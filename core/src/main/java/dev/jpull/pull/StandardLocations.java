// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.ReferenceException;
import dev.jpull.file.HomeDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where things are when nothing is said.
 *
 * @param environment the variables to go by
 */
public record StandardLocations(Map<String, String> environment) {
    /** Copies the variables. */
    public StandardLocations {
        environment = Map.copyOf(Objects.requireNonNull(environment, "environment"));
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
     * The store: {@code $JPULL_STORE}, relative to the working directory when it is a relative path; else in the data directory of
     * the user.
     *
     * @throws ReferenceException if the variable is blank
     */
    public Path store() {
        String own = environment.getOrDefault("JPULL_STORE", "");
        if (own.isEmpty()) {
            return HomeDirectory.xdg(environment, "XDG_DATA_HOME", ".local/share")
                    .resolve("jpull");
        }
        if (own.isBlank()) {
            throw new ReferenceException("JPULL_STORE is blank, which names no directory: correct it, or unset it");
        }
        return Path.of(own);
    }
}
