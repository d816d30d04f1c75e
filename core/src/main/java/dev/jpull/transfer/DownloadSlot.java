// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.http.Cancellation;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the places of a {@link TransferPool}, as long as a task has it. The pool may preempt it for another pull; a download then
 * ends its calls, keeps what it has fetched, and is queued again. Safe for use by several threads.
 */
public final class DownloadSlot {
    private final long since;
    private final BooleanSupplier queued;
    private final AtomicLong bytes = new AtomicLong();

    /** The calls of the task; null when it has none that a preemption could end. Cancelled outside of the monitor. */
    @GuardedBy("this")
    private @Nullable Cancellation calls;

    @GuardedBy("this")
    private boolean preempted;

    DownloadSlot(long since) {
        this(since, () -> false);
    }

    /**
     * A slot.
     *
     * @param queued whether another task of the same pull waits for a slot
     */
    DownloadSlot(long since, BooleanSupplier queued) {
        this.since = since;
        this.queued = queued;
    }

    /** A slot for a download that shares with no other: it is never preempted. */
    public static DownloadSlot unshared() {
        return new DownloadSlot(0);
    }

    /** The calls of the task, from now on until {@link #endCalls}: they end when the slot is preempted. */
    synchronized Cancellation beginCalls(Cancellation pull) {
        Cancellation own = pull.child();
        calls = own;
        if (preempted) {
            own.cancel();
        }
        return own;
    }

    /** The task has no call left that a preemption could end. */
    synchronized void endCalls() {
        calls = null;
    }

    /** Whether the task could give the slot back. */
    synchronized boolean isPreemptible() {
        return calls != null && !preempted;
    }

    /** Preempts the task: cancels its calls, if it has any. */
    void preempt() {
        Cancellation ended;
        synchronized (this) {
            ended = calls;
            preempted = ended != null;
        }
        if (ended != null) {
            ended.cancel();
        }
    }

    /** Whether the task was preempted. */
    synchronized boolean isPreempted() {
        return preempted;
    }

    /** Whether another task of the same pull waits for a slot. */
    boolean isQueued() {
        return queued.getAsBoolean();
    }

    /** The task has got so many bytes. */
    void received(long count) {
        bytes.addAndGet(count);
    }

    /** Since when the task has the slot. */
    long since() {
        return since;
    }

    /** How fast the task was, in bytes a nanosecond. */
    double rate(long now) {
        return bytes.get() / (double) Math.max(1, now - since);
    }
}
