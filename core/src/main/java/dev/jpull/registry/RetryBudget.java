// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often a request is tried again. Only attempts without progress count: progress gives all retries back. Pauses
 * double from one to the next, with a random part so that many clients do not come back together, and a host's
 * Retry-After is obeyed up to a limit. For use by one thread.
 */
public final class RetryBudget {
    /** The longest pause that a host may ask for. */
    public static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(60);

    /** How many attempts in a row may come without progress after the first one. */
    public static final int MAX_RETRIES = 6;

    private static final int MAX_RETRIES_AFTER_REFUSED_TLS = 2;

    /** How long hosts that give no answer are waited for in all: twice the time for one answer, with some room. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(55);

    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long MAX_PAUSE_MILLIS = 8_000;

    private final int most;
    private int used;
    private int total;
    private boolean malformed;
    private int refusalsOfTls;
    private Duration silence = Duration.ZERO;

    /** The retries of content that the pull needs. */
    public RetryBudget() {
        this(MAX_RETRIES);
    }

    /**
     * A budget.
     *
     * @param most how many retries without progress there may be, at least 0
     */
    public RetryBudget(int most) {
        this.most = most;
    }

    /** Progress was made. */
    public void reset() {
        used = 0;
        silence = Duration.ZERO;
    }

    /** A host let so much time pass without an answer. */
    void waited(Duration elapsed) {
        silence = silence.plus(elapsed);
    }

    /** Whether hosts let so much time pass that they are not waited for again. */
    boolean hasWaitedEnough() {
        return silence.compareTo(MAX_SILENCE) >= 0;
    }

    /** Whether a retry was for an answer that was not what it should be. */
    boolean hasSeenMalformed() {
        return malformed;
    }

    /** Whether handshakes were refused so often that it is no passing trouble of one server behind a load balancer. */
    boolean hasSeenEnoughRefusalsOfTls() {
        return refusalsOfTls >= MAX_RETRIES_AFTER_REFUSED_TLS;
    }

    /** How many retries there were in all. */
    public int total() {
        return total;
    }

    /** Takes one retry: the pause before it, or empty when there are none left. */
    public Optional<Duration> next(HostFailure failure) {
        if (used >= most) {
            return Optional.empty();
        }
        Duration pause = pauseAfter(failure);
        malformed |= failure.failureClass() == FailureClass.MALFORMED;
        refusalsOfTls += failure.isRefusalOfTls() ? 1 : 0;
        used++;
        total++;
        return Optional.of(pause);
    }

    /** How long the pause would be. */
    Duration pauseAfter(HostFailure failure) {
        long backOff = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << used);
        Duration own =
                Duration.ofMillis(backOff / 2 + ThreadLocalRandom.current().nextLong(backOff / 2 + 1));
        Duration asked = failure.retryAfter();
        if (asked == null) {
            return own;
        }
        return asked.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : asked.compareTo(own) > 0 ? asked : own;
    }
}
