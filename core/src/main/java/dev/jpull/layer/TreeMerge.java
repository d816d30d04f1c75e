// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.PullCancelledException;
import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.Errno;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.PosixException;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Lays one layer, as {@link LayerExtractor} unpacked it, over a tree that has those below. What the tree lacks is moved there, a
 * directory with all that is in it at once; the staging is empty afterwards.
 *
 * <ul>
 *   <li>First hard links to files of layers below are made, then whiteouts remove what layers below have, then the rest is moved.
 *   <li>A directory of the layer over one of the tree: both contents, the attributes of the layer, unless the layer has no entry for
 *       it. Over anything else: it takes its place. Anything else takes the place of what is there.
 *   <li>A directory without an entry of its own is where the path leads in the tree, through links within its root; what is missing
 *       there is made. One that has whiteouts only is not made.
 *   <li>A directory in which something changes has the same times afterwards, unless the layer has an entry for it.
 * </ul>
 */
public final class TreeMerge implements Closeable {
    /** How often a directory is listed until nothing is left in it: twice, and more where listings skip names. */
    private static final int MAX_PASSES = 1000;

    private final OpenDirectory staging;
    private final ExtractedLayer layer;
    private final RootedTree target;
    private final BooleanSupplier cancelled;

    private TreeMerge(OpenDirectory staging, ExtractedLayer layer, OpenDirectory target, BooleanSupplier cancelled)
            throws IOException {
        this.staging = staging;
        this.layer = layer;
        this.target = new RootedTree(target, made -> {});
        this.cancelled = cancelled;
    }

    /**
     * Merges.
     *
     * @param staging where the layer is, in the same file system as the tree
     * @param target the tree, which is incomplete after a failure
     * @param cancelled ends the merge, within one directory
     * @throws PullCancelledException if it was cancelled
     * @throws TarException if the layer does not fit to those below; the message names the entry
     * @throws IOException if the disk or the permissions refuse something; the message names the entry
     */
    public static void merge(
            OpenDirectory staging, ExtractedLayer layer, OpenDirectory target, BooleanSupplier cancelled)
            throws IOException {
        try (TreeMerge merge = new TreeMerge(staging, layer, target, cancelled)) {
            merge.run();
        }
    }

    private void run() throws IOException {
        try {
            linkPending();
            FileStatus status = staging.attributes().status();
            makeUsable(staging, status);
            TreeDirectory root = target.root();
            mergeContent(staging, root, TreePath.ROOT);
            if (!layer.implicit().contains(status)) {
                DirectoryAttributes.copy(staging.attributes(), status, root);
            }
            target.settle();
        } catch (FileSystemException e) {
            throw UnpackFailure.of(TreePath.ROOT, e);
        }
    }

    /** Makes hard links in the staging, before anything that they may lead to is removed or replaced. */
    private void linkPending() throws IOException {
        if (layer.links().isEmpty()) {
            return;
        }
        try (RootedTree upper = new RootedTree(staging, made -> {})) {
            for (PendingLink link : layer.links()) {
                try {
                    link(upper, link);
                } catch (FileSystemException e) {
                    throw UnpackFailure.of(link.path(), e);
                }
            }
            upper.settle();
        }
    }

    private void link(RootedTree upper, PendingLink link) throws IOException {
        List<RawPath> path = link.path().components();
        TreeDirectory parent = upper.find(path.subList(0, path.size() - 1));
        List<RawPath> source = EntryPath.clean(link.target(), link.target().components());
        RawPath sourceName = source.get(source.size() - 1);
        TreeDirectory directory = target.find(source.subList(0, source.size() - 1));
        FileStatus status = directory == null ? null : directory.open().find(sourceName.bytes());
        if (parent == null || directory == null || status == null) {
            throw new TarException(link.path() + " is a hard link to " + link.target()
                    + ", which neither its layer nor one below has");
        }
        if (status.isDirectory()) {
            throw new TarException(link.path() + " is a hard link to " + link.target() + ", which is a directory");
        }
        parent.changed();
        parent.open().makeLink(path.get(path.size() - 1).bytes(), directory.open(), sourceName.bytes());
    }

    private static void makeUsable(OpenDirectory directory, FileStatus status) throws IOException {
        if ((status.mode() & 0700) != 0700) {
            directory.attributes().setMode(status.mode() | 0700);
        }
    }

    private void mergeContent(OpenDirectory from, TreeDirectory into, RawPath path) throws IOException {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("cancelled while the layers were merged");
        }
        if (layer.marked().contains(path)) {
            applyMarkers(from, into, path);
        }
        DirectoryListing listing = from.list();
        boolean moved = true;
        for (int pass = 0; moved; pass++, listing.rewind()) {
            if (pass > MAX_PASSES) {
                throw new IOException("another process changes what is unpacked, in " + path);
            }
            moved = false;
            List<DirectoryListing.Entry> batch;
            while (!(batch = listing.next()).isEmpty()) {
                for (DirectoryListing.Entry entry : batch) {
                    RawPath name = RawPath.of(entry.name());
                    try {
                        mergeName(from, into, path, name, entry);
                    } catch (FileSystemException e) {
                        throw UnpackFailure.of(path.child(name), e);
                    }
                    moved = true;
                }
            }
        }
    }

    /** Removes what the markers of a directory hide, and the markers; again until there is none, as listings may skip names. */
    private void applyMarkers(OpenDirectory from, TreeDirectory into, RawPath path) throws IOException {
        RawPath opaque = RawPath.of(EntryPath.OPAQUE);
        if (from.find(opaque.bytes()) != null) {
            target.removeContent(into);
            from.remove(opaque.bytes());
        }
        DirectoryListing listing = from.list();
        for (boolean found = true; found; listing.rewind()) {
            found = false;
            List<DirectoryListing.Entry> batch;
            while (!(batch = listing.next()).isEmpty()) {
                for (DirectoryListing.Entry entry : batch) {
                    RawPath name = RawPath.of(entry.name());
                    if (name.startsWith(EntryPath.WHITEOUT)) {
                        RawPath hidden = name.from(EntryPath.WHITEOUT.length());
                        try {
                            target.remove(into, hidden);
                            from.remove(name.bytes());
                        } catch (FileSystemException e) {
                            throw UnpackFailure.of(path.child(hidden), e);
                        }
                        found = true;
                    }
                }
            }
        }
    }

    private void mergeName(
            OpenDirectory from, TreeDirectory into, RawPath path, RawPath name, DirectoryListing.Entry entry)
            throws IOException {
        Boolean isDirectory = entry.directory();
        if (isDirectory == null) {
            isDirectory = from.attributesOf(name.bytes()).status().isDirectory();
        }
        if (isDirectory) {
            mergeDirectory(from, into, path.child(name), name);
            return;
        }
        into.changed();
        try {
            from.rename(name.bytes(), into.open(), name.bytes());
            if (!layer.links().isEmpty() && from.find(name.bytes()) != null) {
                from.remove(name.bytes()); // a rename does nothing when both names are hard links of one file
            }
        } catch (DirectoryNotEmptyException e) {
            replaceTree(from, into, name);
        } catch (PosixException e) {
            if (e.error() != Errno.EISDIR) {
                throw e;
            }
            replaceTree(from, into, name);
        }
    }

    private void replaceTree(OpenDirectory from, TreeDirectory into, RawPath name) throws IOException {
        target.remove(into, name);
        from.rename(name.bytes(), into.open(), name.bytes());
    }

    private void mergeDirectory(OpenDirectory from, TreeDirectory into, RawPath path, RawPath name) throws IOException {
        FileStatus status = from.attributesOf(name.bytes()).status();
        boolean isImplicit = layer.implicit().contains(status);
        FileStatus there = into.open().find(name.bytes());
        if (there != null && there.isDirectory()) {
            mergeInto(from, name, path, status, target.child(into, name), !isImplicit);
            return;
        }
        boolean hasMarkers = layer.marked().contains(path);
        if (isImplicit) {
            boolean hidesOnly = hasMarkers && hasMarkersOnly(from, name);
            if (there != null && there.type() == NodeType.SYMLINK) {
                try {
                    mergeThroughLink(from, into, name, path, status, hidesOnly);
                } catch (TarException e) {
                    throw withEntryBelow(from, name, path, e);
                }
                return;
            }
            if (hidesOnly) {
                from.removeTree(name.bytes());
                return;
            }
            if (there != null) {
                throw withEntryBelow(from, name, path, new TarException(path + " is no directory in the layers below"));
            }
        } else if (there != null) {
            target.remove(into, name);
        }
        if (hasMarkers) {
            into.pin();
            try {
                mergeInto(from, name, path, status, target.make(into, name), true);
            } finally {
                into.unpin();
            }
        } else {
            move(from, into, name, status);
        }
    }

    /** The failure with an entry of the layer, because the directory that it is about has none. */
    private static TarException withEntryBelow(OpenDirectory from, RawPath name, RawPath path, TarException e)
            throws IOException {
        try (OpenDirectory directory = from.child(name.bytes())) {
            List<DirectoryListing.Entry> entries = directory.list().next();
            RawPath entry = entries.isEmpty()
                    ? path
                    : path.child(RawPath.of(entries.get(0).name()));
            String message = String.valueOf(e.getMessage());
            if (message.contains(entry.toString())) {
                return e;
            }
            TarException named = new TarException(entry + " cannot be unpacked: " + message);
            named.initCause(e);
            return named;
        }
    }

    private void mergeThroughLink(
            OpenDirectory from, TreeDirectory into, RawPath name, RawPath path, FileStatus status, boolean hidesOnly)
            throws IOException {
        List<RawPath> way = new ArrayList<>(into.path().components());
        way.add(name);
        RootedTree.Resolved resolved = target.resolve(way);
        if (hidesOnly && !resolved.exists()) {
            from.removeTree(name.bytes());
        } else {
            mergeInto(from, name, path, status, target.made(resolved), false);
        }
    }

    private void mergeInto(
            OpenDirectory from, RawPath name, RawPath path, FileStatus status, TreeDirectory into, boolean describes)
            throws IOException {
        into.pin();
        try {
            try (OpenDirectory child = openUsable(from, name, status)) {
                mergeContent(child, into, path);
                if (describes) {
                    DirectoryAttributes.copy(child.attributes(), status, into);
                }
            }
        } finally {
            into.unpin();
        }
        from.removeDirectory(name.bytes());
    }

    private static OpenDirectory openUsable(OpenDirectory parent, RawPath name, FileStatus status) throws IOException {
        if ((status.mode() & 0700) != 0700) {
            parent.attributesOf(name.bytes()).setMode(status.mode() | 0700);
        }
        return parent.child(name.bytes());
    }

    /** Moves a directory with all that is in it. */
    private static void move(OpenDirectory from, TreeDirectory into, RawPath name, FileStatus status)
            throws IOException {
        into.changed();
        // The kernel writes to a directory when it gets another parent.
        boolean isWritable = (status.mode() & 0200) != 0;
        if (!isWritable) {
            from.attributesOf(name.bytes()).setMode(status.mode() | 0200);
        }
        from.rename(name.bytes(), into.open(), name.bytes());
        if (!isWritable) {
            into.open().attributesOf(name.bytes()).setMode(status.mode());
        }
    }

    /** Whether there is nothing at or below a directory but markers, and directories that were made for them. */
    private boolean hasMarkersOnly(OpenDirectory parent, RawPath name) throws IOException {
        FileStatus status = parent.attributesOf(name.bytes()).status();
        if (!layer.implicit().contains(status)) {
            return false;
        }
        try (OpenDirectory directory = parent.child(name.bytes())) {
            DirectoryListing listing = directory.list();
            List<DirectoryListing.Entry> batch;
            while (!(batch = listing.next()).isEmpty()) {
                for (DirectoryListing.Entry entry : batch) {
                    RawPath child = RawPath.of(entry.name());
                    if (!child.startsWith(EntryPath.WHITEOUT)) {
                        FileStatus below = directory.attributesOf(child.bytes()).status();
                        if (!below.isDirectory() || !hasMarkersOnly(directory, child)) {
                            return false;
                        }
                    }
                }
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        target.close();
    }
}
