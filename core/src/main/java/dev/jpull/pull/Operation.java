// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.Attempt;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.FailureKind;
import dev.jpull.error.InternalException;
import dev.jpull.error.PullException;
import dev.jpull.http.Cancellation;
import dev.jpull.text.ForeignText;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call of a puller, such as a pull. Its work runs on a thread of the puller: an interrupt of the caller would close the
 * files and sockets that the work uses. It is also the boundary at which everything that can be thrown becomes one
 * {@link PullException}. Safe for use by several threads.
 */
public final class Operation<T> {
    private static final System.Logger LOGGER = System.getLogger(Operation.class.getName());

    /** How long an interrupted caller waits for the work to stop. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private final String what;
    private final Consumer<PullException> onFailure;
    private final Cancellation cancellation = new Cancellation();
    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    @GuardedBy("this")
    private @Nullable Ending ending;

    /** What the operation does. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it, until the scope is cancelled. */
        T within(Cancellation cancellation);
    }

    /** Why an operation was ended before its work was done. */
    private record Ending(
            FailureKind kind, String message, @Nullable Throwable reason) {
        PullException failure(@Nullable Throwable thrown) {
            List<Attempt> attempts = thrown instanceof PullException known ? known.attempts() : List.of();
            return PullException.of(
                    kind,
                    FailureDetails.of(message)
                            .causedBy(reason == null ? thrown : reason)
                            .after(attempts));
        }
    }

    /**
     * An operation that has not begun.
     *
     * @param what human-readable: "the pull of docker.io/library/busybox:latest"
     * @param onFailure is told of the failure before the caller is
     */
    Operation(String what, Consumer<PullException> onFailure) {
        this.what = what;
        this.onFailure = onFailure;
    }

    /** The requests of the operation. */
    Cancellation cancellation() {
        return cancellation;
    }

    /** Completes with the result or with a {@link PullException}. */
    CompletableFuture<T> outcome() {
        return outcome;
    }

    /**
     * Completes a future as the operation ends.
     *
     * @param form gives the result the form in which the caller sees it
     * @param executor runs the completion, and with it what depends on the future; when it refuses, a thread of the engine does
     */
    public <R> void completes(CompletableFuture<R> future, Function<T, R> form, Executor executor) {
        CompletableFuture<?> unused = outcome.whenComplete((result, failure) -> {
            Runnable completion = () -> {
                if (failure == null) {
                    future.complete(form.apply(result));
                } else {
                    future.completeExceptionally(failure);
                }
            };
            try {
                executor.execute(completion);
            } catch (RuntimeException | Error e) { // shut down, or no memory for a thread: the future must be completed
                LOGGER.log(System.Logger.Level.DEBUG, "the executor does not run the completion of " + what, e);
                completion.run();
            }
        });
    }

    /**
     * Does the work on the calling thread.
     *
     * @param beforeTheOutcome is run when the work has ended, before its outcome can be seen
     */
    void run(Work<T> work, Runnable beforeTheOutcome) {
        try {
            T result = work.within(cancellation);
            beforeTheOutcome.run();
            outcome.complete(result);
        } catch (Throwable e) { // Kotlin code throws checked exceptions without a declaration
            fail(e, beforeTheOutcome);
        }
    }

    /** The work has failed. */
    void fail(Throwable thrown, Runnable beforeTheOutcome) {
        PullException failure = failureOf(thrown);
        try {
            onFailure.accept(failure);
            beforeTheOutcome.run();
        } finally {
            outcome.completeExceptionally(failure);
        }
    }

    private synchronized PullException failureOf(Throwable thrown) {
        if (ending != null) {
            return ending.failure(thrown); // what breaks because of the ending says nothing
        }
        return thrown instanceof PullException known
                ? known
                : new InternalException(
                        what + " failed in a way that jpull does not expect: " + ForeignText.line(thrown.toString()),
                        thrown);
    }

    /** Cancels the work. */
    public void cancel(String how) {
        end(new Ending(FailureKind.CANCELLED, what + " " + how + "; what was fetched is kept for the next one", null));
    }

    /** Ends the work because of what the hosts do. */
    void giveUp(String why) {
        end(new Ending(FailureKind.UNAVAILABLE, what + " " + why, null));
    }

    /** Waits for the end of work that was told to end; when it does not, the caller gets the failure, and the work goes on alone. */
    void leaveAfter(Duration limit) {
        awaitEnd(System.nanoTime() + limit.toNanos());
        if (!outcome.isDone()) {
            fail(new TimeoutException("the work has not stopped"), () -> {});
        }
    }

    /** Ends the work because it lacks something that it needs. */
    void endWith(PullException failure) {
        end(new Ending(failure.kind(), what + " was ended: " + failure.getMessage(), failure));
    }

    private void end(Ending why) {
        synchronized (this) {
            if (ending != null || outcome.isDone()) {
                return;
            }
            ending = why;
        }
        cancellation.cancel();
    }

    /**
     * Waits for the outcome. When the caller is interrupted, the work is cancelled, and the interrupt is kept.
     *
     * @throws PullException if the work failed, or was cancelled
     */
    public T await() {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            throw seenByCaller(e);
        } catch (InterruptedException e) {
            cancel("was interrupted");
            try {
                return awaitTheEnd();
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until the cancelled work has ended: otherwise it would still write after its caller returned. */
    private T awaitTheEnd() {
        long deadline = System.nanoTime() + GRACE.toNanos();
        while (true) {
            try {
                return outcome.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw seenByCaller(e);
            } catch (TimeoutException e) {
                throw failureOf(e);
            } catch (InterruptedException e) {
                cancel("was interrupted"); // once more: it is being cancelled already
            }
        }
    }

    /** Waits until the work has ended, however, or a {@link System#nanoTime()} has come; keeps an interrupt. */
    void awaitEnd(long deadline) {
        boolean interrupted = false;
        boolean over = outcome.isDone();
        while (!over) {
            try {
                outcome.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                over = true;
            } catch (ExecutionException | TimeoutException e) {
                over = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The failure with the frames of the caller below those of the thread that did the work. */
    private static PullException seenByCaller(ExecutionException failed) {
        PullException failure = (PullException) Objects.requireNonNull(failed.getCause());
        StackTraceElement[] inside = failure.getStackTrace();
        StackTraceElement[] outside = failed.getStackTrace();
        StackTraceElement[] both = Arrays.copyOf(inside, inside.length + outside.length);
        System.arraycopy(outside, 0, both, inside.length, outside.length);
        failure.setStackTrace(both);
        return failure;
    }
}
