// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Mounts a stack of snapshots.
 *
 * @param store the store that they are in
 * @param chainId the chain ID of the topmost layer
 * @param form the form of the snapshots; null for the one that is there, overlayfs first
 */
public record SnapshotMount(
        ImageStore store, Digest chainId, @Nullable Snapshotter form) {
    /** An image has 127 layers at most elsewhere; a longer chain of records is forged. */
    private static final int MAX_LAYERS = 1000;

    /**
     * The program and its arguments.
     *
     * @param target where to mount, absolute
     * @param changes where changes go, absolute; null for a mount that cannot be written to
     * @throws StoreException if a snapshot is not there
     * @throws dev.jpull.error.ReferenceException if there are too many layers for one mount
     */
    public List<String> arguments(Path target, @Nullable Path changes) {
        Snapshots snapshots = new Snapshots(store);
        try {
            for (Snapshotter each : form == null ? Snapshotter.values() : new Snapshotter[] {form}) {
                Optional<Snapshots.Stored> found = snapshots.find(each, chainId);
                if (found.isPresent()) {
                    return command(snapshots, found.get(), changes).arguments(target);
                }
            }
        } catch (IOException e) {
            throw snapshots.failure("read the snapshots", e);
        }
        throw new StoreException(
                "there is no snapshot " + chainId + (form == null ? "" : " of the form " + form.label()) + " in "
                        + snapshots.directories().root() + ": pull the image with --snapshotter");
    }

    private MountCommand command(Snapshots snapshots, Snapshots.Stored top, @Nullable Path changes) throws IOException {
        Snapshotter snapshotter = top.record().snapshotter();
        List<String> trees = new ArrayList<>();
        boolean userXattrs = false;
        Snapshots.Stored next = top;
        while (next != null) {
            trees.add(SnapshotDirectories.nameOf(next.record().chainId()) + "/fs");
            userXattrs |= next.record().userXattrs();
            next = snapshotter == Snapshotter.NATIVE || hidesLower(snapshots, next) ? null : parent(snapshots, next);
            if (trees.size() > MAX_LAYERS) {
                throw new StoreException("the records of the snapshots in "
                        + snapshots.directories().root() + " lead in a circle: remove them");
            }
        }
        Path base = snapshots.directories().pathOf(snapshotter).toAbsolutePath();
        return new MountCommand(base, trees, userXattrs, changes);
    }

    /** The kernel does not look at this attribute of the root of a layer. */
    private static boolean hidesLower(Snapshots snapshots, Snapshots.Stored stored) throws IOException {
        try (OpenDirectory tree = snapshots.openTree(
                stored.record().snapshotter(), stored.record().chainId())) {
            return LowerTrees.isOpaque(tree);
        }
    }

    private Snapshots.@Nullable Stored parent(Snapshots snapshots, Snapshots.Stored upper) throws IOException {
        Digest parent = upper.record().parent();
        if (parent == null) {
            return null;
        }
        return snapshots
                .find(Snapshotter.OVERLAYFS, parent)
                .orElseThrow(() -> new StoreException("the snapshot " + parent + ", which is below "
                        + upper.record().chainId() + ", is not in "
                        + snapshots.directories().root() + ": pull the image again with --snapshotter overlayfs"));
    }
}
