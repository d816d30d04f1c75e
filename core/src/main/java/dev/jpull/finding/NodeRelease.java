// SPDX-License-Identifier: Apache-2.0
package dev.jpull.finding;

import java.util.Arrays;
import java.util.Optional;

/**
 * A release line of a program that nodes run; a check judges a configuration for those that are named.
 *
 * @since 0.1.0
 */
public enum NodeRelease {
    /** containerd 1.6. */
    CONTAINERD_1_6("containerd-1.6", 1, 6),
    /** containerd 1.7. */
    CONTAINERD_1_7("containerd-1.7", 1, 7),
    /** containerd 2.0. */
    CONTAINERD_2_0("containerd-2.0", 2, 0),
    /** containerd 2.1. */
    CONTAINERD_2_1("containerd-2.1", 2, 1),
    /** containerd 2.2. */
    CONTAINERD_2_2("containerd-2.2", 2, 2),
    /** containerd 2.3. */
    CONTAINERD_2_3("containerd-2.3", 2, 3),
    /** k3s and RKE2, with a containerd of their own. */
    K3S("k3s", 0, 0);

    private final String label;
    private final int major;
    private final int minor;

    NodeRelease(String label, int major, int minor) {
        this.label = label;
        this.major = major;
        this.minor = minor;
    }

    /** {@return the name, such as {@code containerd-1.7}} */
    public String label() {
        return label;
    }

    /**
     * {@return whether it is a release of containerd before this one; never for k3s, which has no release here}
     *
     * @param other the release to compare with
     */
    public boolean isBefore(NodeRelease other) {
        return isContainerd() && (major < other.major || major == other.major && minor < other.minor);
    }

    /** {@return whether it is a containerd as its project releases it} */
    public boolean isContainerd() {
        return this != K3S;
    }

    /**
     * {@return the release with a name, in any letter case; {@code rke2} means k3s, which reads the same files} Empty when there is
     * none.
     *
     * @param label such as {@code containerd-1.7} or {@code k3s}
     */
    public static Optional<NodeRelease> of(String label) {
        String name = label.equalsIgnoreCase("rke2") ? K3S.label : label;
        return Arrays.stream(values())
                .filter(release -> release.label.equalsIgnoreCase(name))
                .findFirst();
    }
}
