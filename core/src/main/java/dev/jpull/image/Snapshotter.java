// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import dev.jpull.error.ReferenceException;
import dev.jpull.text.ForeignText;
import java.util.Locale;
import java.util.Set;

/**
 * The form of the snapshots that a pull makes of layers.
 *
 * @since 0.1.0
 */
public enum Snapshotter {
    /**
     * Each snapshot has the files of one layer alone, with whiteouts in the form of the overlay file system of Linux. An image is
     * used by mounting the snapshots of all its layers. Layers are unpacked in parallel.
     */
    OVERLAYFS,
    /**
     * Each snapshot has the files of a layer and of all layers below it. It begins as a copy of the snapshot below, which shares
     * blocks with it where the file system supports that.
     */
    NATIVE;

    /** Names of further snapshotters of containerd. */
    private static final Set<String> OTHERS = Set.of(
            "blockfile", "btrfs", "devmapper", "erofs", "fuse-overlayfs", "nydus", "soci", "stargz", "windows", "zfs");

    /** {@return the name in options and records, such as {@code overlayfs}} */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * {@return the snapshotter with a name}
     *
     * @param name such as {@code overlayfs}
     * @throws ReferenceException if there is none, or not yet
     */
    public static Snapshotter parse(String name) {
        for (Snapshotter snapshotter : values()) {
            if (snapshotter.label().equals(name)) {
                return snapshotter;
            }
        }
        throw new ReferenceException("the snapshotter " + ForeignText.line(name, 80)
                + (OTHERS.contains(name) ? " is not there yet" : " is not known")
                + ": choose overlayfs or native");
    }
}
