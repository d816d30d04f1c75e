// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Puts files into place so that a crash leaves the old state or the new one: write, flush, rename, flush the directory. The directory
 * of the blobs is flushed when an image gets its name, which is the first that relies on it. One for each store that is open. Safe
 * for use by several threads.
 */
final class StoreFiles {
    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    private final boolean flushes;
    private final Clock clock;
    /** Held during a flush in the background, so that such flushes do not compete for the disk; guards no fields. */
    private final ReentrantLock disk = new ReentrantLock(true);

    /**
     * The files of a store.
     *
     * @param flushes whether they are flushed; without, only a crash of the process is survived, and not one of the machine
     */
    StoreFiles(boolean flushes) {
        this(flushes, Clock.systemUTC());
    }

    /**
     * The same with another clock for the dates at which content was used.
     *
     * @param clock gives these dates
     */
    StoreFiles(boolean flushes, Clock clock) {
        this.flushes = flushes;
        this.clock = clock;
    }

    /** The date of what is used now. */
    Instant now() {
        return clock.instant();
    }

    /** Whether files are flushed. */
    boolean flushes() {
        return flushes;
    }

    /** Makes a directory and those that it is in, so that they last: a file in a directory that is lost is lost as well. */
    void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        if (parent != null) {
            flushDirectory(parent);
        }
    }

    /** Sees to it that what was written is on the disk. */
    void flush(FileChannel channel) throws IOException {
        if (flushes) {
            channel.force(true);
        }
    }

    /** The same, after the flushes of other files of the store that wait or run in the background. */
    void flushInTurn(FileChannel channel) throws IOException {
        disk.lock();
        try {
            flush(channel);
        } finally {
            disk.unlock();
        }
    }

    /** Brings to the disk which names a directory has. */
    void flush(StoreDirectory directory) throws IOException {
        if (flushes) {
            directory.force();
        }
    }

    private void flushDirectory(Path directory) throws IOException {
        if (flushes && !WINDOWS) { // Windows has no way to open a directory
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** The failure in words, with what to do. */
    static PullException failure(String action, Path path, IOException e) {
        return e instanceof ClosedByInterruptException
                ? new PullCancelledException("interrupted: could not " + action + " " + path, e)
                : new StoreException(FailureDetails.of("cannot " + action + " " + path + ": " + reason(path, e))
                        .causedBy(e)
                        .withRemedies(isUnusable(e) ? List.of(Remedy.OTHER_STORE) : List.of()));
    }

    /** A failure that does not occur with another directory. */
    static StoreException unusable(String message, @Nullable Throwable cause) {
        return new StoreException(FailureDetails.of(message).causedBy(cause).with(Remedy.OTHER_STORE));
    }

    private static boolean isUnusable(IOException e) {
        return e instanceof AccessDeniedException || e instanceof RegularFile.NotRegularException || isNoDirectory(e);
    }

    private static boolean isNoDirectory(IOException e) {
        return e instanceof NotDirectoryException
                || e instanceof FileAlreadyExistsException
                || !(e instanceof NoSuchFileException) && !isFull(e) && text(e).contains("Not a directory");
    }

    private static String reason(Path path, IOException e) {
        if (e instanceof AccessDeniedException denied) {
            String file = String.valueOf(denied.getFile());
            return (path.endsWith(file) ? "" : file + ": ")
                    + "permission denied: choose another directory for the store, or change the permissions";
        }
        if (e instanceof RegularFile.NotRegularException foreign) {
            String file = String.valueOf(foreign.getFile());
            return (file.equals(path.toString()) ? "" : file + ": ") + foreign.getReason()
                    + ": remove it, or choose another directory for the store";
        }
        if (isNoDirectory(e)) {
            return "it is a file, but must be a directory: choose another directory for the store";
        }
        if (e instanceof NoSuchFileException) {
            return "it is not there";
        }
        if (isFull(e)) {
            return "the disk is full: free some space, and run it again, which goes on where it ended";
        }
        return text(e);
    }

    /** Whether the disk takes no more. */
    static boolean isFull(IOException e) {
        String text = text(e);
        return text.contains("No space left") || text.contains("quota") || text.contains("not enough space");
    }

    private static String text(IOException e) {
        return e instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : String.valueOf(e.getMessage());
    }
}
