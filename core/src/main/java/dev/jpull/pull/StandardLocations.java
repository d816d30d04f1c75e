// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.containers.ContainersFiles;
import dev.jpull.error.ReferenceException;
import dev.jpull.file.EnvironmentPath;
import dev.jpull.file.HomeDirectory;
import dev.jpull.file.Presence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where things are when nothing is said.
 *
 * @param root the root of the file system; another directory in tests
 * @param environment the variables to go by
 */
public record StandardLocations(Path root, Map<String, String> environment) {
    /** Copies the variables. */
    public StandardLocations {
        Objects.requireNonNull(root, "root");
        environment = Map.copyOf(Objects.requireNonNull(environment, "environment"));
    }

    /** The locations on this machine. */
    public StandardLocations(Map<String, String> environment) {
        this(Path.of("").toAbsolutePath().getRoot(), environment);
    }

    /**
     * The directories with host configuration that exist: containerd's, docker's, and the user's own. One that this user may not
     * look at is among them, so that it is an error when a registry is looked for there.
     */
    List<Path> hostsDirectories() {
        List<Path> candidates = new ArrayList<>(List.of(
                root.resolve("etc/containerd/certs.d"),
                root.resolve("etc/docker/certs.d"),
                ofUser("containerd/certs.d"),
                ofUser("docker/certs.d")));
        candidates.removeIf(directory -> !Presence.mayBe(directory));
        return candidates;
    }

    /** The file of containerd itself; it needs not exist. */
    Path containerdConfig() {
        return root.resolve("etc/containerd/config.toml");
    }

    /** The hosts directories that only containerd reads, and those like it; they need not exist. */
    List<Path> containerdDirectories() {
        return List.of(root.resolve("etc/containerd/certs.d"), ofUser("containerd/certs.d"));
    }

    /** The files of k3s and RKE2; they need not exist. */
    List<Path> registriesYaml() {
        return List.of(
                root.resolve("etc/rancher/k3s/registries.yaml"), root.resolve("etc/rancher/rke2/registries.yaml"));
    }

    /**
     * The files of podman and of what reads the same; they need not exist.
     *
     * @throws dev.jpull.error.ConfigurationException if the environment names a file that is not there
     */
    ContainersFiles registriesConf() {
        return ContainersFiles.ofMachine(root, environment);
    }

    /** Where {@link #registriesConf} may have its file when the environment names none. */
    List<Path> registriesConfFiles() {
        Path home = HomeDirectory.of(environment);
        return List.of(
                home.resolve(".config/containers/registries.conf"), root.resolve("etc/containers/registries.conf"));
    }

    /** The files of Docker's daemon, and of one without root; they need not exist. */
    List<Path> daemonJson() {
        return List.of(root.resolve("etc/docker/daemon.json"), ofUser("docker/daemon.json"));
    }

    private Path ofUser(String path) {
        return HomeDirectory.xdg(environment, "XDG_CONFIG_HOME", ".config").resolve(path);
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
        return EnvironmentPath.of("JPULL_STORE", own);
    }
}
