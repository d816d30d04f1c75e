// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import java.time.Duration;

/**
 * How many requests for blobs may be in flight at one host. The limit grows as soon as the host has answered what is in flight, by
 * few requests at a time, so that a host that throttles refuses few. A host that answers without a delay gets more only while it
 * sends more for it, because there is no time of waiting to use. After a refusal the limit is what the host has answered at once.
 *
 * <p>For use under the monitor of a {@link ConnectionBudget}. Times are in nanoseconds of its clock.
 */
final class HostLimit {
    /** Requests in flight at a host that has answered none so far. */
    static final int FIRST = 5;

    /** Requests in flight beyond the largest number that the host has answered at once. */
    static final int AHEAD = 3;

    /**
     * Parts of large blobs are asked for early, while streams are young, as long as a far host has fewer requests than this: so many
     * slow starts side by side use the path, and more of them would only start slowly once more.
     */
    static final int EARLY = 8;

    /** A host that answers sooner is near: its requests wait for nothing that others could use. */
    static final long NEAR = Duration.ofMillis(5).toNanos();

    /** Requests in flight at a near host, as long as it is not measured: each more costs this machine time as well. */
    static final int ENOUGH_NEARBY = FIRST;

    /** The shortest time over which the limit of a near host is measured while it grows. */
    static final long RAMP = Duration.ofMillis(100).toNanos();

    /** The same for a far host. */
    static final long RAMP_FAR = Duration.ofMillis(50).toNanos();

    /** How long a settled limit is measured: servers that limit their rate send in bursts. */
    static final long WINDOW = Duration.ofSeconds(1).toNanos();

    /** How long the best limit stays, and the limit after a refusal. */
    static final long HOLD = Duration.ofSeconds(4).toNanos();

    private static final long LONGEST_HOLD = Duration.ofMinutes(1).toNanos();

    /** A rate below this part of the best rate counts as slower. */
    private static final double SLOWER = 0.9;

    /** A rate below this part of the best rate takes the growth back: blobs that end make rates uneven. */
    private static final double MUCH_SLOWER = 0.7;

    /** A rate above this multiple of the best rate lets the limit grow on. */
    private static final double FASTER = 1.1;

    /** How often the rate may stay the same before the growth ends. */
    private static final int PATIENCE = 2;

    private final int floor;
    private final int ceiling;
    private int limit;
    /** Segment workers get nothing beyond this number of requests. */
    private int mostBeside = Integer.MAX_VALUE;

    private int inFlight;
    /** How many downloads wait for a permit of the host. */
    private int waiting;

    private int answered;
    /** The largest number of requests that the host has answered at once. */
    private int proven;

    private long quickest = Long.MAX_VALUE;
    private long bytes;
    private long since;
    private long holdUntil;
    private long hold = HOLD;
    private long lastRefusal;
    private boolean growing = true;
    private boolean ranges;
    private boolean hasRefused;

    /** The best rate so far, and its limit. */
    private double best;

    private int bestLimit;
    private int disappointments;
    /** The limit that comes back when fewer requests are slower; 0 for none. */
    private int before;

    /**
     * The limit of a host that was not asked yet.
     *
     * @param first requests in flight at first, and at least as long as the host refuses none: downloads wait for no others then
     * @param ceiling the largest limit
     */
    HostLimit(int first, int ceiling, long now) {
        this.limit = Math.min(first, ceiling);
        this.floor = limit;
        this.ceiling = ceiling;
        this.since = now;
        this.holdUntil = now;
        this.lastRefusal = now - 1;
        this.bestLimit = limit;
    }

    int limit() {
        return limit;
    }

    int inFlight() {
        return inFlight;
    }

    /** Whether the host has refused a request because there were too many. */
    boolean hasRefused() {
        return hasRefused;
    }

    /** A download begins to wait for a permit, or no longer waits. */
    void waits(boolean begins) {
        waiting += begins ? 1 : -1;
    }

    /** Whether a download waits for a permit. */
    boolean isAwaited() {
        return waiting > 0;
    }

    /** How many requests may be in flight when a segment worker sends one. */
    int limitBeside() {
        return Math.min(limit, mostBeside);
    }

    boolean isFull() {
        return inFlight >= limit;
    }

    /** Whether requests to the host wait so long for their answers that others can use the time. */
    private boolean isFar() {
        return quickest != Long.MAX_VALUE && quickest >= NEAR;
    }

    /** Whether parts of large blobs may be asked for before it is known that one stream would need long. */
    boolean takesEarlyParts() {
        return isFar() && inFlight < EARLY;
    }

    /** Whether the host has answered a request for a range with that range. */
    boolean servesRanges() {
        return ranges;
    }

    /** The host has answered a request for a range with that range. */
    void servedRange() {
        ranges = true;
    }

    /** A request is sent. Returns whether there are more now than the host has ever answered. */
    boolean sent() {
        inFlight++;
        return inFlight > proven;
    }

    /** A request was answered after so long. */
    void answered(long nanos) {
        answered++;
        quickest = Math.min(quickest, nanos);
        proven = Math.max(proven, answered);
        if (growing) {
            int most = isFar() ? ceiling : Math.max(limit, Math.min(ceiling, ENOUGH_NEARBY));
            limit = Math.max(limit, Math.min(most, proven + AHEAD));
        }
    }

    /** A request is no longer in flight. */
    void left(boolean wasAnswered) {
        inFlight--;
        if (wasAnswered) {
            answered--;
        }
    }

    /** Bytes came. */
    void received(long count, long now) {
        bytes += count;
        if (now - since < window()) {
            return;
        }
        double rate = (double) bytes / Math.max(1, now - since);
        bytes = 0;
        since = now;
        if (now - holdUntil < 0) {
            return;
        }
        if (hasRefused) {
            probe(now);
        } else if (growing) {
            grow(rate, now);
        } else {
            judge(rate, now);
        }
    }

    private long window() {
        if (!growing) {
            return WINDOW;
        }
        return isFar() ? Math.max(RAMP_FAR, 2 * quickest) : RAMP;
    }

    /** Asks for one more request in flight, after a refusal a while ago. */
    private void probe(long now) {
        if (mostBeside < limit) {
            mostBeside++;
        } else if (isFull() && limit < ceiling) {
            limit++;
            mostBeside = limit;
            holdUntil = now + WINDOW;
        }
    }

    /** Ends the growth when the host does not send more than before; lets it go on at a near host that does. */
    private void grow(double rate, long now) {
        double expected = best * (isFar() ? FASTER : (1 + (double) limit / bestLimit) / 2);
        if (rate >= expected) {
            disappointments = 0;
            best = rate;
            bestLimit = limit;
            if (!isFar() && isFull()) {
                limit = Math.min(ceiling, limit + AHEAD);
            }
        } else if (isFull() && ++disappointments > PATIENCE) {
            if (!isFar() || rate < best * MUCH_SLOWER) {
                limit = bestLimit;
            }
            settle(now);
        }
    }

    private void settle(long now) {
        growing = false;
        best = 0;
        holdUntil = now + HOLD;
    }

    /** Tries fewer requests from time to time, and goes back to the earlier number if fewer are slower. */
    private void judge(double rate, long now) {
        if (before > 0 && inFlight > limit) {
            return; // the requests beyond the limit have not ended yet
        }
        if (before > 0 && rate < best * SLOWER) {
            limit = before;
            before = 0;
            best = 0;
            holdUntil = now + hold;
            hold = Math.min(LONGEST_HOLD, 2 * hold);
        } else if (isFull() && limit > floor) {
            best = Math.max(best, rate);
            before = limit;
            limit = Math.max(floor, limit - Math.max(1, limit / 4));
            holdUntil = now + WINDOW;
        }
    }

    /**
     * The host has refused a request because there are too many. When there were more than ever before, or when the request was sent
     * before an earlier refusal was known, the others are what the host accepts; else it limits the rate, and gets half as many.
     *
     * @param ahead what {@link #sent} has returned for the request
     * @param sentAt when the request was sent
     */
    void refused(boolean ahead, long sentAt, long now) {
        boolean known = sentAt - lastRefusal > 0;
        int accepted = Math.max(answered, inFlight - 1);
        shrink(ahead || !known ? accepted : inFlight / 2, known, now);
    }

    /**
     * The host failed otherwise, or broke off its answer: segment workers get half as many requests. Downloads are not kept waiting
     * for that: a host that breaks off slow streams would starve the others.
     */
    void failed(long now) {
        mostBeside = Math.max(1, Math.min(mostBeside, inFlight / 2));
        shrink(Math.max(floor, inFlight / 2), true, now);
    }

    private void shrink(int most, boolean news, long now) {
        limit = Math.max(1, Math.min(limit, most));
        proven = Math.min(proven, limit);
        if (hasRefused && news) {
            hold = Math.min(LONGEST_HOLD, 2 * hold);
        }
        hasRefused = true;
        growing = false;
        lastRefusal = now;
        holdUntil = now + hold;
    }
}
