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
 *       there is made, after all else of the layer was moved. One that has whiteouts only is not made.
 *   <li>A directory in which something changes has the same times afterwards, unless the layer has an entry for it.
 * </ul>
 */
public final class TreeMerge implements Closeable {
    /** How often a directory is listed until nothing is left in it: twice, and more where listings skip names. */
    private static final int MAX_PASSES = 1000;

    private final OpenDirectory staging;
    private final ExtractedLayer layer;
    private final RootedTree target;
    private final LeftOut leftOut;
    private final WorkBudget budget;
    private boolean hasDeferred;
    private boolean throughLinks;

    private TreeMerge(
            OpenDirectory staging,
            ExtractedLayer layer,
            OpenDirectory target,
            LeftOut leftOut,
            BooleanSupplier cancelled)
            throws IOException {
        this.staging = staging;
        this.layer = layer;
        this.leftOut = leftOut;
        this.budget = new WorkBudget(cancelled);
        this.target = new RootedTree(target, made -> {}, budget);
    }

    /**
     * Merges.
     *
     * @param staging where the layer is, in the same file system as the tree
     * @param target the tree, which is incomplete after a failure
     * @param cancelled ends the merge, within some hundred names
     * @throws PullCancelledException if it was cancelled
     * @throws TarException if the layer does not fit to those below; the message names the entry
     * @throws IOException if the disk or the permissions refuse something; the message names the entry
     */
    public static void merge(
            OpenDirectory staging, ExtractedLayer layer, OpenDirectory target, BooleanSupplier cancelled)
            throws IOException {
        merge(staging, layer, target, new LeftOut(), cancelled);
    }

    /** The same for one of several layers; what is left out of it is added to what was left out of those below. */
    static void merge(
            OpenDirectory staging,
            ExtractedLayer layer,
            OpenDirectory target,
            LeftOut leftOut,
            BooleanSupplier cancelled)
            throws IOException {
        try (TreeMerge merge = new TreeMerge(staging, layer, target, leftOut, cancelled)) {
            merge.run();
        }
    }

    private void run() throws IOException {
        try {
            List<RawPath> omitted = LowerEffects.apply(layer, staging, target, leftOut, budget);
            FileStatus status = staging.attributes().status();
            makeUsable(staging, status);
            TreeDirectory root = target.root();
            mergeContent(staging, root, TreePath.ROOT);
            if (!layer.implicit().contains(status)) {
                DirectoryAttributes.copy(staging.attributes(), status, root);
            }
            if (hasDeferred) {
                throughLinks = true;
                mergeContent(staging, root, TreePath.ROOT);
            }
            leaveOut(layer.leftOut());
            leaveOut(omitted);
            target.settle();
        } catch (FileSystemException e) {
            throw UnpackFailure.of(TreePath.ROOT, e);
        }
    }

    /** What is not in the tree though the layer has it, at paths of the layer. */
    private void leaveOut(List<RawPath> paths) throws IOException {
        for (RawPath path : paths) {
            List<RawPath> names = path.components();
            RootedTree.Resolved parent = target.resolve(names.subList(0, names.size() - 1));
            leftOut.add(parent.path().child(names.get(names.size() - 1)));
        }
    }

    private static void makeUsable(OpenDirectory directory, FileStatus status) throws IOException {
        if ((status.mode() & 0700) != 0700) {
            directory.attributes().setMode(status.mode() | 0700);
        }
    }

    /** Moves what is in a directory; returns whether all was moved. */
    private boolean mergeContent(OpenDirectory from, TreeDirectory into, RawPath path) throws IOException {
        budget.requireNotCancelled();
        DirectoryListing listing = from.list();
        boolean moved = true;
        boolean deferred = false;
        for (int pass = 0; moved; pass++, listing.rewind()) {
            if (pass > MAX_PASSES) {
                throw new IOException("another process changes what is unpacked, in " + path);
            }
            moved = false;
            deferred = false;
            List<DirectoryListing.Entry> batch;
            while (!(batch = listing.next()).isEmpty()) {
                budget.requireNotCancelled();
                for (DirectoryListing.Entry entry : batch) {
                    RawPath name = RawPath.of(entry.name());
                    try {
                        boolean isMoved = mergeName(from, into, path, name, entry);
                        moved |= isMoved;
                        deferred |= !isMoved;
                    } catch (FileSystemException e) {
                        throw UnpackFailure.of(path.child(name), e);
                    }
                }
            }
        }
        return !deferred;
    }

    private boolean mergeName(
            OpenDirectory from, TreeDirectory into, RawPath path, RawPath name, DirectoryListing.Entry entry)
            throws IOException {
        Boolean isDirectory = entry.directory();
        if (isDirectory == null) {
            isDirectory = from.attributesOf(name.bytes()).status().isDirectory();
        }
        if (isDirectory) {
            return mergeDirectory(from, into, path.child(name), name);
        }
        if (name.startsWith(EntryPath.WHITEOUT)) {
            throw new IOException("another process made " + path.child(name) + " in what is unpacked");
        }
        into.changed();
        leftOut.gone(into.childPath(name));
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
        return true;
    }

    private void replaceTree(OpenDirectory from, TreeDirectory into, RawPath name) throws IOException {
        target.remove(into, name);
        from.rename(name.bytes(), into.open(), name.bytes());
    }

    private boolean mergeDirectory(OpenDirectory from, TreeDirectory into, RawPath path, RawPath name)
            throws IOException {
        FileStatus status = from.attributesOf(name.bytes()).status();
        boolean isImplicit = layer.implicit().contains(status);
        FileStatus there = into.open().find(name.bytes());
        if (there != null && there.isDirectory()) {
            return mergeInto(from, name, path, status, target.child(into, name), !isImplicit && !throughLinks);
        }
        if (there != null && isImplicit) {
            if (there.type() != NodeType.SYMLINK) {
                throw withEntryBelow(from, name, path, new TarException(path + " is no directory in the layers below"));
            }
            if (!throughLinks && !leadsToDirectory(into, name)) {
                hasDeferred = true; // where it leads may be in this layer, and not be there yet
                return false;
            }
            try {
                return mergeThroughLink(from, into, name, path, status);
            } catch (TarException e) {
                throw withEntryBelow(from, name, path, e);
            }
        }
        if (there != null) {
            target.remove(into, name);
        }
        leftOut.gone(into.childPath(name));
        move(from, into, name, status);
        return true;
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

    private boolean leadsToDirectory(TreeDirectory into, RawPath name) throws IOException {
        try {
            return target.resolve(way(into, name)).exists();
        } catch (TarException e) {
            return false; // refused when all else was moved, if it is the same then
        }
    }

    private static List<RawPath> way(TreeDirectory into, RawPath name) {
        List<RawPath> way = new ArrayList<>(into.path().components());
        way.add(name);
        return way;
    }

    private boolean mergeThroughLink(
            OpenDirectory from, TreeDirectory into, RawPath name, RawPath path, FileStatus status) throws IOException {
        return mergeInto(from, name, path, status, target.made(target.resolve(way(into, name))), false);
    }

    private boolean mergeInto(
            OpenDirectory from, RawPath name, RawPath path, FileStatus status, TreeDirectory into, boolean describes)
            throws IOException {
        boolean isEmpty;
        into.pin();
        try (OpenDirectory child = openUsable(from, name, status)) {
            isEmpty = mergeContent(child, into, path);
            if (describes) {
                DirectoryAttributes.copy(child.attributes(), status, into);
            }
        } finally {
            into.unpin();
        }
        if (isEmpty) {
            from.removeDirectory(name.bytes());
        }
        return isEmpty;
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

    @Override
    public void close() throws IOException {
        target.close();
    }
}
