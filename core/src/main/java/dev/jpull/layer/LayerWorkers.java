// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.ReadAheadStream;
import dev.jpull.error.PullCancelledException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

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
    private final ThreadPoolExecutor decoders;
    private final AtomicInteger busy = new AtomicInteger();

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
        // The processors are the limit, see ahead(); a thread that has just ended its work may live a moment longer.
        this.decoders = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = threads.newThread(task);
                    thread.setName("jpull-decode");
                    thread.setDaemon(true);
                    return thread;
                });
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
            executor.execute(() -> counted(task));
        } catch (RejectedExecutionException e) {
            throw new PullCancelledException("the puller is closed", e);
        }
    }

    private void counted(Runnable task) {
        busy.incrementAndGet();
        try {
            task.run();
        } finally {
            busy.decrementAndGet();
        }
    }

    /**
     * Reads a stream on a further thread, ahead of the one that uses it, if a processor is free for that; else returns the stream.
     *
     * @param content closed with the result
     */
    InputStream ahead(InputStream content) throws IOException {
        if (busy.get() >= Runtime.getRuntime().availableProcessors()) {
            return content;
        }
        try {
            return ReadAheadStream.start(content, task -> decoders.execute(() -> counted(task)));
        } catch (RejectedExecutionException e) {
            throw new PullCancelledException("the puller is closed", e);
        }
    }

    /** Starts no more tasks. Those that run or wait end with their pulls. */
    @Override
    public void close() {
        executor.shutdown(); // without interrupting: that would close files that are being read
        decoders.shutdown();
    }
}
