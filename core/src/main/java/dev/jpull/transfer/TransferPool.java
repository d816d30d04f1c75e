// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.PullCancelledException;
import dev.jpull.http.CallScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The threads that move content, as many as downloads may run at once. Shared by all pulls of one engine; safe for use
 * by several threads. Threads start when there is work and end when there is none.
 */
public final class TransferPool implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(TransferPool.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(5);

    private final ThreadPoolExecutor executor;
    private final Assistants assistants;

    /**
     * A pool.
     *
     * @param maxConcurrentDownloads how many downloads may run at once, at least 1
     * @param connections how many connections they may use
     * @param spread whether blobs are fetched from all capable hosts at once
     */
    public TransferPool(int maxConcurrentDownloads, Connections connections, boolean spread) {
        this(maxConcurrentDownloads, connections, spread, Thread::new);
    }

    /**
     * A pool.
     *
     * @param maxConcurrentDownloads how many downloads may run at once, at least 1
     * @param connections how many connections they may use
     * @param spread whether blobs are fetched from all capable hosts at once
     * @param threads makes the threads
     */
    public TransferPool(int maxConcurrentDownloads, Connections connections, boolean spread, ThreadFactory threads) {
        this.assistants = new Assistants(connections, spread, threads);
        this.executor = new ThreadPoolExecutor(
                maxConcurrentDownloads,
                maxConcurrentDownloads,
                IDLE.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = threads.newThread(task);
                    thread.setName("jpull-transfer");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** Who helps downloads with more connections. */
    public Assistants assistants() {
        return assistants;
    }

    /**
     * Runs tasks, and returns their results in the order of the tasks. The first failure ends all of them; no task runs any
     * more when this method has returned, unless its thread was interrupted.
     *
     * @param scope is cancelled at the first failure, and when the calling thread is interrupted
     */
    public <T> List<T> runAll(List<Callable<T>> tasks, CallScope scope) {
        CompletionService<Result<T>> completed = new ExecutorCompletionService<>(executor);
        List<Submitted<T>> submitted = new ArrayList<>(tasks.size());
        Throwable failure = null;
        try {
            for (Callable<T> task : tasks) {
                submitted.add(Submitted.to(completed, submitted.size(), task));
            }
        } catch (RejectedExecutionException e) {
            failure = new PullCancelledException("the puller was closed", e);
            stop(submitted, scope);
        }
        SortedMap<Integer, T> results = new TreeMap<>();
        for (int i = 0; i < submitted.size(); i++) {
            try {
                Result<T> result = completed.take().get();
                results.put(result.position(), result.value());
            } catch (ExecutionException e) {
                if (failure == null) {
                    failure = e.getCause();
                    stop(submitted, scope);
                }
            } catch (CancellationException e) {
                LOGGER.log(System.Logger.Level.TRACE, "never started, because another task failed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stop(submitted, scope);
                throw new PullCancelledException("the pull was interrupted", e);
            }
        }
        if (failure != null) {
            throw unchecked(failure);
        }
        return List.copyOf(results.values());
    }

    /** A result, and where it belongs. */
    private record Result<T>(int position, T value) {}

    /**
     * A task that waits or runs.
     *
     * @param claimed is set by the thread that starts the task, or by the one that cancels it before that
     */
    private record Submitted<T>(Future<Result<T>> future, AtomicBoolean claimed) {
        static <T> Submitted<T> to(CompletionService<Result<T>> service, int position, Callable<T> task) {
            AtomicBoolean claimed = new AtomicBoolean();
            return new Submitted<>(
                    service.submit(() -> {
                        if (!claimed.compareAndSet(false, true)) {
                            throw new CancellationException("cancelled before it started");
                        }
                        return new Result<>(position, task.call());
                    }),
                    claimed);
        }

        /** A task that runs is left alone: its scope ends it, and it counts until it has ended. */
        void cancelUnlessRunning() {
            if (claimed.compareAndSet(false, true)) {
                future.cancel(false);
            }
        }
    }

    private static <T> void stop(List<Submitted<T>> submitted, CallScope scope) {
        scope.cancel();
        // Without interrupting: a thread that is interrupted while it writes would close its file.
        submitted.forEach(Submitted::cancelUnlessRunning);
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
        assistants.close();
    }
}
