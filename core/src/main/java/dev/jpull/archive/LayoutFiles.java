// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.PullCancelledException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.store.ImageStore;
import dev.jpull.store.StoreUser;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Writes the files of an OCI layout, each of which has its name when it is complete and on the disk. For use by one thread.
 *
 * <p>A blob is copied by the kernel, which shares the blocks of both files where the file system can (Btrfs, XFS) and the Java
 * runtime uses copy_file_range (25 does, 17 does not). A hard link shares the file itself, so that a program that writes to one name
 * changes the other: it is made only when that was asked for, and of files that are read-only and belong to the user.
 */
final class LayoutFiles {
    private static final System.Logger LOGGER = System.getLogger(LayoutFiles.class.getName());
    private static final Set<PosixFilePermission> WRITE =
            Set.of(PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final ImageStore store;
    private final boolean link;
    private final boolean verify;
    private final BooleanSupplier cancelled;
    /** The directories with links that are not on the disk yet. */
    private final Set<Path> unflushed = new LinkedHashSet<>();

    private long linkedBytes;

    /**
     * A writer that has written nothing.
     *
     * @param store has the blobs
     * @param link whether blobs are linked where that is possible and safe
     * @param verify whether blobs are hashed
     * @param cancelled is asked often
     */
    LayoutFiles(ImageStore store, boolean link, boolean verify, BooleanSupplier cancelled) {
        this.store = store;
        this.link = link
                && store.root().getFileSystem().supportedFileAttributeViews().contains("posix");
        this.verify = verify;
        this.cancelled = cancelled;
    }

    /** Whether blobs are linked where that is possible, so that they need no room. */
    boolean links() {
        return link;
    }

    /** Whether the export was cancelled. */
    BooleanSupplier cancelled() {
        return cancelled;
    }

    /** Begins again: what was written is not kept. */
    void restart() {
        linkedBytes = 0;
        unflushed.clear();
    }

    /** How many bytes the blobs have that were linked. */
    long linkedBytes() {
        return linkedBytes;
    }

    /**
     * Writes a file; one with that name is replaced. The names of links are brought to the disk before index.json is, and not one by
     * one.
     *
     * @param layout the directory of the layout
     */
    void write(Path layout, ArchiveEntry entry) throws IOException {
        Path file = place(layout, entry);
        Path folder = Objects.requireNonNull(file.getParent());
        Descriptor blob = entry.blob();
        if (link && blob != null && linked(blob, file, entry)) {
            linkedBytes += blob.size();
            return;
        }
        if (blob == null) {
            flushLinks();
        }
        try (PartFile part = PartFile.in(folder)) {
            if (blob == null) {
                ArchiveOutput out = part.output();
                new ArchiveWriter(store, out, verify, cancelled).content(entry);
                out.flush();
            } else {
                copy(blob, part);
                if (verify && !PresentBlob.isContentOf(entry, part.channel(), cancelled)) {
                    throw ArchiveWriter.damaged(store, blob);
                }
            }
            part.publish(file);
        }
    }

    /**
     * Where an entry is in a layout. Its directories are made when they are not there; a link in their place could lead anywhere,
     * even into the store, and is refused as everything is that is no directory.
     */
    private static Path place(Path layout, ArchiveEntry entry) throws IOException {
        Path file = layout;
        for (Path name : layout.getFileSystem().getPath(entry.path())) {
            if (!file.equals(layout)) {
                requireDirectory(file);
            }
            file = file.resolve(name);
        }
        return file;
    }

    private static void requireDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            BasicFileAttributes attributes =
                    Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isDirectory()) {
                throw RegularFile.refusal(directory, attributes, "directory");
            }
        }
    }

    /** Whether an entry is there already; small ones and those that are to be verified are hashed. */
    boolean isThere(Path layout, ArchiveEntry entry) throws IOException {
        Path file = place(layout, entry);
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) { // anything else is replaced
                throw RegularFile.refusal(file, attributes, "regular file");
            }
            return attributes.isRegularFile()
                    && attributes.size() == entry.size()
                    && (!verify && entry.size() > PresentBlob.MAX_ALWAYS_HASHED || hasContent(file, entry));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private boolean hasContent(Path file, ArchiveEntry entry) throws IOException {
        return new PresentBlob(file, cancelled).hasContentOf(entry);
    }

    private void copy(Descriptor blob, PartFile part) throws IOException {
        try (FileChannel source = ArchiveWriter.open(store, blob)) {
            part.copy(source, blob.size(), cancelled);
        } catch (ClosedByInterruptException e) {
            throw new PullCancelledException("the export was interrupted", e);
        }
    }

    /** Links a blob; false when it has to be copied, as across file systems. */
    private boolean linked(Descriptor blob, Path file, ArchiveEntry entry) throws IOException {
        try {
            Files.createLink(file, store.pathOf(blob.digest()));
        } catch (FileAlreadyExistsException e) {
            return false; // what is there is not the content: a copy takes its place at once
        } catch (IOException | UnsupportedOperationException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "cannot link a blob, which is copied", e);
            return false;
        }
        boolean good = false;
        try {
            good = isReadOnly(file, entry.size()) && (!verify || hasContent(file, entry));
        } finally {
            if (!good) {
                Files.delete(file); // the store has the blob still
            }
        }
        if (good) {
            PartFile.flush(file);
            unflushed.add(Objects.requireNonNull(file.getParent()));
        }
        return good;
    }

    private void flushLinks() throws IOException {
        for (Path folder : unflushed) {
            PartFile.flush(folder);
        }
        unflushed.clear();
    }

    /** Whether a file belongs to this user, is regular, and no user may write to it. */
    private static boolean isReadOnly(Path file, long size) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.isRegularFile()
                && attributes.size() == size
                && StoreUser.owns(attributes)
                && Collections.disjoint(attributes.permissions(), WRITE);
    }
}
