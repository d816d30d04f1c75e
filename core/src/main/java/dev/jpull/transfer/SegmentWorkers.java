// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of segment workers, which fetch parts of a blob over connections of their own, beside the download of the blob. The
 * {@link ConnectionBudget} is their limit. Shared by all pulls of one engine; safe for use by several threads.
 */
public final class SegmentWorkers implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(SegmentWorkers.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(2);

    private final ConnectionBudget connections;
    private final boolean spread;
    private final SlotScheduler slots;
    private final ThreadPoolExecutor executor;

    /**
     * Starts no thread before it is needed.
     *
     * @param spread whether blobs are fetched from all capable endpoints at once, instead of from the first that serves them
     */
    public SegmentWorkers(ConnectionBudget connections, boolean spread) {
        this(connections, spread, new SlotScheduler(() -> 1, System::nanoTime), Thread::new);
    }

    /**
     * Starts no thread before it is needed.
     *
     * @param spread whether blobs are fetched from all capable endpoints at once, instead of from the first that serves them
     * @param slots the downloads, which come before workers
     * @param threads makes the threads
     */
    SegmentWorkers(ConnectionBudget connections, boolean spread, SlotScheduler slots, ThreadFactory threads) {
        this.connections = connections;
        this.spread = spread;
        this.slots = slots;
        this.executor = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = threads.newThread(task);
                    thread.setName("jpull-segment");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** The connections that downloads and workers share. */
    ConnectionBudget connections() {
        return connections;
    }

    /** Whether blobs are fetched from all capable endpoints at once. */
    boolean isSpread() {
        return spread;
    }

    /** Into how many parts a large blob is divided from the start, so that each connection gets one; at least 1. */
    int parts() {
        return connections.shareOf(slots.tasks());
    }

    /** Runs a worker on a thread of its own. Returns whether it starts: none does after {@link #close}. */
    boolean start(Runnable worker) {
        try {
            executor.execute(worker);
            return true;
        } catch (RejectedExecutionException e) {
            LOGGER.log(System.Logger.Level.TRACE, "closed", e);
            return false;
        } catch (OutOfMemoryError e) { // the download goes on without it
            LOGGER.log(System.Logger.Level.WARNING, "no thread could be started for a part of a blob", e);
            return false;
        }
    }

    /** Starts no more workers; those at work end with their downloads. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
