// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.StoreException;
import dev.jpull.text.ForeignText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Lets one export at a time write to a directory with an OCI layout: one thread of this process, and then one process, by a lock of
 * the file {@code oci-layout}.
 */
final class LayoutLock implements Closeable {
    private static final System.Logger LOGGER = System.getLogger(LayoutLock.class.getName());

    /** How long another export is waited for: the copy of a large image takes minutes. */
    static final Duration LIMIT = Duration.ofMinutes(10);

    private static final Duration POLL = Duration.ofMillis(25);

    /**
     * The directories that this process writes to. Static and mutable because the locks of POSIX belong to the process, and are
     * lost when any thread closes the file: a thread opens the file only when no other thread has it open.
     */
    @GuardedBy("WRITTEN")
    private static final Set<Object> WRITTEN = new HashSet<>();

    private final Path directory;
    private final Object key;
    private final BooleanSupplier cancelled;
    private final long deadline;
    private final Duration limit;

    private LayoutLock(Path directory, Object key, Duration limit, BooleanSupplier cancelled) {
        this.directory = directory;
        this.key = key;
        this.limit = limit;
        this.cancelled = cancelled;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /**
     * Waits until no other thread of this process writes to a directory.
     *
     * @param limit how long
     * @param cancelled is asked often
     * @throws StoreException if another export writes to it for longer
     * @throws PullCancelledException if the wait was cancelled or interrupted
     */
    static LayoutLock of(Path directory, Duration limit, BooleanSupplier cancelled) throws IOException {
        Object key = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        LayoutLock lock = new LayoutLock(directory, key == null ? directory.toRealPath() : key, limit, cancelled);
        synchronized (WRITTEN) {
            while (!WRITTEN.add(lock.key)) {
                lock.pause();
            }
        }
        return lock;
    }

    /** What is done while the file is locked. */
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Waits until no other process writes to the directory, and does some work.
     *
     * @param file the file that is locked
     */
    <T> T run(Path file, Work<T> work) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = await(channel)) {
            LOGGER.log(System.Logger.Level.TRACE, "locked: {0}", lock);
            return work.run();
        }
    }

    private FileLock await(FileChannel channel) throws IOException {
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                LOGGER.log(System.Logger.Level.TRACE, "a copy of this class in another class loader has the lock", e);
            }
            synchronized (WRITTEN) {
                pause();
            }
        }
    }

    @GuardedBy("WRITTEN")
    private void pause() {
        requireTime();
        try {
            TimeUnit.NANOSECONDS.timedWait(WRITTEN, POLL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("interrupted while another export writes to " + shown(), e);
        }
    }

    private void requireTime() {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("cancelled while another export writes to " + shown());
        }
        if (System.nanoTime() - deadline > 0) {
            throw new StoreException("another export writes to " + shown() + " for longer than " + limit.toSeconds()
                    + " s: export again when that has ended");
        }
    }

    private String shown() {
        return ForeignText.message(directory.toString());
    }

    @Override
    public void close() {
        synchronized (WRITTEN) {
            WRITTEN.remove(key);
            WRITTEN.notifyAll();
        }
    }
}
