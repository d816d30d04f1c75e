// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.store.ByteRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who fetches which bytes of a blob. What is missing is either nobody's (a gap) or belongs to one segment in progress, whose
 * end somebody who is free can take over. A stream that is cut short costs its connection and what is already on the way,
 * so the same segment gives away its end again and again, in pieces that get smaller as less is left. Safe for use by
 * several threads.
 */
final class SegmentPlan {
    /** Less than this is not worth a request of its own. */
    static final long MIN_PIECE = 2 << 20;

    /** More than this is not given away at once. */
    static final long MAX_PIECE = 64 << 20;

    /** A stream that will be through sooner than this is left alone. */
    static final long WORTH_A_REQUEST = Duration.ofMillis(400).toNanos();

    /** A stream that has not been cut short yet is, when so much is left of it, and it takes so long. */
    static final long WORTH_A_CUT = 8 << 20;

    static final long WORTH_THE_TIME = Duration.ofSeconds(1).toNanos();

    /** How long it takes to know how fast a stream is. */
    static final long KNOWN_AFTER = Duration.ofMillis(300).toNanos();

    /** A stream that is slower than the others by this factor is given up, when what is left of it takes long. */
    static final double MUCH_SLOWER = 8;

    /** How long a stream is measured for that, and how long it may take at least. */
    static final long STRAGGLES = Duration.ofSeconds(2).toNanos();

    /** Bytes a nanosecond, 150 MB/s: a connection that brings so much leaves nothing to do for another one. */
    private static final double FAST_ENOUGH = 0.15;

    private final LongSupplier nanoTime;
    private final NavigableMap<Long, Long> gaps = new TreeMap<>();
    private final List<Segment> running = new ArrayList<>();
    private long changes;
    /** What the streams that have ended brought, and how long they took in sum. */
    private long endedBytes;

    private long endedNanos;

    /** Bytes that somebody is fetching, from the first to the last. */
    static final class Segment {
        private long position;
        private long end;
        private final long start;
        private final long since;
        private boolean cut;
        private long measured;
        private long measuredAt;
        private double recent = Double.POSITIVE_INFINITY;
        private Runnable giveUp = () -> {};

        private Segment(long start, long end, long since) {
            this.start = start;
            this.position = start;
            this.end = end;
            this.since = since;
            this.measured = start;
            this.measuredAt = since;
        }

        /** Bytes a nanosecond, of late; infinite as long as it is not known. */
        private double recentRate(long now) {
            return now - measuredAt < STRAGGLES
                    ? recent
                    : Math.max(1, position - measured) / (double) (now - measuredAt);
        }

        private void advance(int bytes, long now) {
            position += bytes;
            if (now - measuredAt >= STRAGGLES) {
                recent = recentRate(now);
                measured = position;
                measuredAt = now;
            }
        }

        private long left() {
            return end - position;
        }

        /** How long it will take, going by how long it took so far. */
        private double nanosLeft(long now) {
            return position == start ? now - since : (double) left() * (now - since) / (position - start);
        }
    }

    SegmentPlan(Collection<ByteRange> missing) {
        this(missing, System::nanoTime);
    }

    SegmentPlan(Collection<ByteRange> missing, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        missing.forEach(range -> gaps.put(range.start(), range.end()));
    }

    /** Starts anew. */
    synchronized void reset(Collection<ByteRange> missing) {
        if (!running.isEmpty()) {
            throw new IllegalStateException("somebody is still fetching");
        }
        gaps.clear();
        missing.forEach(range -> gaps.put(range.start(), range.end()));
    }

    /** The first bytes that are nobody's, or null when there are none. */
    synchronized @Nullable Segment take() {
        var first = gaps.pollFirstEntry();
        return first == null ? null : started(first.getKey(), first.getValue());
    }

    /** The first bytes at or after a position that are nobody's, or null when there are none. */
    synchronized @Nullable Segment takeFrom(long position) {
        var gap = gaps.ceilingEntry(position);
        if (gap == null) {
            return null;
        }
        gaps.remove(gap.getKey());
        return started(gap.getKey(), gap.getValue());
    }

    /**
     * Bytes that no stream fetches, else some from the end of the segment that has most left, else all that a stream has left that
     * is much slower than the others, and is ended; null when there is too little.
     */
    @Nullable
    Segment takeOrSplit() {
        Segment straggler;
        Segment taken;
        synchronized (this) {
            taken = gapOrEnd();
            if (taken != null) {
                return taken;
            }
            straggler = straggler();
            if (straggler == null) {
                return null;
            }
            taken = started(straggler.position, straggler.end);
            straggler.end = straggler.position;
        }
        straggler.giveUp.run();
        return taken;
    }

    private @Nullable Segment gapOrEnd() {
        if (!gaps.isEmpty()) {
            return running.isEmpty() ? take() : takeShare();
        }
        Segment victim = victim();
        if (victim == null) {
            return null;
        }
        long piece = Math.max(MIN_PIECE, Math.min(MAX_PIECE, victim.left() / (running.size() + 1)));
        victim.end -= piece;
        victim.cut = true;
        return started(victim.end, victim.end + piece);
    }

    /** As much of what is nobody's as leaves something for the others, so that nobody's stream need be cut short for them. */
    private Segment takeShare() {
        long all = 0;
        for (Map.Entry<Long, Long> gap : gaps.entrySet()) {
            all += gap.getValue() - gap.getKey();
        }
        Map.Entry<Long, Long> first = Objects.requireNonNull(gaps.pollFirstEntry(), "gap");
        long start = first.getKey();
        long end = first.getValue();
        long piece = Math.max(MIN_PIECE, Math.min(MAX_PIECE, all / (running.size() + 1)));
        if (end - start - piece < MIN_PIECE) {
            return started(start, end);
        }
        gaps.put(start + piece, end);
        return started(start, start + piece);
    }

    /** Of streams that will be cut short in any case, the one with most left; else the one with most left of all. */
    private @Nullable Segment victim() {
        long now = nanoTime.getAsLong();
        return running.stream()
                .filter(segment -> isWorthHelping(segment, now))
                .max(Comparator.<Segment, Boolean>comparing(segment -> segment.cut)
                        .thenComparingLong(Segment::left))
                .orElse(null);
    }

    /** A stream that is much slower than the others were, while what is left of it is too little to split. */
    private @Nullable Segment straggler() {
        long now = nanoTime.getAsLong();
        for (Segment segment : running) {
            double rate = segment.recentRate(now);
            if (segment.left() > 0
                    && segment.left() >= STRAGGLES * rate
                    && rate * MUCH_SLOWER < rateOfOthers(segment, now)) {
                return segment;
            }
        }
        return null;
    }

    /** What a stream other than this one brings or brought on the average, in bytes a nanosecond. */
    private double rateOfOthers(Segment one, long now) {
        long bytes = endedBytes;
        long nanos = endedNanos;
        for (Segment other : running) {
            if (other != one) {
                bytes += other.position - other.start;
                nanos += now - other.since;
            }
        }
        return bytes / (double) Math.max(1, nanos);
    }

    /** What ends the stream that fetches a segment, when all that is left of it is taken away. */
    synchronized void whenTaken(Segment segment, Runnable giveUp) {
        segment.giveUp = giveUp;
    }

    private static boolean isWorthHelping(Segment segment, long now) {
        long elapsed = now - segment.since;
        double bytesPerNano = (double) (segment.position - segment.start) / Math.max(1, elapsed);
        if (bytesPerNano > FAST_ENOUGH) {
            return false;
        }
        return segment.cut
                ? segment.left() >= 2 * MIN_PIECE && segment.nanosLeft(now) >= WORTH_A_REQUEST
                : segment.left() >= WORTH_A_CUT && segment.nanosLeft(now) >= WORTH_THE_TIME && elapsed >= KNOWN_AFTER;
    }

    private Segment started(long start, long end) {
        Segment segment = new Segment(start, end, nanoTime.getAsLong());
        running.add(segment);
        return segment;
    }

    /** How much of these many bytes is still the segment's own; they belong to it from now on. */
    synchronized int claim(Segment segment, int bytes) {
        int own = (int) Math.min(bytes, segment.left());
        segment.advance(own, nanoTime.getAsLong());
        return own;
    }

    synchronized long position(Segment segment) {
        return segment.position;
    }

    synchronized long end(Segment segment) {
        return segment.end;
    }

    /** Nobody is at it any more; what is left of it is nobody's. */
    synchronized void leave(Segment segment) {
        running.remove(segment);
        endedBytes += segment.position - segment.start;
        endedNanos += nanoTime.getAsLong() - segment.since;
        if (segment.position < segment.end) {
            Long after = gaps.remove(segment.end);
            gaps.put(segment.position, after == null ? segment.end : after);
        }
        changes++;
        notifyAll();
    }

    /** Gives it more when nobody has what follows: for who would get those bytes anyway. */
    synchronized void extend(Segment segment, long end) {
        Long after = segment.end < end ? gaps.get(segment.end) : null;
        if (after != null && after <= end) {
            gaps.remove(segment.end);
            segment.end = after;
        }
    }

    /** Whether every byte was claimed, and nobody is at work. */
    synchronized boolean isDone() {
        return gaps.isEmpty() && running.isEmpty();
    }

    /** Whether there is something to do for one more. */
    synchronized boolean hasRoom() {
        return !gaps.isEmpty() || victim() != null || straggler() != null;
    }

    /** Waits until somebody leaves, but not for long. */
    synchronized void awaitChange(long millis) throws InterruptedException {
        long seen = changes;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); seen == changes && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
