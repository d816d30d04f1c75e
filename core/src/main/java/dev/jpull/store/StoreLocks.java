// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.PullCancelledException;
import dev.jpull.image.Digest;
import java.io.IOException;
import java.util.Optional;

/**
 * The locks of a store, which hold between threads, engines and processes. There are three kinds, and they are taken in this
 * order:
 *
 * <ol>
 *   <li>The <b>ingest lock</b> of a blob, held from the first to the last byte of its transfer: seconds to hours, with network
 *       I/O. A thread holds one at a time, and waits for no second one.
 *   <li>The <b>index lock</b>, held while index.json is read, changed and written, and while a clean-up deletes blobs: moments,
 *       without network I/O. A pull that names its image looks for its blobs under this lock, and a clean-up deletes blobs under
 *       it, so that a named image is complete.
 *   <li>The <b>snapshot locks</b> ({@link SnapshotLocks}). The lock of a chain ID is held while its layer is unpacked, so that two
 *       processes do not both do it; whether a snapshot is right does not depend on it. It is waited for a limited time, and by
 *       threads without any other lock. What is on its way has a lock as well, which is never waited for: a clean-up
 *       takes it to find out whether the process that made it has ended.
 * </ol>
 *
 * <p>A thread with the index lock never waits for an ingest lock: the transfer of another process could hold it for hours. The
 * sweep of old files only tries ingest locks, and only after the index lock is free. Inside both is the monitor of
 * {@link LockFile}, which threads give up while they wait for a lock.
 *
 * @param tree the directories of the store
 * @param limits how long locks are waited for
 */
record StoreLocks(StoreTree tree, LockLimits limits) {
    private static final String INGEST_LOCKS = "blobs.lock";
    private static final String INDEX_LOCK = "index.lock";
    /** Digits of a digest that make the position of its lock; as many as a positive number has room for. */
    private static final int LOCK_DIGITS = 15;

    /**
     * Waits for the ingest lock of a blob.
     *
     * @param stop ends the wait
     * @return the lock, or empty when the wait was ended
     */
    Optional<StoreLock> ingest(Digest digest, StoreLock.StopCondition stop) throws IOException {
        long position = Long.parseLong(digest.hex().substring(0, LOCK_DIGITS), 16);
        return StoreLock.acquire(tree.locks(), INGEST_LOCKS, position, stop);
    }

    /**
     * Waits for the index lock.
     *
     * @param wait ends the wait, and is told about it
     * @throws PullCancelledException if the wait was ended
     */
    StoreLock index(WaitControl wait) throws IOException {
        StoreDirectory ingest = tree.make(StoreLayout.INGEST);
        return StoreLock.acquire(ingest, INDEX_LOCK, 0, new IndexWait(tree.root(), limits, wait))
                .orElseThrow(() -> new PullCancelledException("cancelled while waiting for the index of the store"));
    }
}
