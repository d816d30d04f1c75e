// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.http.Cancellation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs many operations, some of them at a time. For use by one thread.
 *
 * @param size how many run at the same time, at least 1
 * @param keepGoing whether the others go on when one has failed
 * @param cancellation ends all of them
 */
public record OperationWindow(int size, boolean keepGoing, Cancellation cancellation) {
    private static final long LOOK_MILLIS = 50;

    /**
     * How an operation ended: with a value, or with a failure.
     *
     * @param value the result, or null
     * @param failure why there is none, or null
     */
    public record Outcome<T>(@Nullable T value, @Nullable PullException failure) {}

    /**
     * Runs operations. None runs any more when this method has returned.
     *
     * @param starts start the operations
     * @return how each one ended, in the order in which they were given
     * @throws PullException the first failure, unless the others go on; or when all were cancelled
     */
    public <T> List<Outcome<T>> run(List<Supplier<Operation<T>>> starts) {
        return new Run<>(starts).outcomes();
    }

    /** One run. */
    private final class Run<T> {
        private final List<Supplier<Operation<T>>> starts;
        private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
        private final Map<Integer, Operation<T>> running = new HashMap<>();
        private final Map<Integer, Outcome<T>> outcomes = new HashMap<>();
        private @Nullable PullException first;
        private boolean stopped;

        Run(List<Supplier<Operation<T>>> starts) {
            this.starts = starts;
        }

        List<Outcome<T>> outcomes() {
            int next = 0;
            while (next < starts.size() && !stopped || !running.isEmpty()) {
                while (next < starts.size() && !stopped && running.size() < size) {
                    start(next++);
                }
                take();
            }
            if (cancellation.isCancelled()) {
                throw new PullCancelledException("the call was cancelled");
            }
            if (first != null) {
                throw first;
            }
            List<Outcome<T>> ordered = new ArrayList<>();
            for (int i = 0; i < starts.size(); i++) {
                ordered.add(outcomes.getOrDefault(i, new Outcome<>(null, null)));
            }
            return ordered;
        }

        private void start(int position) {
            Operation<T> operation = starts.get(position).get();
            running.put(position, operation);
            CompletableFuture<?> unused = operation.outcome().whenComplete((value, failure) -> ended.add(position));
        }

        private void take() {
            Integer position = next();
            if (cancellation.isCancelled()) {
                stop("was cancelled");
            }
            Operation<T> operation = position == null ? null : running.remove(position);
            if (operation == null) {
                return;
            }
            try {
                outcomes.put(position, new Outcome<>(operation.await(), null));
            } catch (PullException e) {
                outcomes.put(position, new Outcome<>(null, e));
                if (!keepGoing && first == null && !stopped) {
                    first = e;
                    stop("was cancelled, because another image of the list failed");
                }
            }
        }

        private @Nullable Integer next() {
            try {
                return ended.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stop("was interrupted");
                throw new PullCancelledException("the call was interrupted", e);
            }
        }

        private void stop(String how) {
            stopped = true;
            running.values().forEach(each -> each.cancel(how));
        }
    }
}
