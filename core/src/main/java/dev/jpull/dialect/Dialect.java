// SPDX-License-Identifier: Apache-2.0
package dev.jpull.dialect;

import dev.jpull.finding.ContainerRuntime;

/** The kinds of registry configuration. */
public enum Dialect {
    /** A directory with one sub-directory for each registry. */
    HOSTS_DIRECTORY(ContainerRuntime.CONTAINERD, "hosts directory of containerd"),
    /** containerd's own configuration, with the registry tables of its CRI plugin. */
    CONTAINERD_CONFIG(ContainerRuntime.CONTAINERD, "config.toml of containerd"),
    /** The file of k3s and RKE2. */
    REGISTRIES_YAML(ContainerRuntime.K3S, "registries.yaml of k3s or RKE2"),
    /** The file of podman, CRI-O, skopeo and buildah, or the directory with its drop-in files. */
    REGISTRIES_CONF(ContainerRuntime.PODMAN, "registries.conf of podman"),
    /** The configuration of Docker's daemon. */
    DAEMON_JSON(ContainerRuntime.DOCKER, "daemon.json of docker");

    private final ContainerRuntime runtime;
    private final String description;

    Dialect(ContainerRuntime runtime, String description) {
        this.runtime = runtime;
        this.description = description;
    }

    /** The program that reads it. */
    public ContainerRuntime runtime() {
        return runtime;
    }

    /** What it is, as part of a sentence: {@code "daemon.json of docker"}. */
    public String description() {
        return description;
    }
}
