// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.http.Cancellation;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One of the places of a {@link TransferPool}, as long as a task has it. The pool may preempt it for another pull; a download then
 * ends its calls, keeps what it has fetched, and is queued again. Safe for use by several threads.
 */
public final class DownloadSlot {
    private final long since;
    private final AtomicLong bytes = new AtomicLong();
    private @Nullable Cancellation calls;
    private boolean preempted;

    DownloadSlot(long since) {
        this.since = since;
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

    /** The task finishes what it has to finish: a preemption would come too late. */
    synchronized void endCalls() {
        calls = null;
    }

    /** Whether the task could give the slot back. */
    synchronized boolean isPreemptible() {
        return calls != null && !preempted;
    }

    /** Wants the slot back. */
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

    /** Whether the pool wants the slot back. */
    synchronized boolean isPreempted() {
        return preempted;
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
