// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import java.time.Duration;
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
 * Sends a second request when the first one is late, and returns the first good answer. The first request stays on the thread of
 * its caller: as long as no request is late, no other thread is needed. Shared by all pulls of one engine; safe for use by
 * several threads.
 */
public final class Hedge implements AutoCloseable {
    private final ThreadFactory threads;
    private final @Nullable Clock clock;

    // The monitor is a leaf of the lock order; requests run outside it.

    @GuardedBy("this")
    private @Nullable ScheduledExecutorService timer;

    @GuardedBy("this")
    private @Nullable ExecutorService runners;

    @GuardedBy("this")
    private boolean closed;

    /** Runs something after a while. */
    @FunctionalInterface
    public interface Clock {
        /** Runs the task on another thread, unless the future is cancelled before. */
        Future<?> after(Duration pause, Runnable task);
    }

    /**
     * One of the two requests.
     *
     * @param <T> the answer
     * @param <E> the failure
     */
    @FunctionalInterface
    interface Request<T, E extends Exception> {
        /** Sends the request, and returns its answer. */
        T send(Cancellation cancellation) throws E;
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
     * Sends the first request, and after a while the second one beside it. The request that loses is cancelled.
     *
     * @param cancellation ends both requests
     * @param late after how long the second request is sent
     * @param discard is given an answer that came after the other one
     * @param secondWon runs before the answer of the second request is returned, when the first one has not failed by itself
     * @return the first answer
     * @throws E what the first request threw, when the second one was not sent or failed as well
     */
    <T, E extends Exception> T race(
            Cancellation cancellation,
            Duration late,
            Request<T, E> first,
            Request<T, E> second,
            Consumer<T> discard,
            Runnable secondWon)
            throws E {
        Race<T> race = new Race<>(cancellation, discard);
        Future<?> start = schedule(() -> race.runSecond(second), late, race::secondFailed);
        try {
            T answer = first.send(race.firstCancellation);
            if (race.isWonBy(Winner.FIRST)) {
                return answer;
            }
            discard.accept(answer);
        } catch (PullCancelledException e) {
            if (cancellation.isCancelled() || race.winner() != Winner.SECOND) {
                throw e;
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (start.cancel(false)) {
                throw e; // the second request was not sent
            }
            Optional<T> answer = race.awaitSecond();
            if (answer.isEmpty()) {
                throw e;
            }
            return answer.get();
        } finally {
            start.cancel(false);
            if (race.winner() != Winner.SECOND) {
                race.secondCancellation.cancel();
            }
        }
        secondWon.run();
        return race.awaitSecond().orElseThrow(IllegalStateException::new);
    }

    /** Which request was first with a good answer. */
    private enum Winner {
        NONE,
        FIRST,
        SECOND
    }

    /** One race of two requests. Safe for use by the two threads of its requests. */
    private static final class Race<T> {
        private final Cancellation firstCancellation;
        private final Cancellation secondCancellation;
        private final Consumer<T> discard;
        private final AtomicReference<Winner> winner = new AtomicReference<>(Winner.NONE);
        /** Empty when the second request lost or failed. */
        private final CompletableFuture<Optional<T>> second = new CompletableFuture<>();

        private Race(Cancellation cancellation, Consumer<T> discard) {
            this.firstCancellation = cancellation.child();
            this.secondCancellation = cancellation.child();
            this.discard = discard;
        }

        private Winner winner() {
            return winner.get();
        }

        private boolean isWonBy(Winner candidate) {
            return winner.compareAndSet(Winner.NONE, candidate);
        }

        private void runSecond(Request<T, ?> request) {
            try {
                T answer = request.send(secondCancellation);
                if (isWonBy(Winner.SECOND)) {
                    second.complete(Optional.of(answer));
                    firstCancellation.cancel();
                } else {
                    discard.accept(answer);
                    secondFailed();
                }
            } catch (PullCancelledException e) {
                secondFailed();
            } catch (RuntimeException | Error e) {
                second.completeExceptionally(e);
            } catch (Exception e) {
                secondFailed(); // the failure of the first request tells more
            }
        }

        private void secondFailed() {
            second.complete(Optional.empty());
        }

        private Optional<T> awaitSecond() {
            try {
                return second.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
    }

    /** Most engines never send a second request: its threads are made when there is one. */
    private synchronized Future<?> schedule(Runnable request, Duration late, Runnable whenClosed) {
        if (closed) {
            throw new PullCancelledException("the puller is closed");
        }
        if (clock != null) {
            return clock.after(late, request);
        }
        ScheduledExecutorService scheduler = timer;
        ExecutorService executor = runners;
        if (scheduler == null || executor == null) {
            scheduler = Executors.newSingleThreadScheduledExecutor(threads);
            executor = Executors.newCachedThreadPool(threads);
            timer = scheduler;
            runners = executor;
        }
        ExecutorService running = executor;
        return scheduler.schedule(
                () -> {
                    try {
                        running.execute(request);
                    } catch (RejectedExecutionException | OutOfMemoryError e) { // closed, or no thread could be started
                        whenClosed.run(); // the first request must not wait for one that is never sent
                    }
                },
                late.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** Starts no second request from now on; what runs ends with its pull. */
    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.shutdownNow();
        }
        if (runners != null) {
            runners.shutdown();
        }
    }
}
