// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Digest;
import dev.jpull.text.ForeignText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * The locks of the snapshots of one user in a store, by name; they hold between threads, engines and processes and are free again
 * when the process ends in any way. {@link StoreLocks} says how they go with other locks. Safe for use by several threads.
 */
public final class SnapshotLocks {
    private static final String FILE = "snapshots.lock";
    private static final int LOCK_DIGITS = 15;

    private final StoreTree tree;
    private final LockLimits limits;

    /** The locks in a store. */
    public SnapshotLocks(ImageStore store) {
        this.tree = store.tree();
        this.limits = store.locks().limits();
    }

    /**
     * Takes a lock if it is free.
     *
     * @return the lock, which is free again when it is closed; empty when it is not free
     */
    public Optional<Closeable> tryLock(String name) throws IOException {
        return acquire(name, holder -> true);
    }

    /**
     * Waits for a lock, for a limited time.
     *
     * @param what is made under it, for messages: {@code the snapshot of layer 2 of 5 …}
     * @param limit the longest wait
     * @param wait ends the wait, and is told about it
     * @return the lock, which is free again when it is closed; empty after the limit, or when the wait was ended
     */
    public Optional<Closeable> lock(String name, String what, Duration limit, WaitControl wait) throws IOException {
        long start = System.nanoTime();
        boolean[] announced = new boolean[1];
        return acquire(name, holder -> {
            long waited = System.nanoTime() - start;
            if (!announced[0] && waited >= limits.announced().toNanos()) {
                announced[0] = true;
                wait.waitsFor("waiting for " + holder.describe() + " that makes " + ForeignText.line(what));
            }
            return waited >= limit.toNanos() || wait.isCancelled();
        });
    }

    private Optional<Closeable> acquire(String name, StoreLock.StopCondition stop) throws IOException {
        String hex = Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).hex();
        long position = Long.parseLong(hex.substring(0, LOCK_DIGITS), 16);
        return StoreLock.acquire(tree.locks(), FILE, position, stop).map(lock -> lock);
    }
}
