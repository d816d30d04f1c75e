// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.layer.ImplicitDirectories;
import dev.jpull.layer.OverlayWhiteouts;
import dev.jpull.posix.Attributes;
import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.io.IOException;
import java.util.List;

/**
 * Moves what is in one directory of a layer to another of the same layer, with whiteouts in the form of overlayfs: what hides lower
 * layers under either name hides them afterwards. For use by one thread.
 *
 * @param implicit the directories without an entry
 * @param form the form of the whiteouts
 * @param nodes copies attributes
 */
record OverlayMerge(ImplicitDirectories implicit, OverlayWhiteouts.Form form, NodeCopy nodes) {
    private static final int OWNER = 0700;

    /**
     * Moves all; the source is empty afterwards.
     *
     * @param path what the source is called in messages
     * @throws TarException if a directory without an entry comes upon a file
     */
    void merge(OpenDirectory from, OpenDirectory to, RawPath path) throws IOException {
        FileStatus before = to.attributes().status();
        copyOverlayAttributes(from.attributes(), to.attributes());
        DirectoryListing listing = from.list();
        for (boolean found = true; found; listing.rewind()) { // a listing may skip names when others go
            found = false;
            List<DirectoryListing.Entry> batch;
            while (!(batch = listing.next()).isEmpty()) {
                nodes.requireNotCancelled();
                found = true;
                for (DirectoryListing.Entry entry : batch) {
                    move(from, to, entry.name(), path.child(RawPath.of(entry.name())));
                }
            }
        }
        to.attributes().setTimes(before.accessed(), before.modified());
    }

    private void move(OpenDirectory from, OpenDirectory to, byte[] name, RawPath path) throws IOException {
        FileStatus own = from.attributesOf(name).status();
        FileStatus there = to.find(name);
        if (there == null) {
            rename(from, to, name, own);
        } else if (LowerTrees.isWhiteout(from, name, own)) {
            if (there.isDirectory()) {
                hideLower(to, name);
            }
            from.remove(name);
        } else if (own.isDirectory() && there.isDirectory()) {
            mergeDirectories(from, own, to, there, name, path);
        } else if (own.isDirectory()) {
            if (implicit.contains(own) && !LowerTrees.isWhiteout(to, name, there)) {
                throw new TarException(path + " has entries below it, but its layer has a file where it leads");
            }
            to.remove(name);
            rename(from, to, name, own);
            hideLower(to, name);
        } else {
            if (there.isDirectory()) {
                to.removeTree(name);
            }
            from.rename(name, to, name);
            if (from.find(name) != null) {
                from.remove(name); // a rename does nothing when both names are hard links of one file
            }
        }
    }

    private void mergeDirectories(
            OpenDirectory from, FileStatus own, OpenDirectory to, FileStatus there, byte[] name, RawPath path)
            throws IOException {
        makeUsable(from, name, own);
        makeUsable(to, name, there);
        try (OpenDirectory child = from.child(name);
                OpenDirectory target = to.child(name)) {
            merge(child, target, path);
            if (implicit.contains(own)) {
                target.attributes().setMode(there.mode());
            } else {
                implicit.remove(there);
                nodes.copyAttributes(child.attributes(), own, target.attributes(), NodeType.DIRECTORY);
            }
        }
        from.removeDirectory(name);
    }

    private static void makeUsable(OpenDirectory parent, byte[] name, FileStatus status) throws IOException {
        if ((status.mode() & OWNER) != OWNER) {
            parent.attributesOf(name).setMode(status.mode() | OWNER);
        }
    }

    private static void rename(OpenDirectory from, OpenDirectory to, byte[] name, FileStatus status)
            throws IOException {
        if (!status.isDirectory()) {
            from.rename(name, to, name);
            return;
        }
        makeUsable(from, name, status); // the kernel writes to a directory when it gets another parent
        from.rename(name, to, name);
        if ((status.mode() & OWNER) != OWNER) {
            to.attributesOf(name).setMode(status.mode());
        }
    }

    /** Hides what lower layers have in a directory. */
    void hideLower(OpenDirectory parent, byte[] name) throws IOException {
        OverlayWhiteouts.makeOpaque(parent.attributesOf(name), form);
    }

    private static void copyOverlayAttributes(Attributes from, Attributes to) throws IOException {
        List<RawPath> known = to.xattrNames().stream().map(RawPath::of).toList();
        for (byte[] name : from.xattrNames()) {
            if (NodeCopy.isOfOverlay(name)) {
                byte[] value = from.xattr(name);
                if (!known.contains(RawPath.of(name)) || value.length == 1 && value[0] == 'y') {
                    to.setXattr(name, value);
                }
            }
        }
    }
}
