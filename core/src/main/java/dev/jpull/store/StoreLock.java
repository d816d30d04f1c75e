// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.PullCancelledException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lock that holds between threads, engines and processes, and that is free again when the process ends in any way. Its
 * file stays, because a lock on a file that was deleted excludes no other process; each lock is one byte of it, so that one file
 * has room for any number of them. While the lock is held, a file beside it is named after its holder.
 */
final class StoreLock implements Closeable {
    private static final System.Logger LOGGER = System.getLogger(StoreLock.class.getName());
    /** How often a lock of another process is tried; one of this process is tried when it is freed. */
    private static final Duration POLL = Duration.ofMillis(25);

    private final StoreDirectory directory;
    private final LockFile file;
    private final long position;
    private final @Nullable String mark;

    private StoreLock(StoreDirectory directory, LockFile file, long position, @Nullable String mark) {
        this.directory = directory;
        this.file = file;
        this.position = position;
        this.mark = mark;
    }

    /** Decides, at every poll, whether a wait ends without the lock. */
    interface StopCondition {
        /**
         * Whether to wait no longer.
         *
         * @param holder finds out which process has the lock
         */
        boolean isMet(LockHolder holder) throws IOException;
    }

    /**
     * Waits for a lock.
     *
     * @param directory where the lock file is; closed with the lock, or when there is none
     * @param name the lock file
     * @param position which of its locks
     * @return the lock, or empty when the waiting was ended
     */
    static Optional<StoreLock> acquire(StoreDirectory directory, String name, long position, StopCondition stop)
            throws IOException {
        LockFile file = null;
        boolean acquired = false;
        try {
            file = LockFile.enter(directory, name);
            LockHolder holder = new LockHolder(directory, name, position);
            long freed = file.freed();
            while (!file.tryLock(position)) {
                if (stop.isMet(holder)) {
                    return Optional.empty();
                }
                pause(file, freed);
                freed = file.freed();
            }
            acquired = true;
            return Optional.of(new StoreLock(directory, file, position, holder.mark()));
        } finally {
            if (!acquired) {
                leave(directory, file);
            }
        }
    }

    private static void leave(StoreDirectory directory, @Nullable LockFile file) throws IOException {
        try (directory) {
            if (file != null) {
                file.leave();
            }
        }
    }

    private static void pause(LockFile file, long freed) {
        try {
            file.awaitFreed(freed, POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("interrupted while waiting for another pull", e);
        }
    }

    @Override
    public void close() throws IOException {
        try (directory) {
            if (mark != null) {
                unmark(mark);
            }
        } finally {
            try {
                file.unlock(position);
            } finally {
                file.leave();
            }
        }
    }

    /** Only a message depends on the mark: what another user has put in its place fails nothing. */
    private void unmark(String name) {
        try {
            directory.deleteIfExists(name);
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "cannot delete the file that names the holder of a lock", e);
        }
    }
}
