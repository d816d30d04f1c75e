// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.layer.ImplicitDirectories;
import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives the directories of a layer that have no entry of their own the attributes that they have in lower layers: in a mount, the
 * topmost tree decides. Removes whiteouts that hide nothing: a directory that only one tree has would list them. For use by one
 * thread.
 *
 * @param layer the layer, for messages
 * @param implicit the directories without an entry
 * @param hasWhiteouts whether the layer has whiteouts
 * @param nodes copies attributes
 */
record LowerAttributes(String layer, ImplicitDirectories implicit, boolean hasWhiteouts, NodeCopy nodes) {
    /**
     * Walks a tree.
     *
     * @param tree of the layer
     * @param lower the trees of lower layers, the topmost first
     * @throws IntegrityException if the layer has files below what is no directory in the layers below
     * @throws StoreException if it has an opaque whiteout below what is a symbolic link there
     * @return the directories without an entry that have the place of a symbolic link of a lower layer; they are left as they are
     */
    List<RawPath> copy(OpenDirectory tree, List<OpenDirectory> lower) throws IOException {
        List<RawPath> overLinks = new ArrayList<>();
        copy(tree, LowerPlace.root(lower), RawPath.of(new byte[0]), overLinks);
        return overLinks;
    }

    /** Removes the whiteouts of a directory that has nothing below; returns whether it is empty then. */
    boolean isIdle(OpenDirectory directory) throws IOException {
        copy(directory, List.of());
        return directory.list().next().isEmpty();
    }

    private void copy(OpenDirectory directory, LowerPlace lower, RawPath path, List<RawPath> overLinks)
            throws IOException {
        nodes.requireNotCancelled();
        if (lower.isEmpty() && !hasWhiteouts) {
            return;
        }
        FileStatus status = directory.attributes().status();
        boolean isHidden = LowerTrees.isOpaque(directory);
        boolean isAlone = lower.isEmpty() || isHidden;
        List<byte[]> idle = new ArrayList<>();
        DirectoryListing listing = directory.list();
        for (List<DirectoryListing.Entry> batch = listing.next(); !batch.isEmpty(); batch = listing.next()) {
            nodes.requireNotCancelled();
            for (DirectoryListing.Entry entry : batch) {
                FileStatus child =
                        Boolean.FALSE.equals(entry.directory()) && !isAlone ? null : directory.find(entry.name());
                if (child != null && child.isDirectory()) {
                    try (LowerPlace below = lower.child(entry.name(), isHidden)) {
                        if (copyChild(
                                directory, entry.name(), below, path.child(RawPath.of(entry.name())), overLinks)) {
                            idle.add(entry.name());
                        }
                    }
                } else if (child != null && isAlone && LowerTrees.isWhiteout(directory, entry.name(), child)) {
                    idle.add(entry.name());
                }
            }
        }
        for (byte[] name : idle) {
            directory.removeTree(name);
        }
        if (!lower.isEmpty() && implicit.contains(status)) {
            nodes.copyAttributes(
                    lower.top().attributes(),
                    lower.top().attributes().status(),
                    directory.attributes(),
                    NodeType.DIRECTORY);
        } else if (!idle.isEmpty()) {
            directory.attributes().setTimes(status.accessed(), status.modified());
        }
    }

    /** Returns whether the directory had idle whiteouts only, and no entry: then it is not there. */
    private boolean copyChild(
            OpenDirectory directory, byte[] name, LowerPlace below, RawPath path, List<RawPath> overLinks)
            throws IOException {
        try (OpenDirectory child = directory.child(name)) {
            boolean isImplicit = implicit.contains(child.attributes().status());
            boolean isOpaque = isImplicit && LowerTrees.isOpaque(child);
            FileStatus replaced = isImplicit ? below.other() : null;
            if (replaced != null && replaced.type() == NodeType.SYMLINK) {
                if (isOpaque) { // by a whiteout of the link, or by an opaque whiteout where the link leads
                    throw new StoreException(layer + " has whiteouts and files below " + path
                            + ", which is a symbolic link in a lower layer; a snapshot for overlayfs has no place for"
                            + " them: use --snapshotter native");
                }
                overLinks.add(path);
                return false;
            }
            if (isOpaque) {
                replaced = null;
            }
            copy(child, below, path, overLinks);
            boolean isIdle = hasWhiteouts
                    && below.isEmpty()
                    && isImplicit
                    && child.list().next().isEmpty();
            if (replaced != null && !isIdle) {
                throw new IntegrityException(layer + " does not fit to the layers below it: it has files below " + path
                        + ", which is no directory there: the image is broken, build it again");
            }
            return isIdle;
        }
    }
}
