// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A registry configuration to check.
 *
 * @param path the file or directory
 * @param kind what it is
 * @param tree the directory that has copies of the files of nodes and is not itself a node: files outside of it are not read; null
 *     for a configuration of this machine
 */
public record FoundConfiguration(
        Path path, Kind kind, @Nullable Path tree) {
    /** The kinds of registry configuration. */
    public enum Kind {
        /** A directory with a directory for each registry. */
        HOSTS_DIRECTORY("hosts directory"),
        /** The directory of one registry. */
        HOST_DIRECTORY("directory of a registry"),
        /** A hosts.toml alone. */
        HOSTS_TOML("hosts.toml"),
        /** The configuration of containerd. */
        CONFIG_TOML("config.toml"),
        /** That of k3s and RKE2. */
        REGISTRIES_YAML("registries.yaml"),
        /** That of podman, CRI-O, skopeo and buildah. */
        REGISTRIES_CONF("registries.conf"),
        /** That of Docker's daemon. */
        DAEMON_JSON("daemon.json");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The name of the kind. */
        public String label() {
            return label;
        }
    }

    /** Whether a file is one of the node, elsewhere or by a link, and not there to be read. */
    public boolean isElsewhere(Path file) {
        if (tree == null) {
            return false;
        }
        Path top = tree.toAbsolutePath().normalize();
        return !file.toAbsolutePath().normalize().startsWith(top) || !real(file).startsWith(real(top));
    }

    /** Where links lead; the path itself when there is nothing. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            Path parent = path.toAbsolutePath().normalize().getParent();
            return parent == null ? path : real(parent).resolve(String.valueOf(path.getFileName()));
        }
    }
}
