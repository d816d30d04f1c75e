// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.PullCancelledException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that work on the content of layers, shared by the pulls of one engine. Layers are taken in the order in which their
 * downloads began, so that a worker waits only for bytes of a download that has begun: a pull ends with few workers as well.
 * Threads start when there is work and end when there is none. Safe for use by several threads.
 */
public final class LayerWorkers implements AutoCloseable {
    /** How many workers there are at most when nothing is said: more would take the processors from the downloads. */
    private static final int MOST = 4;

    private static final Duration IDLE = Duration.ofSeconds(5);

    private final ThreadPoolExecutor executor;

    /**
     * Workers that have not started.
     *
     * @param count how many layers are worked on at once, at least 1
     * @param threads makes the threads
     */
    public LayerWorkers(int count, ThreadFactory threads) {
        this.executor = new ThreadPoolExecutor(
                count, count, IDLE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = threads.newThread(task);
                    thread.setName("jpull-layer");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** One worker for each processor, within 1 and {@value #MOST}. */
    public static int defaultCount() {
        return Math.max(1, Math.min(MOST, Runtime.getRuntime().availableProcessors()));
    }

    /**
     * Runs a task when a worker is free.
     *
     * @throws PullCancelledException if the workers are closed
     */
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            throw new PullCancelledException("the puller is closed", e);
        }
    }

    /** Starts no more tasks. Those that run or wait end with their pulls. */
    @Override
    public void close() {
        executor.shutdown(); // without interrupting: that would close files that are being read
    }
}
