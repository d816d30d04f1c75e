// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;

/**
 * Ends something when its time is up, on the thread that watches the sockets of Okio. Started by {@link #start}; safe for use by
 * several threads.
 */
final class Deadline extends AsyncTimeout {
    /** Longer limits cannot be told to Okio in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Runnable end;
    private boolean running;
    private volatile boolean over;

    private Deadline(Runnable end) {
        this.end = end;
    }

    /**
     * Starts the time.
     *
     * @param limit more than zero
     * @param end is run when the time is up; it must not block
     */
    static Deadline start(Duration limit, Runnable end) {
        Deadline deadline = new Deadline(end);
        deadline.timeout(limit.compareTo(LONGEST) < 0 ? limit.toNanos() : LONGEST.toNanos(), TimeUnit.NANOSECONDS);
        deadline.running = true;
        deadline.enter();
        return deadline;
    }

    @Override
    protected void timedOut() {
        over = true;
        end.run();
    }

    /** The rest takes as long as it takes. May be called more than once. */
    synchronized void stop() {
        if (running) {
            running = false;
            over |= exit();
        }
    }

    /** Whether the time was up before the deadline was stopped. */
    boolean isOver() {
        return over;
    }
}
