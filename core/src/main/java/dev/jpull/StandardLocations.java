// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

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
        Path user = xdg("XDG_CONFIG_HOME", ".config");
        List<Path> candidates = new ArrayList<>(List.of(
                Path.of("/etc/containerd/certs.d"),
                Path.of("/etc/docker/certs.d"),
                user.resolve("containerd").resolve("certs.d"),
                user.resolve("docker").resolve("certs.d")));
        candidates.removeIf(directory -> !Files.exists(directory));
        return candidates;
    }

    /** The store: {@code $JPULL_STORE}, else in the data directory of the user. */
    public Path store() {
        String own = environment.getOrDefault("JPULL_STORE", "");
        return own.isEmpty() ? xdg("XDG_DATA_HOME", ".local/share").resolve("jpull") : Path.of(own);
    }

    private Path xdg(String variable, String below) {
        String directory = environment.getOrDefault(variable, "");
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        return directory.isEmpty() ? Path.of(home).resolve(below) : Path.of(directory);
    }
}
