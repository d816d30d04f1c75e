// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets a second way through the hosts start when the first one is late. The first one stays on the thread of its caller: as
 * long as nobody is late, no other thread is needed. Shared by all pulls of one engine; safe for use by several threads.
 */
public final class Hedge implements AutoCloseable {
    private final ThreadFactory threads;

    /** Who was first with a good answer. */
    private enum Way {
        NONE,
        FIRST,
        SECOND
    }

    private final @Nullable Clock clock;
    private @Nullable ScheduledExecutorService timer;
    private @Nullable ExecutorService others;
    private boolean closed;

    /** Runs something after a while. */
    @FunctionalInterface
    public interface Clock {
        /** Runs it on another thread, unless the future is cancelled before. */
        Future<?> after(Duration pause, Runnable way);
    }

    /**
     * The clock of the system; starts no thread before it is needed.
     *
     * @param threads makes the threads
     */
    public Hedge(ThreadFactory threads) {
        this(threads, null);
    }

    /** Another clock, for tests. */
    public Hedge(Clock clock) {
        this(Thread::new, clock);
    }

    private Hedge(ThreadFactory threads, @Nullable Clock clock) {
        this.clock = clock;
        this.threads = task -> {
            Thread thread = threads.newThread(task);
            thread.setName("jpull-hedge");
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * What is wanted, and of whom.
     *
     * @param endpoints the hosts of the first way
     * @param rest the hosts of the second way
     * @param unwanted is given what came too late
     */
    record Runner<T>(
            Phase phase,
            List<RegistryEndpoint> endpoints,
            List<RegistryEndpoint> rest,
            RetryBudget budget,
            Failover.ScopedOperation<T> operation,
            Consumer<T> unwanted) {
        Failover.Success<T> first(Failover failover, Cancellation cancellation) throws HostsExhausted {
            return failover.unhedged(cancellation)
                    .first(phase, endpoints, budget, endpoint -> operation.ask(endpoint, cancellation));
        }

        /** A host that the first way has got to by now is left to it: waiting for what that finds out would help nothing. */
        Failover.Success<T> second(Failover failover, Cancellation cancellation) throws HostsExhausted {
            List<RegistryEndpoint> untried = rest.stream()
                    .filter(endpoint -> !failover.isTested(endpoint))
                    .toList();
            return failover.unhedged(cancellation)
                    .first(phase, untried, new RetryBudget(), endpoint -> operation.ask(endpoint, cancellation));
        }
    }

    /**
     * Runs the first way, and after a while the second one beside it.
     *
     * @param late after how long
     * @param whenLate is run when the second way starts and wins
     */
    <T> Failover.Success<T> race(
            Failover failover, Cancellation cancellation, Duration late, Runner<T> runner, Runnable whenLate)
            throws HostsExhausted {
        Cancellation firstCancellation = cancellation.child();
        Cancellation secondCancellation = cancellation.child();
        AtomicReference<Way> winner = new AtomicReference<>(Way.NONE);
        CompletableFuture<Optional<Failover.Success<T>>> second = new CompletableFuture<>();
        Future<?> start = schedule(
                () -> runSecond(failover, secondCancellation, firstCancellation, runner, winner, second),
                late,
                closedFirst -> second.complete(Optional.empty()));
        try {
            Failover.Success<T> success = runner.first(failover, firstCancellation);
            if (winner.compareAndSet(Way.NONE, Way.FIRST)) {
                return success;
            }
            runner.unwanted().accept(success.value());
        } catch (PullCancelledException e) {
            if (cancellation.isCancelled() || winner.get() != Way.SECOND) {
                throw e;
            }
        } catch (HostsExhausted e) {
            if (start.cancel(false)) {
                throw e; // the first way went through the others as well
            }
            Optional<Failover.Success<T>> other = await(second);
            if (other.isEmpty()) {
                throw e;
            }
            return other.get();
        } finally {
            start.cancel(false);
            if (winner.get() != Way.SECOND) {
                secondCancellation.cancel();
            }
        }
        whenLate.run();
        return await(second).orElseThrow(IllegalStateException::new);
    }

    /** Most engines never need a second way: its threads are made when there is one. */
    private synchronized Future<?> schedule(
            Runnable way, Duration late, Consumer<RejectedExecutionException> whenClosed) {
        if (closed) {
            throw new PullCancelledException("the puller is closed");
        }
        if (clock != null) {
            return clock.after(late, way);
        }
        ScheduledExecutorService scheduler = timer;
        ExecutorService runners = others;
        if (scheduler == null || runners == null) {
            scheduler = Executors.newSingleThreadScheduledExecutor(threads);
            runners = Executors.newCachedThreadPool(threads);
            timer = scheduler;
            others = runners;
        }
        ExecutorService running = runners;
        return scheduler.schedule(
                () -> {
                    try {
                        running.execute(way);
                    } catch (RejectedExecutionException e) {
                        whenClosed.accept(e); // the first way must not wait for one that never starts
                    }
                },
                late.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    private static <T> void runSecond(
            Failover failover,
            Cancellation own,
            Cancellation other,
            Runner<T> runner,
            AtomicReference<Way> winner,
            CompletableFuture<Optional<Failover.Success<T>>> second) {
        try {
            Failover.Success<T> success = runner.second(failover, own);
            if (winner.compareAndSet(Way.NONE, Way.SECOND)) {
                second.complete(Optional.of(success));
                other.cancel();
            } else {
                runner.unwanted().accept(success.value());
                second.complete(Optional.empty());
            }
        } catch (HostsExhausted | PullCancelledException e) {
            second.complete(Optional.empty()); // the first way decides
        } catch (RuntimeException | Error e) {
            second.completeExceptionally(e);
        }
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Starts nothing any more; what runs ends with its pull. */
    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.shutdownNow();
        }
        if (others != null) {
            others.shutdown();
        }
    }
}
