// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.PullCancelledException;
import dev.jpull.file.RegularFile;
import dev.jpull.store.BackgroundSync;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * A file that is written beside the one whose place it takes: until then, and after a kill, the old one is there. Its name is its
 * own and no name of an archive; it is locked while it is written, so that a later export finds and deletes what a killed one left.
 * For use by one thread.
 */
final class PartFile implements Closeable {
    private static final System.Logger LOGGER = System.getLogger(PartFile.class.getName());
    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");
    private static final String PREFIX = ".jpull-export-";
    private static final String SUFFIX = ".part";
    /** What the name of a directory has behind that of the file whose lock says that it is being written. */
    private static final String DIRECTORY = ".d";
    /** A multiple of the blocks of file systems, so that these can be shared. */
    private static final long COPIED_AT_ONCE = 16 << 20;
    /** How many names of a directory are looked at for leftovers. */
    private static final int MOST_NAMES = 10_000;
    /**
     * The names of the files that this process writes. Static and mutable because the locks of POSIX belong to the process, and are
     * lost when any thread closes the file: a thread must not open what another thread writes to see whether it was left.
     */
    private static final Set<String> WRITTEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;
    private final BackgroundSync sync;
    private boolean published;

    private PartFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
        this.sync = BackgroundSync.of(channel);
    }

    /** Makes a file in a directory. */
    static PartFile in(Path directory) throws IOException {
        String name = PREFIX + UUID.randomUUID() + SUFFIX;
        Path path = directory.resolve(name);
        WRITTEN.add(name);
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException | RuntimeException | Error e) {
            WRITTEN.remove(name);
            throw e;
        }
        PartFile part = new PartFile(path, channel);
        try {
            FileLock held = channel.tryLock();
            LOGGER.log(System.Logger.Level.TRACE, "locked: {0}", held);
            return part;
        } catch (IOException e) {
            // Without locks, as on some network disks, leftovers are not found: the export goes on.
            LOGGER.log(System.Logger.Level.DEBUG, "cannot lock an unfinished archive", e);
            return part;
        }
    }

    /** A name for an unfinished directory beside this file, which is closed after it has another name. */
    Path directory() {
        return path.resolveSibling(path.getFileName() + DIRECTORY);
    }

    /** Deletes the unfinished files and directories that ended exports of this user have left in a directory. */
    static void sweep(Path directory) {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            int seen = 0;
            for (Path each : names) {
                if (++seen > MOST_NAMES) {
                    return;
                }
                String name = String.valueOf(each.getFileName());
                if (name.startsWith(PREFIX) && name.endsWith(SUFFIX)) {
                    deleteIfLeft(each);
                } else if (name.startsWith(PREFIX) && name.endsWith(SUFFIX + DIRECTORY)) {
                    deleteDirectoryIfLeft(each);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "cannot look for unfinished archives", e);
        }
    }

    private static boolean isWritten(Path file) {
        return WRITTEN.contains(String.valueOf(file.getFileName()));
    }

    private static void deleteIfLeft(Path file) {
        if (isWritten(file) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (FileChannel other = FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = other.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(file);
            }
        } catch (OverlappingFileLockException e) {
            LOGGER.log(System.Logger.Level.TRACE, "an export of another class loader writes it", e);
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "cannot delete an unfinished archive", e);
        }
    }

    /**
     * Deletes a directory whose file is not there or not locked. Only one of the same user, in which others cannot put links while
     * it is deleted.
     */
    private static void deleteDirectoryIfLeft(Path directory) {
        String name = String.valueOf(directory.getFileName());
        Path file = directory.resolveSibling(name.substring(0, name.length() - DIRECTORY.length()));
        if (isWritten(file)) {
            return;
        }
        deleteIfLeft(file);
        try (PartFile own = in(Objects.requireNonNull(directory.toAbsolutePath().getParent()))) {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own.path))) {
                LayoutRemoval.remove(directory);
            }
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "cannot delete an unfinished directory", e);
        }
    }

    /** The file itself. */
    FileChannel channel() {
        return channel;
    }

    /** Where the bytes go; they are brought to the disk while others are still copied. */
    ArchiveOutput output() {
        return ArchiveOutput.of(this::write);
    }

    /** The same as a stream. */
    OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                PartFile.this.write(ByteBuffer.wrap(bytes, offset, length));
            }
        };
    }

    private void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        sync.note(count);
    }

    /**
     * Appends the content of another file, by the system alone.
     *
     * @param count how many bytes that file has
     * @param cancelled is asked now and then
     */
    void copy(FileChannel source, long count, BooleanSupplier cancelled) throws IOException {
        long done = 0;
        while (done < count) {
            if (cancelled.getAsBoolean()) {
                throw new PullCancelledException("the export was cancelled");
            }
            long copied = source.transferTo(done, Math.min(COPIED_AT_ONCE, count - done), channel);
            if (copied <= 0) {
                throw new IOException("the blob became shorter while it was read");
            }
            done += copied;
            sync.note((int) copied);
        }
    }

    /** Where it is as long as it is unfinished. */
    Path path() {
        return path;
    }

    /** Begins again. */
    void restart() throws IOException {
        sync.finish();
        channel.truncate(0);
        channel.position(0);
    }

    /** Brings the bytes to the disk, and gives the file its name; another file with that name is replaced. */
    void publish(Path name) throws IOException {
        sync.finish();
        channel.force(true);
        if (WINDOWS) {
            channel.close(); // an open file cannot be renamed there
        }
        try {
            Files.move(path, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the disk cannot rename files at once", e);
        }
        published = true;
        flush(Objects.requireNonNull(name.toAbsolutePath().getParent()));
    }

    /** Brings to the disk what a file holds, or which names a directory has. */
    static void flush(Path path) throws IOException {
        if (!WINDOWS) { // Windows has no way to open a directory
            try (FileChannel open = FileChannel.open(path, StandardOpenOption.READ)) {
                open.force(true);
            }
        }
    }

    /**
     * Requires that a file can be replaced.
     *
     * @throws RegularFile.NotRegularException if it is no regular file
     */
    static void requireReplaceable(Path name) throws IOException {
        if (Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
            RegularFile.require(name, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Deletes the file, unless it has its name. */
    @Override
    public void close() throws IOException {
        try (channel) {
            sync.finish();
        } finally {
            WRITTEN.remove(String.valueOf(path.getFileName()));
            if (!published) {
                Files.deleteIfExists(path);
            }
        }
    }
}
