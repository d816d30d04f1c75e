// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.StoreException;
import java.nio.file.Path;

/** One wait for the index lock, which has a limit because the lock is held for moments as a rule. For use by one thread. */
final class IndexWait implements StoreLock.StopCondition {
    private final Path root;
    private final LockLimits limits;
    private final WaitControl wait;
    private final long start = System.nanoTime();
    private boolean announced;

    IndexWait(Path root, LockLimits limits, WaitControl wait) {
        this.root = root;
        this.limits = limits;
        this.wait = wait;
    }

    @Override
    public boolean isMet(LockHolder holder) {
        long waited = System.nanoTime() - start;
        if (waited >= limits.index().toNanos()) {
            throw new StoreException("cannot change the index of the store " + root + ": for "
                    + limits.index().toSeconds() + " s it has been locked by " + holder.describe()
                    + ": let that process go on, or end it, and try again");
        }
        if (!announced && waited >= limits.announced().toNanos()) {
            announced = true;
            wait.waitsFor("waiting for " + holder.describe() + " that changes the index of the store " + root);
        }
        return wait.isCancelled();
    }
}
