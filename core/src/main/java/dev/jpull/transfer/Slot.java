// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.http.Cancellation;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One of the places of a {@link TransferPool}, as long as a task has it. The pool may recall it for another pull; a download then
 * ends its calls, keeps what it has fetched, and is queued again. Safe for use by several threads.
 */
public final class Slot {
    private final long since;
    private final AtomicLong bytes = new AtomicLong();
    private @Nullable Cancellation calls;
    private boolean recalled;

    Slot(long since) {
        this.since = since;
    }

    /** A slot for a download that shares with no other: it is never recalled. */
    public static Slot unshared() {
        return new Slot(0);
    }

    /** The calls of the task, from now on until {@link #endCalls}: they end when the slot is recalled. */
    synchronized Cancellation beginCalls(Cancellation pull) {
        Cancellation own = pull.child();
        calls = own;
        if (recalled) {
            own.cancel();
        }
        return own;
    }

    /** The task finishes what it has to finish: a recall would come too late. */
    synchronized void endCalls() {
        calls = null;
    }

    /** Whether the task could give the slot back. */
    synchronized boolean isRecallable() {
        return calls != null && !recalled;
    }

    /** Wants the slot back. */
    void recall() {
        Cancellation ended;
        synchronized (this) {
            ended = calls;
            recalled = ended != null;
        }
        if (ended != null) {
            ended.cancel();
        }
    }

    /** Whether the pool wants the slot back. */
    synchronized boolean isRecalled() {
        return recalled;
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
