// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import java.time.Duration;

/**
 * Bytes of a blob that one stream fetches, with the rate of that stream. Made by a {@link SegmentPlan}; the monitor of the plan
 * guards every field, so that only the plan calls the methods.
 */
final class Segment {
    /** Nanoseconds over which the recent rate of a stream is measured. */
    static final long RATE_WINDOW = Duration.ofSeconds(2).toNanos();

    /** Nanoseconds over which the present rate of a stream is measured at least: a stream that starts slowly gets faster. */
    static final long PRESENT = Duration.ofMillis(100).toNanos();

    private final long start;
    private final long since;

    /**
     * The first byte that is not claimed. Claim before write: it moves before the bytes are written, so that no other segment
     * can take bytes that are being written.
     */
    private long position;

    private long end;
    private boolean cut;
    private long measured;
    private long measuredAt;
    private double recent = Double.POSITIVE_INFINITY;
    /** Where the present rate is measured from, and where it will be measured from next. */
    private long presentFrom;

    private long presentSince;
    private long nextFrom;
    private long nextSince;
    private Runnable giveUp = () -> {};

    /**
     * A segment without claimed bytes.
     *
     * @param since when its stream starts, in nanoseconds of the plan's clock
     */
    Segment(long start, long end, long since) {
        this.start = start;
        this.position = start;
        this.end = end;
        this.since = since;
        this.measured = start;
        this.measuredAt = since;
        this.presentFrom = start;
        this.presentSince = since;
        this.nextFrom = start;
        this.nextSince = since;
    }

    long position() {
        return position;
    }

    long end() {
        return end;
    }

    /** How many bytes are not claimed yet. */
    long left() {
        return end - position;
    }

    /** How many bytes are claimed. */
    long claimed() {
        return position - start;
    }

    /** For how many nanoseconds the stream has been fetching. */
    long elapsed(long now) {
        return now - since;
    }

    /** Whether the segment has lost a part of its end before. */
    boolean isCut() {
        return cut;
    }

    /** Claims bytes. Returns how many of them belong to the segment. */
    int claim(int bytes, long now) {
        int own = (int) Math.min(bytes, left());
        position += own;
        if (now - measuredAt >= RATE_WINDOW) {
            recent = recentRate(now);
            measured = position;
            measuredAt = now;
        }
        if (now - nextSince >= PRESENT) {
            presentFrom = nextFrom;
            presentSince = nextSince;
            nextFrom = position;
            nextSince = now;
        }
        return own;
    }

    /** Moves the end forward. */
    void extendTo(long later) {
        end = later;
    }

    /** Loses bytes at its end, to another segment. Returns the new end. */
    long cut(long bytes) {
        end -= bytes;
        cut = true;
        return end;
    }

    /** Loses every byte that is not claimed, to another segment. */
    void takeRest() {
        end = position;
    }

    /** What ends the stream when the segment loses the rest. */
    void whenTaken(Runnable ending) {
        giveUp = ending;
    }

    Runnable giveUp() {
        return giveUp;
    }

    /** Bytes a nanosecond in the last window; infinite as long as it is not known. */
    double recentRate(long now) {
        return now - measuredAt < RATE_WINDOW ? recent : Math.max(1, position - measured) / (double) (now - measuredAt);
    }

    /** Bytes a nanosecond a moment ago, over 100 to 200 ms. */
    double presentRate(long now) {
        return (position - presentFrom) / (double) Math.max(1, now - presentSince);
    }

    /** Bytes a nanosecond since the stream started. */
    double averageRate(long now) {
        return (double) claimed() / Math.max(1, elapsed(now));
    }

    /** How many nanoseconds the rest takes at the average rate; the elapsed time before any byte came. */
    double nanosLeft(long now) {
        return claimed() == 0 ? elapsed(now) : (double) left() * elapsed(now) / claimed();
    }
}
