// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Copies a tree with all attributes and hard links. The depth is that of the paths in layers, which is limited. For use by one
 * thread.
 */
final class TreeCopy implements Closeable {
    private static final int ALL_RIGHTS = 0700;

    private final OpenDirectory links;
    private final NodeCopy nodes;
    /** Copies of files with several names, by their inodes; each has one more name in the directory of links meanwhile. */
    private final Map<Long, Long> copied = new HashMap<>();

    private TreeCopy(OpenDirectory links, NodeCopy nodes) {
        this.links = links;
        this.nodes = nodes;
    }

    /**
     * Copies.
     *
     * @param to an empty directory
     * @param links an empty directory in the same file system, for names that are needed meanwhile; it is emptied
     * @param cancelled ends the copying, which leaves the tree incomplete
     */
    static void copy(OpenDirectory from, OpenDirectory to, OpenDirectory links, BooleanSupplier cancelled)
            throws IOException {
        try (NodeCopy nodes = new NodeCopy(cancelled);
                TreeCopy copy = new TreeCopy(links, nodes)) {
            copy.directory(from, from.attributes().status(), to);
        }
    }

    private void directory(OpenDirectory from, FileStatus status, OpenDirectory to) throws IOException {
        DirectoryListing listing = from.list();
        for (List<DirectoryListing.Entry> batch = listing.next(); !batch.isEmpty(); batch = listing.next()) {
            for (DirectoryListing.Entry entry : batch) {
                copy(from, entry.name(), to);
            }
        }
        nodes.copyAttributes(from.attributes(), status, to.attributes(), NodeType.DIRECTORY);
    }

    private void copy(OpenDirectory from, byte[] name, OpenDirectory to) throws IOException {
        nodes.requireNotCancelled();
        FileStatus status = from.attributesOf(name).status();
        if (status.isDirectory()) {
            to.makeDirectory(name, ALL_RIGHTS);
            try (OpenDirectory source = open(from, name, status);
                    OpenDirectory target = to.child(name)) {
                directory(source, status, target);
            }
            return;
        }
        if (status.links() == 1) {
            nodes.copy(from, name, status, to, name);
            return;
        }
        byte[] link = SnapshotDirectories.bytes("link-" + status.inode());
        if (copied.putIfAbsent(status.inode(), status.inode()) == null) {
            nodes.copy(from, name, status, to, name);
            links.makeLink(link, to, name);
        } else {
            to.makeLink(name, links, link);
        }
    }

    /** A directory that its owner may not read is made readable for the moment. */
    private static OpenDirectory open(OpenDirectory from, byte[] name, FileStatus status) throws IOException {
        try {
            return from.child(name);
        } catch (AccessDeniedException e) {
            from.attributesOf(name).setMode(status.mode() | ALL_RIGHTS);
            return from.child(name);
        }
    }

    @Override
    public void close() throws IOException {
        links.removeContent();
    }
}
