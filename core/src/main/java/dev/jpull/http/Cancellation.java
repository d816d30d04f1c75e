// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * The running calls of one pull, so that they can be ended together. Interrupting a thread does not end a read from a
 * socket; cancelling its call does. Safe for use by several threads.
 */
public final class Cancellation {
    private final @Nullable Cancellation parent;
    private final Traffic traffic;

    @GuardedBy("this")
    private final Set<Call> running = new HashSet<>();

    @GuardedBy("this")
    private final Set<Cancellation> children = new HashSet<>();

    @GuardedBy("this")
    private @Nullable Deadline deadline;

    @GuardedBy("this")
    private boolean cancelled;

    /** What was sent and received, by this scope and all that belong to it. */
    private static final class Traffic {
        private final AtomicInteger requests = new AtomicInteger();
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicLong bytes = new AtomicLong();
    }

    /** A scope of its own. */
    public Cancellation() {
        this(null, new Traffic());
    }

    private Cancellation(@Nullable Cancellation parent, Traffic traffic) {
        this.parent = parent;
        this.traffic = traffic;
    }

    /** How many requests were sent so far, redirects and token requests included. */
    public int requests() {
        return traffic.requests.get();
    }

    /** How many bytes of bodies came so far, those that were thrown away included. */
    public long bytes() {
        return traffic.bytes.get();
    }

    /** Whether no request is under way: neither waiting for its answer nor receiving it. */
    public boolean isIdle() {
        return traffic.open.get() == 0;
    }

    void received(long count) {
        traffic.bytes.addAndGet(count);
    }

    /** Ends all calls, and every call that is made later. */
    public synchronized void cancel() {
        cancelled = true;
        running.forEach(Call::cancel);
        children.forEach(Cancellation::cancel);
        notifyAll();
    }

    /** A scope for a part of the calls: it can be cancelled by itself, and is cancelled with this one. */
    public synchronized Cancellation child() {
        Cancellation child = new Cancellation(this, traffic);
        if (cancelled) {
            child.cancel();
        }
        children.add(child);
        return child;
    }

    /** Cancels the scope after a while, unless it has ended before. */
    public synchronized void cancelAfter(Duration limit) {
        if (deadline == null) {
            deadline = Deadline.start(limit, this::cancel);
        }
    }

    /** The scope is not used any more: its parent need not keep it. */
    public void end() {
        synchronized (this) {
            if (deadline != null) {
                deadline.stop();
            }
        }
        if (parent != null) {
            parent.forget(this);
        }
    }

    private synchronized void forget(Cancellation child) {
        children.remove(child);
    }

    /** Whether the scope was cancelled. */
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** Waits; returns early when the scope is cancelled. */
    public synchronized void sleep(Duration duration) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        long left = duration.toNanos();
        while (!cancelled && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
    }

    /**
     * Waits until a future is complete.
     *
     * @throws InterruptedIOException if the scope is cancelled or the thread interrupted before
     */
    public void awaitOrStop(CompletableFuture<?> future) throws InterruptedIOException {
        CompletableFuture<?> unused = future.whenComplete((value, failure) -> wake());
        try {
            synchronized (this) {
                while (!cancelled && !future.isDone()) {
                    wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (!future.isDone()) {
            throw new InterruptedIOException("cancelled");
        }
    }

    private synchronized void wake() {
        notifyAll();
    }

    synchronized void add(Call call) throws InterruptedIOException {
        if (cancelled) {
            throw new InterruptedIOException("cancelled");
        }
        running.add(call);
        traffic.requests.incrementAndGet();
        traffic.open.incrementAndGet();
    }

    synchronized void remove(Call call) {
        if (running.remove(call)) {
            traffic.open.decrementAndGet();
        }
    }
}
