// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.Posix;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The directories of snapshots in a store:
 *
 * <pre>
 * snapshots/of-NAME                           those of one user, mode 0700: the trees have set-user-ID programs
 * snapshots/of-NAME/FORM/DIGITS               a snapshot, by the first digits of its chain ID
 * snapshots/of-NAME/FORM/DIGITS/fs            its tree
 * snapshots/of-NAME/FORM/DIGITS/snapshot.json its {@link SnapshotRecord}
 * snapshots/of-NAME/work/NAME                 a snapshot on its way, or one that is being deleted
 * </pre>
 *
 * <p>A snapshot has the first 24 digits of its chain ID, so that a mount has room for 127 of them; the record has all. They are
 * opened one by one without following links, and what is in a directory that another user may write to is not used.
 *
 * @param store the store that they are in
 */
record SnapshotDirectories(ImageStore store) {
    /** The tree of a snapshot. */
    static final byte[] TREE = bytes("fs");

    /** The record of a snapshot. */
    static final byte[] RECORD = bytes("snapshot.json");

    private static final System.Logger LOGGER = System.getLogger(SnapshotDirectories.class.getName());
    private static final String OF_USER = "of-";
    private static final String SNAPSHOTS = "snapshots";
    private static final String WORK = "work";
    private static final int DIGITS = 24;
    private static final int PRIVATE = 0700;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_OTHERS = 022;

    /** The directory name of a snapshot. */
    static String nameOf(Digest chainId) {
        return chainId.hex().substring(0, DIGITS);
    }

    static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** Where the snapshots of this user are. */
    Path root() {
        return store.root().resolve(SNAPSHOTS).resolve(nameOfOwn());
    }

    /**
     * The name of this user's directory. One that belongs to this user counts, whatever name it has: the root of a user namespace
     * has another name than the user outside, and is the same user for the kernel.
     */
    private String nameOfOwn() {
        String usual = store.directoryOfUser();
        Path all = store.root().resolve(SNAPSHOTS);
        try {
            Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (!Files.isDirectory(all) || belongsTo(user, all.resolve(usual))) {
                return usual;
            }
            try (Stream<Path> each = Files.list(all)) {
                return each.map(path -> path.getFileName().toString())
                        .filter(name -> name.startsWith(OF_USER) && belongsTo(user, all.resolve(name)))
                        .min(Comparator.naturalOrder())
                        .orElse(usual);
            }
        } catch (IOException | UncheckedIOException | UnsupportedOperationException | IllegalArgumentException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the owners of the snapshots are not known", e);
            return usual;
        }
    }

    private static boolean belongsTo(Object user, Path directory) {
        try {
            return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && user.equals(Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the snapshots of a form are. */
    Path pathOf(Snapshotter form) {
        return root().resolve(form.label());
    }

    /** Whether this user may have any; finds out without system calls that need JNA. */
    boolean exist() {
        return Files.exists(root(), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Opens the snapshots of a form.
     *
     * @throws NoSuchFileException if there are none
     */
    OpenDirectory form(Snapshotter form) throws IOException {
        return open(form.label(), false);
    }

    /** Opens the snapshots of a form, for the first of them too. */
    OpenDirectory formOrNew(Snapshotter form) throws IOException {
        return open(form.label(), true);
    }

    /**
     * Opens the directory of what is on its way.
     *
     * @throws NoSuchFileException if nothing ever was
     */
    OpenDirectory work() throws IOException {
        return open(WORK, false);
    }

    /** The same, and makes it. */
    OpenDirectory workOrNew() throws IOException {
        return open(WORK, true);
    }

    private OpenDirectory open(String name, boolean make) throws IOException {
        try (OpenDirectory root = OpenDirectory.open(store.root());
                OpenDirectory all = common(child(root, SNAPSHOTS, make, 0777));
                OpenDirectory own = child(all, nameOfOwn(), make, PRIVATE)) {
            requireOwn(own);
            return child(own, name, make, PRIVATE);
        }
    }

    private OpenDirectory child(OpenDirectory parent, String name, boolean make, int mode) throws IOException {
        try {
            return parent.child(bytes(name));
        } catch (NoSuchFileException e) {
            if (!make) {
                throw e;
            }
        }
        try {
            parent.makeDirectory(bytes(name), mode);
        } catch (FileAlreadyExistsException e) {
            return parent.child(bytes(name)); // made meanwhile
        }
        if (store.flushes()) {
            parent.flush();
        }
        return parent.child(bytes(name));
    }

    /** The directory of all users. Where several users may write, its sticky bit must keep each from moving the directory of another. */
    private OpenDirectory common(OpenDirectory all) throws IOException {
        boolean protects = false;
        try {
            FileStatus status = all.attributes().status();
            if ((status.mode() & WRITABLE_BY_OTHERS) != 0 && (status.mode() & STICKY) == 0) {
                if (status.uid() != Posix.effectiveUser()) {
                    throw new StoreException(FailureDetails.of(
                                    root().getParent() + " may be written to by other users, "
                                            + "which could replace snapshots: its owner, user " + status.uid()
                                            + ", has to set the sticky bit (chmod +t), or choose another directory for the store")
                            .with(Remedy.OTHER_STORE));
                }
                all.attributes().setMode(status.mode() | STICKY);
            }
            protects = true;
            return all;
        } finally {
            if (!protects) {
                all.close();
            }
        }
    }

    private void requireOwn(OpenDirectory own) throws IOException {
        FileStatus status = own.attributes().status();
        if (status.uid() != Posix.effectiveUser() || (status.mode() & WRITABLE_BY_OTHERS) != 0) {
            throw new StoreException(FailureDetails.of(root() + " belongs to user " + status.uid() + " and has mode "
                            + Integer.toOctalString(status.mode())
                            + ", but must be this user's, and no other may write to it: remove it, or choose another"
                            + " directory for the store")
                    .with(Remedy.OTHER_STORE));
        }
    }
}
