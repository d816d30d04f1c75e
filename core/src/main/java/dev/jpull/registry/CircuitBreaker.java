// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.http.Cancellation;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker of one host. A host that has not answered yet is HALF_OPEN: one request tests it, and the others wait for
 * the outcome, so that a dead mirror costs one wait and not one for every blob. A failed test opens the breaker for a while;
 * then one request tests the host again, and the others skip the host meanwhile. Safe for use by several threads.
 */
final class CircuitBreaker {
    /** How long a breaker stays open at least. */
    static final Duration OPEN_TIME = Duration.ofSeconds(60);

    /** A breaker stays open for so many times what the failed test took, so that one pull does not wait twice. */
    private static final int OPEN_TIME_FACTOR = 20;

    /** How often a waiting request looks whether the host has answered, because no signal wakes it. */
    private static final long POLL_NANOS = Duration.ofMillis(50).toNanos();

    /** Whether requests may be sent to the host. */
    enum State {
        /** The host has answered; requests are sent. */
        CLOSED,
        /** It is not known whether the host can be reached; one request tests it. */
        HALF_OPEN,
        /** The host could not be reached a short while ago; no requests are sent while there are other hosts. */
        OPEN
    }

    private final LongSupplier nanoTime;

    // The monitor is a leaf of the lock order, and no network I/O happens under it.

    /** The last outcome; HALF_OPEN before there is one. */
    @GuardedBy("this")
    private State outcome = State.HALF_OPEN;

    /** The permit of the request that tests the host. */
    @GuardedBy("this")
    private @Nullable Permit test;

    @GuardedBy("this")
    private String reason = "";

    @GuardedBy("this")
    private long openSince;

    @GuardedBy("this")
    private long openNanos;

    CircuitBreaker(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * The permit to send requests to a host. The permit of a test belongs to the request that tests: closing it without an
     * outcome lets another request test. For use by one thread.
     */
    final class Permit implements AutoCloseable {
        private final State state;

        private Permit(State state) {
            this.state = state;
        }

        /** The state of the breaker for this request; HALF_OPEN when this request tests the host. */
        State state() {
            return state;
        }

        /** Returns the test unless it has an outcome. */
        @Override
        public void close() {
            endTest(this);
        }
    }

    /**
     * Gets a permit; waits while another request tests a host that has not answered yet.
     *
     * @param answered whether the host has answered by now: the request that tests may then still wait for a token
     * @param cancellation ends the wait
     */
    synchronized Permit acquire(BooleanSupplier answered, Cancellation cancellation) throws InterruptedException {
        while (isTested() && !answered.getAsBoolean() && !cancellation.isCancelled()) {
            TimeUnit.NANOSECONDS.timedWait(this, POLL_NANOS);
        }
        if (outcome == State.CLOSED || isTested() && answered.getAsBoolean()) {
            return new Permit(State.CLOSED);
        }
        if (isOpen()) {
            return new Permit(State.OPEN);
        }
        Permit permit = new Permit(State.HALF_OPEN);
        if (test == null) {
            test = permit;
        }
        return permit;
    }

    private synchronized void endTest(Permit permit) {
        if (test == permit) {
            test = null;
            notifyAll();
        }
    }

    /** Whether a request tests at this moment a host that has not answered yet. */
    synchronized boolean isTested() {
        return test != null && outcome == State.HALF_OPEN;
    }

    /** Whether the host could not be reached a short while ago. */
    synchronized boolean isOpen() {
        return outcome == State.OPEN && (test != null || nanoTime.getAsLong() - openSince < openNanos);
    }

    /** Why the breaker is open, or was. */
    synchronized String reason() {
        return reason;
    }

    /** The host answered. */
    synchronized void close() {
        outcome = State.CLOSED;
        test = null;
        notifyAll();
    }

    /**
     * The host could not be reached, or sent no answer in time.
     *
     * @param elapsed how long the request took to fail
     */
    synchronized void open(String why, Duration elapsed) {
        outcome = State.OPEN;
        test = null;
        reason = why;
        openSince = nanoTime.getAsLong();
        openNanos = OPEN_TIME.toNanos() + OPEN_TIME_FACTOR * elapsed.toNanos();
        notifyAll();
    }

    /** Another host was faster: opens the breaker of a host that has not answered yet. */
    synchronized void openUnlessClosed(String why) {
        if (outcome != State.CLOSED) {
            open(why, Duration.ZERO);
        }
    }
}
