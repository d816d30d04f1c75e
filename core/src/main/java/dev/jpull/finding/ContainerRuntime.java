// SPDX-License-Identifier: Apache-2.0
package dev.jpull.finding;

/**
 * A program that reads registry configuration, by the files that only it, or those like it, read.
 *
 * @since 0.1.0
 */
public enum ContainerRuntime {
    /** containerd: hosts directories, and the CRI tables of its config.toml. */
    CONTAINERD("containerd"),
    /** k3s and RKE2: registries.yaml. */
    K3S("k3s"),
    /** podman, CRI-O, skopeo and buildah: registries.conf. */
    PODMAN("podman"),
    /** Docker's daemon: daemon.json. */
    DOCKER("docker");

    private final String label;

    ContainerRuntime(String label) {
        this.label = label;
    }

    /** {@return the name of the program, in lower case} */
    public String label() {
        return label;
    }
}
