// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Writes archives into a file. One that has the same content already is left alone.
 *
 * @param file the file; a link that the user named was followed
 * @param compression how it is compressed
 */
record TargetFile(Path file, ArchiveCompression compression) {
    private static final int BUFFER = 256 << 10;

    /**
     * What became of a file.
     *
     * @param bytes how many bytes it has
     * @param unchanged whether it had that content before
     */
    record Outcome(long bytes, boolean unchanged) {}

    /** Something else than an archive was read from a file. */
    private static final class DifferentException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * The file at a path; when it is a link, the file that it leads to.
     *
     * @throws StoreException if no archive can be there
     */
    static TargetFile at(Path target, ArchiveCompression compression) {
        try {
            Path absolute = target.toAbsolutePath();
            Path file = Files.isSymbolicLink(absolute) ? absolute.toRealPath() : absolute;
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                RegularFile.require(file, LinkOption.NOFOLLOW_LINKS);
            }
            Path parent = file.getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new StoreException("cannot write " + target + ": the directory " + parent
                        + " is not there: make it first, or name another file");
            }
            return new TargetFile(file, compression);
        } catch (NoSuchFileException e) {
            throw new StoreException(
                    "cannot write " + target + ": it is a link that leads nowhere: name another file", e);
        } catch (IOException e) {
            throw ExportFailure.of("write", target, e);
        }
    }

    /** Writes an archive. */
    Outcome write(ArchivePlan plan, ImageStore store, boolean verify, BooleanSupplier cancelled) {
        try {
            if (hasContentOf(plan, store, cancelled)) {
                return new Outcome(plan.archiveSize(), true);
            }
            requireSpace(plan);
            try (PartFile part = begin();
                    ArchiveSink sink = ArchiveSink.to(part, compression)) {
                new ArchiveWriter(store, sink.output(), verify, cancelled).entries(plan.entries());
                return finish(part, sink);
            }
        } catch (IOException e) {
            throw ExportFailure.of("write", file, e);
        }
    }

    /** A file that takes the place of this one later; what ended exports have left beside it is deleted. */
    PartFile begin() throws IOException {
        Path directory = Objects.requireNonNull(file.getParent());
        PartFile.sweep(directory);
        return PartFile.in(directory);
    }

    /** Gives a file to which everything was written its name, unless the one that is there has the same content. */
    Outcome finish(PartFile part, ArchiveSink sink) throws IOException {
        sink.finish();
        long bytes = part.channel().size();
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == bytes
                && Files.mismatch(part.path(), file) < 0) {
            return new Outcome(bytes, true);
        }
        part.publish(file);
        return new Outcome(bytes, false);
    }

    /** Whether the file has the content that is to be written; the first difference ends the search. */
    private boolean hasContentOf(ArchivePlan plan, ImageStore store, BooleanSupplier cancelled) throws IOException {
        if (compression != ArchiveCompression.NONE
                || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || Files.size(file) != plan.archiveSize()) {
            return false;
        }
        try (FileChannel there = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer read = ByteBuffer.allocateDirect(BUFFER);
            ArchiveOutput comparison = ArchiveOutput.of(bytes -> compare(bytes, there, read));
            new ArchiveWriter(store, comparison, false, cancelled).entries(plan.entries());
            return true;
        } catch (DifferentException e) {
            return false;
        }
    }

    private static void compare(ByteBuffer bytes, FileChannel there, ByteBuffer read) throws IOException {
        read.clear().limit(bytes.remaining());
        while (read.hasRemaining()) {
            if (there.read(read) < 0) {
                throw new DifferentException();
            }
        }
        if (!read.flip().equals(bytes)) {
            throw new DifferentException();
        }
        bytes.position(bytes.limit());
    }

    private void requireSpace(ArchivePlan plan) throws IOException {
        long free = Files.getFileStore(Objects.requireNonNull(file.getParent())).getUsableSpace();
        if (compression == ArchiveCompression.NONE && free > 0 && plan.archiveSize() > free) {
            throw new StoreException("the disk of " + file + " has " + free + " bytes left, but the archive has "
                    + plan.archiveSize() + ": free some space, or name a file on another disk");
        }
    }
}
