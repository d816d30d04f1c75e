// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

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
 * topmost tree decides. Whiteouts that have nothing to hide go: a directory that is in one tree alone lists them. For use by one
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
     * @param directory of the layer
     * @param lower the same directory of lower layers, as far as it shows through, the topmost first
     */
    void copy(OpenDirectory directory, List<OpenDirectory> lower) throws IOException {
        if (lower.isEmpty() && !hasWhiteouts) {
            return;
        }
        nodes.requireNotCancelled();
        FileStatus status = directory.attributes().status();
        List<OpenDirectory> visible = LowerTrees.isOpaque(directory) ? List.of() : lower;
        List<byte[]> idle = new ArrayList<>();
        DirectoryListing listing = directory.list();
        for (List<DirectoryListing.Entry> batch = listing.next(); !batch.isEmpty(); batch = listing.next()) {
            for (DirectoryListing.Entry entry : batch) {
                FileStatus child = Boolean.FALSE.equals(entry.directory()) && !visible.isEmpty()
                        ? null
                        : directory.find(entry.name());
                if (child != null && child.isDirectory()) {
                    if (copyChild(directory, entry.name(), visible)) {
                        idle.add(entry.name());
                    }
                } else if (child != null
                        && visible.isEmpty()
                        && LowerTrees.isWhiteout(directory, entry.name(), child)) {
                    idle.add(entry.name());
                }
            }
        }
        for (byte[] name : idle) {
            directory.removeTree(name);
        }
        if (!lower.isEmpty() && implicit.contains(status)) {
            nodes.copyAttributes(
                    lower.get(0).attributes(),
                    lower.get(0).attributes().status(),
                    directory.attributes(),
                    NodeType.DIRECTORY);
        } else if (!idle.isEmpty()) {
            directory.attributes().setTimes(status.accessed(), status.modified());
        }
    }

    /** A layer has files below a link of a lower one: in a mount, its directory would take the place of the link. */
    private void requireOwn(OpenDirectory child, byte[] name) throws IOException {
        if (implicit.contains(child.attributes().status()) && !LowerTrees.isOpaque(child)) {
            throw new StoreException(layer + " has files below " + RawPath.of(name)
                    + ", which is a symbolic link in a lower layer; a snapshot for overlayfs has no place for them: use"
                    + " --snapshotter native");
        }
    }

    /** Returns whether the directory had idle whiteouts only, and no entry: then it is not there. */
    private boolean copyChild(OpenDirectory directory, byte[] name, List<OpenDirectory> lower) throws IOException {
        List<OpenDirectory> below = new ArrayList<>();
        try (OpenDirectory child = directory.child(name)) {
            for (OpenDirectory each : lower) {
                FileStatus other = each.find(name);
                if (other != null && !other.isDirectory()) {
                    if (other.type() == NodeType.SYMLINK && below.isEmpty()) {
                        requireOwn(child, name);
                    }
                    break;
                }
                if (other != null) {
                    OpenDirectory shown = each.child(name);
                    below.add(shown);
                    if (LowerTrees.isOpaque(shown)) {
                        break;
                    }
                }
            }
            copy(child, below);
            return hasWhiteouts
                    && below.isEmpty()
                    && implicit.contains(child.attributes().status())
                    && child.list().next().isEmpty();
        } finally {
            for (OpenDirectory each : below) {
                each.close();
            }
        }
    }
}
