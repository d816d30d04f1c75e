// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Operations that fail together: the first failure cancels the others. Safe for use by several threads. */
final class PullGroup<T> {
    @GuardedBy("this")
    private final List<Operation<T>> operations = new ArrayList<>();

    /** The operation that failed first. */
    @GuardedBy("this")
    private @Nullable Operation<T> failed;

    /** Adds an operation that is under way. */
    void add(Operation<T> operation) {
        synchronized (this) {
            operations.add(operation);
        }
        CompletableFuture<?> unused = operation.outcome().whenComplete((result, failure) -> {
            if (failure != null) {
                cancelBecauseOf(operation);
            }
        });
    }

    /** Whether an operation has failed. */
    synchronized boolean hasFailed() {
        return failed != null;
    }

    private void cancelBecauseOf(Operation<T> operation) {
        List<Operation<T>> others;
        synchronized (this) {
            if (failed != null) {
                return;
            }
            failed = operation;
            others = List.copyOf(operations);
        }
        others.forEach(each -> each.cancel("was cancelled, because another pull of the same call failed"));
    }

    /**
     * Waits until all have ended.
     *
     * @return their results in the order in which they were added
     * @throws dev.jpull.error.PullException the first failure
     */
    List<T> await() {
        List<Operation<T>> all;
        synchronized (this) {
            all = List.copyOf(operations);
        }
        List<T> results = new ArrayList<>();
        try {
            all.forEach(each -> results.add(each.await()));
            return results;
        } catch (RuntimeException e) {
            all.forEach(each -> each.cancel("was cancelled, because another pull of the same call failed"));
            long deadline = System.nanoTime() + Operation.GRACE.toNanos(); // one for all, whatever their number
            all.forEach(each -> each.awaitEnd(deadline));
            Operation<T> first;
            synchronized (this) {
                first = failed;
            }
            if (first != null) {
                T unexpected = first.await();
                throw new IllegalStateException("the failed operation gave " + unexpected, e);
            }
            throw e;
        }
    }
}
