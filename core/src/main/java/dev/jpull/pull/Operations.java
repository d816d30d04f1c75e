// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.PullCancelledException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The operations of one puller that are under way, each on a thread of its own. Safe for use by several threads. */
final class Operations {
    private final EngineThreads threads;
    private final EventPump events;
    private final Set<Operation<?>> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Operations(EngineThreads threads, EventPump events) {
        this.threads = threads;
        this.events = events;
    }

    /**
     * Admits an operation; {@link #start} must follow.
     *
     * @throws PullCancelledException if the puller is closed
     */
    void enter(Operation<?> operation) {
        running.add(operation);
        if (closed) {
            running.remove(operation);
            throw new PullCancelledException("the puller is closed: build another one");
        }
    }

    /** Starts an operation that was admitted. */
    <T> void start(Operation<T> operation, Operation.Work<T> work) {
        // The listener would wait for itself when it calls the puller.
        boolean waits = !events.isCurrent();
        Runnable leave = () -> {
            if (waits) {
                events.drain();
            }
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
