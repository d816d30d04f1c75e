// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An open lock file, which all threads of this process share: the system's locks belong to the process, and all of them are lost
 * as soon as the process closes any descriptor of the file. So it is closed when no thread holds or waits for a lock, and not
 * while another class loader's copy of this class has one. Safe for use by several threads.
 */
final class LockFile {
    /**
     * The lock files that are open in this process. Static and mutable because POSIX locks belong to the process: two stores of two
     * engines on one directory have to share a descriptor, or the closing of one would free the locks of the other. Files that no
     * thread uses any more stay here while a copy of this class in another class loader has locks. Its monitor is the innermost: no
     * other lock is waited for and no network I/O is done under it. Threads that wait for a lock of this process wait on it.
     */
    @GuardedBy("OPEN")
    private static final Map<Key, LockFile> OPEN = new HashMap<>();

    private final Key key;
    private final FileChannel channel;
    /** The locks of this process by position. */
    @GuardedBy("OPEN")
    private final Map<Long, FileLock> held = new HashMap<>();

    /** How many locks this process has freed so far. */
    @GuardedBy("OPEN")
    private long freed;

    /** How many threads hold or wait for a lock of the file. */
    @GuardedBy("OPEN")
    private int users;

    /** The identity of a file, the same for every path to it. */
    private record Key(Object directory, String name) {
        /** Not generated: the first call of a generated one links method handles, which takes milliseconds of each small pull. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && name.equals(that.name) && directory.equals(that.directory);
        }

        @Override
        public int hashCode() {
            return directory.hashCode() * 31 + name.hashCode();
        }
    }

    private LockFile(Key key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** Opens the file, unless this process has it open; {@link #leave()} must follow. */
    static LockFile enter(StoreDirectory directory, String name) throws IOException {
        Object identity = directory.attributes().fileKey();
        Key key = new Key(identity == null ? directory.path().toAbsolutePath().normalize() : identity, name);
        synchronized (OPEN) {
            LockFile file = OPEN.get(key);
            if (file == null) {
                file = new LockFile(
                        key, directory.readWrite(name)); // never written to, because it may be another user's
                OPEN.put(key, file);
            }
            file.users++;
            return file;
        }
    }

    /** Takes a lock if it is free. */
    boolean tryLock(long position) throws IOException {
        synchronized (OPEN) {
            if (held.containsKey(position)) {
                return false;
            }
            try {
                FileLock lock = channel.tryLock(position, 1, false);
                if (lock != null) {
                    held.put(position, lock);
                }
                return lock != null;
            } catch (OverlappingFileLockException e) {
                return false; // a copy of this class has it
            }
        }
    }

    /** How many locks this process has freed so far, for {@link #awaitFreed}. */
    long freed() {
        synchronized (OPEN) {
            return freed;
        }
    }

    /** Waits until this process frees a lock, unless it has freed one since the number was taken, but not longer than some time. */
    void awaitFreed(long seen, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (OPEN) {
            for (long left = limit.toNanos(); freed == seen && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(OPEN, left);
            }
        }
    }

    void unlock(long position) throws IOException {
        synchronized (OPEN) {
            freed++;
            OPEN.notifyAll();
            FileLock lock = held.remove(position);
            if (lock != null) {
                lock.release();
            }
        }
    }

    void leave() throws IOException {
        synchronized (OPEN) {
            users--;
            if (users == 0 && !isUsedByCopy()) {
                OPEN.remove(key);
                channel.close();
            }
        }
    }

    @GuardedBy("OPEN")
    private boolean isUsedByCopy() throws IOException {
        if (!channel.isOpen()) {
            return false;
        }
        try {
            channel.tryLock(); // of the whole: freed by closing the file
            return false;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }
}
