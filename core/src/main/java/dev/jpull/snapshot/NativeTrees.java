// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.layer.ExtractedLayer;
import dev.jpull.layer.TreeMerge;
import dev.jpull.posix.OpenDirectory;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Whole trees: a copy of the tree below, into which the layer is merged. */
final class NativeTrees implements SnapshotForm {
    private static final byte[] LAYER = SnapshotDirectories.bytes("layer");
    private static final byte[] LINKS = SnapshotDirectories.bytes("links");

    @Override
    public void unpacked(PlannedSnapshot snapshot, OpenDirectory tree, ExtractedLayer extracted) {
        // Everything else needs the layers below.
    }

    @Override
    public void complete(
            PlannedSnapshot snapshot, ExtractedLayer extracted, List<OpenDirectory> lower, BooleanSupplier cancelled)
            throws IOException {
        if (lower.isEmpty() && extracted.marked().isEmpty()) {
            return;
        }
        merge(snapshot, extracted, lower, cancelled);
    }

    /** Makes the tree anew: the one below, if any, and then the layer. */
    static void merge(
            PlannedSnapshot snapshot, ExtractedLayer extracted, List<OpenDirectory> lower, BooleanSupplier cancelled)
            throws IOException {
        StagedSnapshot staged = snapshot.requireStaged();
        try (OpenDirectory directory = staged.open()) {
            directory.rename(SnapshotDirectories.TREE, directory, LAYER);
            try (OpenDirectory tree = staged.emptyTree();
                    OpenDirectory layer = directory.child(LAYER)) {
                if (!lower.isEmpty()) {
                    directory.makeDirectory(LINKS, 0700);
                    try (OpenDirectory links = directory.child(LINKS)) {
                        TreeCopy.copy(lower.get(0), tree, links, cancelled);
                    }
                    directory.removeDirectory(LINKS);
                }
                TreeMerge.merge(layer, extracted, tree, cancelled);
            }
            directory.removeTree(LAYER);
        }
    }

    @Override
    public boolean usesUserXattrs() {
        return false;
    }
}
