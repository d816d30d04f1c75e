// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that move content, as many as downloads may run at once. Shared by all pulls of one engine, each of which gets
 * its share; safe for use by several threads. Threads start when there is work and end when there is none.
 */
public final class TransferPool implements AutoCloseable {
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final long REBALANCE_MILLIS = 250;

    private final ThreadPoolExecutor executor;
    private final SlotScheduler slots;
    private final SegmentWorkers workers;

    /** Something that takes a slot while it runs. */
    @FunctionalInterface
    public interface Task<T> {
        /**
         * Runs; is run again, with another slot, after it has given one back.
         *
         * @throws SlotPreemptedException if it has given the slot back before it was through
         */
        T run(DownloadSlot slot) throws SlotPreemptedException;
    }

    /**
     * A pool.
     *
     * @param connections how many downloads may run at once, and how many connections they may use
     * @param spread whether blobs are fetched from all capable hosts at once
     */
    public TransferPool(ConnectionBudget connections, boolean spread) {
        this(connections, spread, Thread::new);
    }

    /**
     * A pool.
     *
     * @param connections how many downloads may run at once, and how many connections they may use
     * @param spread whether blobs are fetched from all capable hosts at once
     * @param threads makes the threads
     */
    public TransferPool(ConnectionBudget connections, boolean spread, ThreadFactory threads) {
        this.slots = new SlotScheduler(connections::downloads, System::nanoTime);
        this.workers = new SegmentWorkers(connections, spread, slots, threads);
        connections.addListener(slots::dispatch);
        // The slots are the limit; a thread that has just given its slot back may live a moment longer.
        this.executor = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = threads.newThread(task);
                    thread.setName("jpull-transfer");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** The workers that fetch pieces of downloads on further connections. */
    public SegmentWorkers workers() {
        return workers;
    }

    /**
     * Runs tasks, and returns their results in the order of the tasks. The first failure ends all of them; no task runs any
     * more when this method has returned, unless its thread was interrupted.
     *
     * @param cancellation is cancelled at the first failure, and when the calling thread is interrupted
     */
    public <T> List<T> runAll(List<? extends Task<T>> tasks, Cancellation cancellation) {
        SlotScheduler.Share share = slots.open();
        BlockingQueue<Outcome<T>> ended = new LinkedBlockingQueue<>();
        SortedMap<Integer, T> results = new TreeMap<>();
        Throwable failure = null;
        try {
            for (int i = 0; i < tasks.size(); i++) {
                enqueue(share, i, tasks.get(i), ended);
            }
            int left = tasks.size();
            while (left > 0) {
                Outcome<T> outcome = ended.poll(REBALANCE_MILLIS, TimeUnit.MILLISECONDS);
                if (outcome == null) {
                    slots.rebalance();
                    continue;
                }
                left--;
                if (outcome.value() != null) {
                    results.put(outcome.position(), outcome.value());
                }
                if (outcome.failure() != null && failure == null) {
                    failure = outcome.failure();
                    // Without interrupting: a thread that is interrupted while it writes would close its file.
                    cancellation.cancel();
                    left -= share.close();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancellation.cancel();
            throw new PullCancelledException("the pull was interrupted", e);
        } finally {
            share.close();
        }
        if (failure != null) {
            throw unchecked(failure);
        }
        return List.copyOf(results.values());
    }

    /** How a task ended, and where its result belongs. */
    private record Outcome<T>(
            int position, @Nullable T value, @Nullable Throwable failure) {}

    private <T> void enqueue(SlotScheduler.Share share, int position, Task<T> task, BlockingQueue<Outcome<T>> ended) {
        boolean taken = share.add(slot -> {
            try {
                executor.execute(() -> run(share, slot, position, task, ended));
            } catch (RejectedExecutionException e) {
                ended.add(new Outcome<>(position, null, new PullCancelledException("the puller is closed", e)));
                share.refuse(slot);
            } catch (RuntimeException | Error e) { // no thread could be started
                ended.add(new Outcome<>(position, null, e));
                share.refuse(slot);
            }
        });
        if (!taken) {
            ended.add(new Outcome<>(position, null, new PullCancelledException("another task has failed")));
        }
    }

    private <T> void run(
            SlotScheduler.Share share, DownloadSlot slot, int position, Task<T> task, BlockingQueue<Outcome<T>> ended) {
        boolean again = false;
        Outcome<T> outcome = null;
        try {
            outcome = new Outcome<>(position, task.run(slot), null);
        } catch (SlotPreemptedException e) {
            again = true;
        } catch (RuntimeException | Error e) {
            outcome = new Outcome<>(position, null, e);
        }
        // In this order: the slot of a task that waits again goes to another pull.
        if (again) {
            enqueue(share, position, task, ended);
        }
        share.release(slot);
        if (outcome != null) {
            ended.add(outcome);
        }
    }

    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
    }

    @Override
    public void close() {
        // Without interrupting, see above; the calls of running tasks are cancelled by their scopes.
        executor.shutdown();
        workers.close();
    }
}
