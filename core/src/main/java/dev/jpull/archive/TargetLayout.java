// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Writes images into a directory with an OCI layout (OCI image-spec, image-layout.md). One that is new is made beside and renamed;
 * one that is there gets the blobs that it lacks and then another index.json, in which images of other names stay.
 *
 * @param directory the directory
 * @param store the store with the blobs
 */
record TargetLayout(Path directory, ImageStore store) {
    /** What is there only in a store of jpull, whose index has other names and a lock. */
    private static final String INGEST = "ingest";

    /** The directory at a path. */
    static TargetLayout at(Path target, ImageStore store) {
        return new TargetLayout(target.toAbsolutePath().normalize(), store);
    }

    /**
     * What became of the directory.
     *
     * @param changed whether it did not have all that before
     * @param references what its index calls the images, in their order
     */
    record Outcome(boolean changed, List<String> references) {}

    /**
     * Requires that images can be written into a directory, as far as that shows now.
     *
     * @param store the directory of the store, which need not be there yet
     * @throws StoreException if they cannot be
     */
    static void requireUsable(Path target, Path store) {
        Path directory = target.toAbsolutePath().normalize();
        try {
            Path unused = parentOf(directory);
            requireOutside(directory, store);
            if (!isNew(directory)) {
                requireLayout(directory);
            }
        } catch (IOException e) {
            throw ExportFailure.of("write", directory, e);
        }
    }

    private static Path parentOf(Path directory) {
        Path parent = directory.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new StoreException("cannot write " + directory + ": the directory " + parent
                    + " is not there: make it first, or name another directory");
        }
        return parent;
    }

    private static StoreException isStore(Path directory) {
        return new StoreException("cannot export into " + directory
                + ": it is a store of jpull: name another directory, or import an archive there");
    }

    /** What a store and its directories have is changed by the store alone. */
    private static void requireOutside(Path directory, Path store) throws IOException {
        Path root = real(store.toAbsolutePath().normalize());
        Path real = real(directory);
        if (real.equals(root)) {
            throw isStore(directory);
        }
        if (real.startsWith(root)) {
            throw new StoreException("cannot export into " + directory + ": it is in the directory " + root
                    + ", which is a store of jpull: name another directory");
        }
    }

    /** A path without links, as far as what it leads to is there. */
    private static Path real(Path path) throws IOException {
        if (Files.exists(path)) {
            return path.toRealPath();
        }
        Path parent = path.getParent();
        return parent == null || !Files.exists(parent)
                ? path
                : parent.toRealPath().resolve(parent.relativize(path));
    }

    /**
     * Writes the images of a plan.
     *
     * @param files writes the files
     * @throws StoreException if the directory holds something else, or cannot be written to
     */
    Outcome write(ArchivePlan plan, LayoutFiles files) {
        try {
            Path parent = parentOf(directory);
            requireOutside(directory, store.root());
            if (isNew(directory)) {
                if (!files.links()) {
                    requireSpace(plan);
                }
                if (writeNew(parent, plan, files)) {
                    return new Outcome(true, plan.references());
                }
                files.restart();
            }
            requireLayout(directory);
            return add(plan, files);
        } catch (IOException e) {
            throw ExportFailure.of("write", directory, e);
        }
    }

    private static boolean isNew(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        if (!Files.isDirectory(directory)) {
            requireNoDevice(directory);
            throw new StoreException("cannot write " + directory + ": it is "
                    + RegularFile.describe(
                            directory,
                            Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS))
                    + ", but must be a directory: name another one, or an archive that ends in .tar");
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            return !names.iterator().hasNext() && !Files.isSymbolicLink(directory);
        }
    }

    /** Names such as /dev/stdout have no ending, and are devices or lead to pipes. */
    private static void requireNoDevice(Path directory) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(directory, BasicFileAttributes.class);
            if (attributes.isOther()) {
                throw new StoreException("cannot write " + directory + ": it is "
                        + RegularFile.describe(directory, attributes)
                        + ": write the archive to standard output (-o -), or name a file that ends in .tar");
            }
        } catch (NoSuchFileException e) {
            throw new StoreException(
                    "cannot write " + directory + ": it is a link that leads nowhere: name another directory", e);
        }
    }

    private static void requireLayout(Path directory) throws IOException {
        if (Files.exists(directory.resolve(INGEST))) {
            throw isStore(directory);
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            boolean empty = !names.iterator().hasNext();
            if (!empty && !Files.isRegularFile(directory.resolve(ArchivePaths.LAYOUT), LinkOption.NOFOLLOW_LINKS)) {
                throw new StoreException("cannot export into " + directory
                        + ": it holds other files and no OCI layout: name an empty directory, or a new one");
            }
        }
    }

    private void requireSpace(ArchivePlan plan) throws IOException {
        long free = Files.getFileStore(Objects.requireNonNull(directory.getParent()))
                .getUsableSpace();
        if (free > 0 && plan.fileSize() > free) {
            throw new StoreException("the disk of " + directory + " has " + free + " bytes left, but the images have "
                    + plan.fileSize() + ": free some space, or name a directory on another disk");
        }
    }

    /** False when another export has made the directory meanwhile. */
    private boolean writeNew(Path parent, ArchivePlan plan, LayoutFiles files) throws IOException {
        PartFile.sweep(parent);
        try (PartFile lock = PartFile.in(parent)) {
            return writeNew(Files.createDirectory(lock.directory()), parent, plan, files);
        }
    }

    private boolean writeNew(Path part, Path parent, ArchivePlan plan, LayoutFiles files) throws IOException {
        boolean done = false;
        try {
            files.write(part, ArchivePlan.layout());
            for (ArchiveEntry blob : ArchivePlan.blobs(plan.images())) {
                files.write(part, blob);
            }
            files.write(part, ArchiveEntry.made(ArchivePaths.INDEX, OciIndex.ofLayout(plan.images())));
            done = isMoved(part);
            if (done) {
                PartFile.flush(parent);
            }
            return done;
        } finally {
            if (!done) {
                LayoutRemoval.remove(part);
            }
        }
    }

    private boolean isMoved(Path part) throws IOException {
        try {
            Files.move(part, directory, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (FileSystemException e) {
            if (isNew(directory)) {
                throw e;
            }
            return false;
        }
    }

    /** Adds what is not there, when no other export writes to the directory. */
    private Outcome add(ArchivePlan plan, LayoutFiles files) throws IOException {
        try (LayoutLock lock = LayoutLock.of(directory, LayoutLock.LIMIT, files.cancelled())) {
            Path layout = directory.resolve(ArchivePaths.LAYOUT);
            boolean lacked = !Files.exists(layout, LinkOption.NOFOLLOW_LINKS);
            if (lacked) {
                files.write(directory, ArchivePlan.layout());
            }
            LayoutVersion.require(layout); // before the file is locked: closing it would free the lock
            return lock.run(layout, () -> addLocked(plan, files, lacked));
        }
    }

    private Outcome addLocked(ArchivePlan plan, LayoutFiles files, boolean lacked) throws IOException {
        boolean changed = lacked;
        for (ArchiveEntry blob : ArchivePlan.blobs(plan.images())) {
            if (!files.isThere(directory, blob)) {
                files.write(directory, blob);
                changed = true;
            }
        }
        byte[] before = index();
        MergedIndex merged = MergedIndex.of(before, plan.images());
        byte[] after = merged.content();
        if (!Arrays.equals(before, after)) {
            files.write(directory, ArchiveEntry.made(ArchivePaths.INDEX, after));
            changed = true;
        }
        return new Outcome(changed, merged.references());
    }

    private byte[] index() throws IOException {
        try {
            return RegularFile.read(
                    directory.resolve(ArchivePaths.INDEX), MergedIndex.MAX_SIZE, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }
}
