// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.PullCancelledException;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.OpenFile;
import dev.jpull.posix.PosixException;
import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarEntry;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Unpacks one layer into an empty directory of its own, the staging, without those below. Nothing is written outside of it, whatever
 * the archive says: every path is walked within the tree ({@link RootedTree}), and attributes are set on what was just made. Whiteouts
 * stay as empty files with their names; hard links to files that the layer does not have are listed.
 *
 * <p>A later entry replaces an earlier one of its path, but a directory stays for a directory. Links in a path, and in the path of the
 * target of a hard link, are resolved within the staging; the targets of symbolic links are never changed. Directories get their modes
 * and times when nothing more is made in them.
 */
public final class LayerExtractor implements Closeable {
    private static final int MAX_MAJOR = 0xfff;
    private static final int MAX_MINOR = 0xfffff;

    private final TarReader archive;
    private final ExtractOptions options;
    private final WorkBudget budget;
    private final RootedTree tree;
    private final FileContent content;
    private final EntryAttributes attributes;
    private final Omissions omissions = new Omissions();
    private final PendingLinks pending = new PendingLinks();
    private final ImplicitDirectories implicit = new ImplicitDirectories();
    private final MarkedDirectories marked = new MarkedDirectories();
    private boolean hasWhiteoutDevices;
    private long entries;
    private long fileBytes;

    private LayerExtractor(TarReader archive, OpenDirectory staging, ExtractOptions options, WorkBudget budget)
            throws IOException {
        this.archive = archive;
        this.options = options;
        this.attributes = new EntryAttributes(options.ownership(), omissions);
        this.budget = budget;
        this.tree = new RootedTree(staging, this::madeImplicitly, budget);
        this.content = new FileContent(archive, budget);
        implicit.add(tree.root().inode());
    }

    /**
     * Unpacks an archive, and reads it to its end.
     *
     * @param archive is not closed
     * @param staging an empty directory that no other user can enter; is not closed, and is incomplete after a failure
     * @param cancelled ends it, within one entry or one piece of a file
     * @throws PullCancelledException if it was cancelled
     * @throws TarException if the archive is malformed or hostile; the message names the entry
     * @throws IOException if it cannot be read, or its files cannot be written; the message names the entry
     */
    public static ExtractedLayer extract(
            TarReader archive, OpenDirectory staging, ExtractOptions options, BooleanSupplier cancelled)
            throws IOException {
        return extract(archive, staging, options, cancelled, EntryChoice.ALL);
    }

    /** The same with what is chosen of the archive; the staging may have content of other layers. */
    static ExtractedLayer extract(
            TarReader archive,
            OpenDirectory staging,
            ExtractOptions options,
            BooleanSupplier cancelled,
            EntryChoice choice)
            throws IOException {
        try (LayerExtractor extractor = new LayerExtractor(archive, staging, options, new WorkBudget(cancelled))) {
            return extractor.run(choice);
        }
    }

    private ExtractedLayer run(EntryChoice choice) throws IOException {
        TarEntry next;
        for (long number = 0; (next = archive.next()) != null; number++) {
            budget.requireNotCancelled();
            for (TarEntry entry : choice.chosen(number, next)) {
                entries++;
                try {
                    extract(entry, EntryPath.of(entry.path()));
                } catch (TarException e) {
                    throw named(entry.path(), e);
                } catch (FileSystemException e) {
                    throw UnpackFailure.of(entry.path(), e);
                }
            }
        }
        tree.settle();
        archive.drain();
        return new ExtractedLayer(
                entries,
                fileBytes,
                pending.list(),
                pending.leftOut(),
                implicit,
                marked,
                hasWhiteoutDevices,
                omissions.list());
    }

    /** The failure with the entry, where it only names a directory or a link on the way. */
    private static TarException named(RawPath entry, TarException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains(entry.toString())) {
            return e;
        }
        TarException named = new TarException(entry + " cannot be unpacked: " + message);
        named.initCause(e);
        return named;
    }

    private void extract(TarEntry entry, EntryPath path) throws IOException {
        switch (path.meaning()) {
            case RESERVED ->
                omissions.add(Omission.Kind.RESERVED, () -> entry.path().toString());
            case ROOT -> root(entry);
            case WHITEOUT ->
                marker(tree.directory(path.parents()), EntryPath.markerOf(TreePath.of(path.parents()), path.name()));
            case OPAQUE -> marker(tree.directory(path.parents()), RawPath.of(EntryPath.OPAQUE));
            case NODE -> node(entry, tree.directory(path.parents()), path.name());
        }
    }

    private void root(TarEntry entry) throws IOException {
        if (entry.type() != EntryType.DIRECTORY) {
            throw new TarException(entry.path() + " would replace the root directory of the image");
        }
        describe(tree.root(), entry);
    }

    /** What layers below have under this name is no longer seen, as if the layer had a whiteout for it. */
    private void hide(TreeDirectory parent, RawPath name) throws IOException {
        marker(parent, EntryPath.markerOf(parent.path(), name));
    }

    private void marker(TreeDirectory parent, RawPath name) throws IOException {
        try {
            parent.open().create(name.bytes(), 0600).close();
            parent.changed();
        } catch (FileAlreadyExistsException e) {
            return; // of the same layer: nothing else can have such a name
        }
        marked.add(parent.path());
    }

    private void node(TarEntry entry, TreeDirectory parent, RawPath name) throws IOException {
        switch (entry.type()) {
            case DIRECTORY -> directory(entry, parent, name);
            case FILE -> file(entry, parent, name);
            case SYMLINK -> symlink(entry, parent, name);
            case HARD_LINK -> hardLink(entry, parent, name);
            case FIFO -> {
                replacing(parent, name, () -> parent.open().makeNode(name.bytes(), NodeType.FIFO, 0600, 0, 0));
                attributes.set(parent.open().attributesOf(name.bytes()), entry);
            }
            case CHARACTER_DEVICE, BLOCK_DEVICE -> device(entry, parent, name);
        }
    }

    private void directory(TarEntry entry, TreeDirectory parent, RawPath name) throws IOException {
        FileStatus old = null;
        try {
            parent.open().makeDirectory(name.bytes(), 0700);
        } catch (FileAlreadyExistsException e) {
            old = parent.open().find(name.bytes());
            if (old == null || !old.isDirectory()) {
                old = null;
                tree.remove(parent, name);
                hide(parent, name); // the earlier entry took the place of a directory below
                parent.open().makeDirectory(name.bytes(), 0700);
            }
        }
        TreeDirectory directory = tree.child(parent, name);
        if (old == null) {
            parent.changed();
            pending.remove(directory.path());
        } else {
            for (byte[] xattr : directory.attributes().xattrNames()) {
                if (XattrPolicy.allows(RawPath.of(xattr))) {
                    directory.attributes().removeXattr(xattr);
                }
            }
        }
        describe(directory, entry);
    }

    private void describe(TreeDirectory directory, TarEntry entry) throws IOException {
        implicit.remove(directory.inode());
        int mode = attributes.setOwnerAndXattrs(directory.attributes(), entry);
        directory.modeUnknown();
        directory.setFinalMode(mode);
        directory.setFinalTimes(EntryAttributes.accessed(entry), entry.modified());
    }

    private void madeImplicitly(TreeDirectory directory) throws IOException {
        if (pending.target(directory.path()) != null) {
            throw new TarException(directory.path() + " is no directory, but has an entry below it");
        }
        implicit.add(directory.inode());
        attributes.setOwnerOfImplicit(directory.attributes());
    }

    private void file(TarEntry entry, TreeDirectory parent, RawPath name) throws IOException {
        try (OpenFile file = create(parent, name)) {
            content.write(entry, file);
            attributes.set(file.attributes(), entry);
        }
        fileBytes += entry.size();
    }

    private OpenFile create(TreeDirectory parent, RawPath name) throws IOException {
        parent.changed();
        pending.remove(parent.childPath(name));
        try {
            return parent.open().create(name.bytes(), 0600);
        } catch (FileAlreadyExistsException e) {
            tree.remove(parent, name);
            return parent.open().create(name.bytes(), 0600);
        }
    }

    private void symlink(TarEntry entry, TreeDirectory parent, RawPath name) throws IOException {
        RawPath target = entry.link();
        if (target.length() == 0 || target.length() >= EntryPath.MAX_LENGTH || target.hasNul()) {
            throw new TarException(entry.path() + " is a symbolic link whose target has " + target.length()
                    + " bytes" + (target.hasNul() ? " and a NUL" : "") + "; it has 1 to "
                    + (EntryPath.MAX_LENGTH - 1));
        }
        replacing(parent, name, () -> parent.open().makeSymlink(name.bytes(), target.bytes()));
        attributes.set(parent.open().attributesOf(name.bytes()), entry);
    }

    private void device(TarEntry entry, TreeDirectory parent, RawPath name) throws IOException {
        if (entry.major() < 0 || entry.major() > MAX_MAJOR || entry.minor() < 0 || entry.minor() > MAX_MINOR) {
            throw new TarException(entry.path() + " has the device numbers " + entry.major() + ", " + entry.minor()
                    + ", which no device has");
        }
        NodeType type = entry.type() == EntryType.BLOCK_DEVICE ? NodeType.BLOCK_DEVICE : NodeType.CHARACTER_DEVICE;
        boolean made = options.devices();
        if (made) {
            try {
                replacing(
                        parent,
                        name,
                        () -> parent.open()
                                .makeNode(name.bytes(), type, 0600, (int) entry.major(), (int) entry.minor()));
                attributes.set(parent.open().attributesOf(name.bytes()), entry);
                hasWhiteoutDevices |= type == NodeType.CHARACTER_DEVICE && entry.major() == 0 && entry.minor() == 0;
            } catch (PosixException e) {
                if (!e.isNotPermitted()) {
                    throw e;
                }
                made = false;
            }
        }
        if (!made) {
            omissions.add(Omission.Kind.DEVICE, () -> entry.path().toString());
            leaveOut(parent, name);
        }
    }

    /** Makes nothing under a name; what lower layers have there is hidden all the same. */
    private void leaveOut(TreeDirectory parent, RawPath name) throws IOException {
        tree.remove(parent, name);
        hide(parent, name);
        pending.remove(parent.childPath(name));
        pending.put(parent.childPath(name), PendingLinks.LEFT_OUT);
    }

    private void hardLink(TarEntry entry, TreeDirectory parent, RawPath name) throws IOException {
        RawPath path = parent.childPath(name);
        List<RawPath> target = EntryPath.clean(entry.link(), entry.link().components());
        if (target.isEmpty() || entry.link().hasNul()) {
            throw new TarException(entry.path() + " is a hard link to " + (target.isEmpty() ? "the root" : "no name"));
        }
        RawPath targetName = target.get(target.size() - 1);
        parent.pin();
        try {
            RootedTree.Resolved resolved = tree.resolve(target.subList(0, target.size() - 1));
            RawPath targetPath = resolved.path().child(targetName);
            if (TreePath.isWithin(targetPath, path)) {
                throw new TarException(entry.path() + " is a hard link to itself, or to a file below itself");
            }
            RawPath elsewhere = pending.target(targetPath);
            TreeDirectory directory = resolved.exists() && elsewhere == null ? tree.made(resolved) : null;
            FileStatus status = directory == null ? null : directory.open().find(targetName.bytes());
            if (directory == null || status == null) {
                hardLinkElsewhere(entry, parent, name, elsewhere == null ? targetPath : elsewhere);
            } else if (status.isDirectory()) {
                throw new TarException(entry.path() + " is a hard link to " + targetPath + ", which is a directory");
            } else {
                directory.pin();
                try {
                    replacing(
                            parent,
                            name,
                            () -> parent.open().makeLink(name.bytes(), directory.open(), targetName.bytes()));
                } finally {
                    directory.unpin();
                }
            }
        } finally {
            parent.unpin();
        }
    }

    private void hardLinkElsewhere(TarEntry entry, TreeDirectory parent, RawPath name, RawPath target)
            throws IOException {
        if (target.equals(PendingLinks.LEFT_OUT)) {
            omissions.add(Omission.Kind.DEVICE, () -> entry.path().toString());
            leaveOut(parent, name);
            return;
        }
        tree.remove(parent, name);
        pending.remove(parent.childPath(name));
        pending.put(parent.childPath(name), target);
    }

    /** An operation that makes a name. */
    private interface Making {
        void run() throws IOException;
    }

    /** Makes a name, in place of what is there. */
    private void replacing(TreeDirectory parent, RawPath name, Making making) throws IOException {
        parent.changed();
        pending.remove(parent.childPath(name));
        try {
            making.run();
        } catch (FileAlreadyExistsException e) {
            tree.remove(parent, name);
            making.run();
        }
    }

    @Override
    public void close() throws IOException {
        content.close();
        tree.close();
    }
}
