// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.layer.ExtractedLayer;
import dev.jpull.posix.OpenDirectory;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/** How the tree of a layer becomes the tree of a snapshot of one form. Safe for use by several threads. */
sealed interface SnapshotForm permits OverlayTrees, NativeTrees {
    /**
     * A layer was unpacked on its own: does what needs no other layer.
     *
     * @param tree as {@code LayerExtractor} has made it
     */
    void unpacked(PlannedSnapshot snapshot, OpenDirectory tree, ExtractedLayer extracted) throws IOException;

    /**
     * Makes the tree in the staging that of the snapshot.
     *
     * @param lower the trees of the snapshots below, the next one first
     * @param cancelled ends the work, which leaves the staging useless
     */
    void complete(
            PlannedSnapshot snapshot, ExtractedLayer extracted, List<OpenDirectory> lower, BooleanSupplier cancelled)
            throws IOException;

    /** Whether whiteouts are marked by {@code user.overlay.*} attributes. */
    boolean usesUserXattrs();
}
