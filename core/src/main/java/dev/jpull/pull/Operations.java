// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The operations of one puller that are under way, each on a thread of its own. Safe for use by several threads. */
final class Operations {
    private final EngineThreads threads;
    private final Set<Operation<?>> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Operations(EngineThreads threads) {
        this.threads = threads;
        // Requests wait for each other's threads: the one that lacks a thread may not be the one that notices.
        threads.onFailure(failure -> running.forEach(operation -> operation.endWith(failure)));
    }

    /**
     * Admits an operation; {@link #start} must follow.
     *
     * @throws IllegalStateException if the puller is closed
     */
    void enter(Operation<?> operation) {
        running.add(operation);
        try {
            requireOpen(); // after it is known to close(), which may run at the same time
        } catch (IllegalStateException e) {
            running.remove(operation);
            throw e;
        }
    }

    /**
     * Requires that the puller is open.
     *
     * @throws IllegalStateException if it is closed
     */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the puller is closed: build another one");
        }
    }

    /**
     * Starts an operation that was admitted.
     *
     * @param events delivers the events of the operation to the listeners before its outcome is visible
     */
    <T> void start(Operation<T> operation, List<EventPump> events, Operation.Work<T> work) {
        // A listener that calls the puller would wait for itself.
        List<EventPump> drained =
                events.stream().filter(each -> !each.isCurrent()).toList();
        Runnable leave = () -> {
            drained.forEach(EventPump::drain);
            running.remove(operation);
        };
        try {
            threads.start("jpull-pull", () -> operation.run(work, leave));
        } catch (Throwable e) { // no memory for a thread
            operation.fail(e, leave);
        }
    }

    /** Waits for what is under way, but no longer than to a {@link System#nanoTime()}. */
    void awaitEnd(long deadline) {
        for (Operation<?> operation : running) {
            operation.awaitEnd(deadline);
        }
    }

    /** Admits nothing more, and cancels what is under way. */
    void close() {
        closed = true;
        running.forEach(operation -> operation.cancel("was ended, because the puller was closed"));
    }
}
