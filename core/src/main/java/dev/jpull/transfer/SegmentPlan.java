// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * Which stream fetches which bytes of a blob. A missing byte is either in a gap or in one running segment; a free stream can take
 * over the end of a running segment. A stream that is cut short costs its connection and the bytes on the way, so that the
 * plan cuts the same segment again and again, in pieces that get smaller as less is left. Safe for use by several threads.
 *
 * <p>The plan takes no other lock under its monitor, and does no network I/O under it: the stream of a straggler is ended after
 * the monitor is released.
 */
final class SegmentPlan {
    /** Less than this is not worth a request of its own. */
    static final long MIN_PIECE = 2 << 20;

    /** More than this is not given away at once. */
    static final long MAX_PIECE = 64 << 20;

    /** A stream that ends sooner than this is not cut. */
    static final long WORTH_A_REQUEST = Duration.ofMillis(400).toNanos();

    /** A stream is cut for the first time only when at least so many bytes of it are left. */
    static final long WORTH_A_CUT = 4 << 20;

    /** A stream is cut for the first time only when the rest takes at least so long. */
    static final long WORTH_THE_TIME = Duration.ofSeconds(1).toNanos();

    /** How long a stream runs before its rate is known. */
    static final long KNOWN_AFTER = Duration.ofMillis(300).toNanos();

    /** A stream that is slower than the others by this factor is ended, when the rest takes long. */
    static final double MUCH_SLOWER = 8;

    /** A slow stream is ended only when the rest takes at least so long. */
    static final long STRAGGLES = Segment.RATE_WINDOW;

    /** Bytes a nanosecond, 150 MB/s: a second connection beside such a fast one gains nothing. */
    private static final double FAST_ENOUGH = 0.15;

    private final LongSupplier nanoTime;
    private final int parts;

    /** The ends of the gaps by their starts. */
    @GuardedBy("this")
    private final NavigableMap<Long, Long> gaps = new TreeMap<>();

    /** The bytes that a stream takes of a gap at most. */
    @GuardedBy("this")
    private long firstPiece;

    /** The segments with a stream; the monitor guards their fields as well. */
    @GuardedBy("this")
    private final List<Segment> running = new ArrayList<>();

    /** How many segments were left; a change wakes the waiting threads. */
    @GuardedBy("this")
    private long changes;

    /** Bytes of the streams that have ended. */
    @GuardedBy("this")
    private long endedBytes;

    /** How long the streams that have ended took, in sum. */
    @GuardedBy("this")
    private long endedNanos;

    /**
     * A plan.
     *
     * @param parts into how many parts a large gap is divided from the start, at least 1
     */
    SegmentPlan(Collection<ByteRange> missing, int parts) {
        this(missing, parts, System::nanoTime);
    }

    SegmentPlan(Collection<ByteRange> missing, int parts, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.parts = parts;
        this.firstPiece = open(missing);
    }

    /** Starts again with other gaps; only while no segment is running. */
    synchronized void reset(Collection<ByteRange> missing) {
        if (!running.isEmpty()) {
            throw new IllegalStateException("a segment is still running");
        }
        gaps.clear();
        firstPiece = open(missing);
    }

    /** Opens gaps. Returns how many bytes a stream takes of them at most, as long as streams can do with whole shares. */
    @GuardedBy("this")
    private long open(Collection<ByteRange> missing) {
        long all = 0;
        for (ByteRange range : missing) {
            gaps.put(range.start(), range.end());
            all += range.length();
        }
        return all < WORTH_A_CUT ? all : all / parts;
    }

    /** The first gap, or null when there is none. */
    synchronized @Nullable Segment take() {
        var first = gaps.pollFirstEntry();
        return first == null ? null : started(first.getKey(), first.getValue());
    }

    /** The first gap at or after a position, or null when there is none. */
    synchronized @Nullable Segment takeFrom(long position) {
        var gap = gaps.ceilingEntry(position);
        if (gap == null) {
            return null;
        }
        gaps.remove(gap.getKey());
        return started(gap.getKey(), gap.getValue());
    }

    /**
     * Bytes of a gap, else the end of the segment with most left, else the rest of a stream that is much slower than the others,
     * which is ended; null when too few bytes are left.
     */
    @Nullable
    Segment takeOrSplit() {
        Segment taken;
        Runnable giveUp;
        synchronized (this) {
            taken = gapOrEnd();
            if (taken != null) {
                return taken;
            }
            Segment straggler = straggler();
            if (straggler == null) {
                return null;
            }
            taken = started(straggler.position(), straggler.end());
            straggler.takeRest();
            giveUp = straggler.giveUp();
        }
        giveUp.run();
        return taken;
    }

    @GuardedBy("this")
    private @Nullable Segment gapOrEnd() {
        if (!gaps.isEmpty()) {
            return takeShare();
        }
        Segment longest = segmentToCut();
        if (longest == null) {
            return null;
        }
        long piece = Math.max(MIN_PIECE, Math.min(MAX_PIECE, longest.left() / (running.size() + 1)));
        long start = longest.cut(piece);
        return started(start, start + piece);
    }

    /**
     * A part of a gap that leaves some for other streams, so that the next free one need not cut a stream. The first stream begins
     * at the front, the others at the end: the first one can go on to where it meets them.
     */
    @GuardedBy("this")
    private Segment takeShare() {
        long share = Math.min(firstPiece, open() / (running.size() + 1));
        boolean first = running.isEmpty();
        Map.Entry<Long, Long> gap = Objects.requireNonNull(first ? gaps.pollFirstEntry() : gaps.pollLastEntry(), "gap");
        long start = gap.getKey();
        long end = gap.getValue();
        long piece = Math.max(MIN_PIECE, first ? share : Math.min(MAX_PIECE, share));
        if (end - start - piece < MIN_PIECE) {
            return started(start, end);
        }
        long middle = first ? start + piece : end - piece;
        gaps.put(first ? middle : start, first ? end : middle);
        return first ? started(start, middle) : started(middle, end);
    }

    /** Of the streams that were cut before, the one with most left; else the stream with most left. */
    @GuardedBy("this")
    private @Nullable Segment segmentToCut() {
        long now = nanoTime.getAsLong();
        return running.stream()
                .filter(segment -> isWorthHelping(segment, now))
                .max(Comparator.<Segment, Boolean>comparing(Segment::isCut).thenComparingLong(Segment::left))
                .orElse(null);
    }

    /** A stream that is much slower than the others, with a rest that takes long and is too small to split. */
    @GuardedBy("this")
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

    /** The average rate of the other streams, running and ended, in bytes a nanosecond. */
    @GuardedBy("this")
    private double rateOfOthers(Segment one, long now) {
        long bytes = endedBytes;
        long nanos = endedNanos;
        for (Segment other : running) {
            if (other != one) {
                bytes += other.claimed();
                nanos += other.elapsed(now);
            }
        }
        return bytes / (double) Math.max(1, nanos);
    }

    /** What ends the stream that fetches a segment, when another segment takes the rest; called without the monitor. */
    synchronized void whenTaken(Segment segment, Runnable giveUp) {
        segment.whenTaken(giveUp);
    }

    private static boolean isWorthHelping(Segment segment, long now) {
        if (segment.averageRate(now) > FAST_ENOUGH) {
            return false;
        }
        return segment.isCut()
                ? segment.left() >= 2 * MIN_PIECE && segment.nanosLeft(now) >= WORTH_A_REQUEST
                : segment.left() >= WORTH_A_CUT
                        && segment.nanosLeft(now) >= WORTH_THE_TIME
                        && segment.elapsed(now) >= KNOWN_AFTER;
    }

    @GuardedBy("this")
    private Segment started(long start, long end) {
        Segment segment = new Segment(start, end, nanoTime.getAsLong());
        running.add(segment);
        return segment;
    }

    /**
     * Claims bytes for the stream of a segment, before they are written.
     *
     * @return how many of them belong to the segment; the others belong to another one by now
     */
    synchronized int claim(Segment segment, int bytes) {
        return segment.claim(bytes, nanoTime.getAsLong());
    }

    synchronized long position(Segment segment) {
        return segment.position();
    }

    /** Whether nothing is left of a segment. */
    synchronized boolean isOver(Segment segment) {
        return segment.left() == 0;
    }

    synchronized long end(Segment segment) {
        return segment.end();
    }

    /** The stream of a segment has ended; the bytes that it has not claimed become a gap. */
    synchronized void leave(Segment segment) {
        running.remove(segment);
        endedBytes += segment.claimed();
        endedNanos += segment.elapsed(nanoTime.getAsLong());
        if (segment.left() > 0) {
            Long after = gaps.remove(segment.end());
            gaps.put(segment.position(), after == null ? segment.end() : after);
        }
        changes++;
        notifyAll();
    }

    /**
     * Adds the gap behind a segment to it, when the stream sends those bytes anyway: up to the end of the stream. A large gap that
     * other streams may share is added piece by piece.
     */
    synchronized void extend(Segment segment, long end) {
        Long after = segment.end() < end && (parts == 1 || segment.left() == 0) ? gaps.get(segment.end()) : null;
        if (after == null || after > end) {
            return;
        }
        gaps.remove(segment.end());
        long piece = parts == 1 || after - segment.end() <= MIN_PIECE ? after : segment.end() + MIN_PIECE;
        if (piece < after) {
            gaps.put(piece, after);
        }
        segment.extendTo(piece);
    }

    /** Whether every byte is claimed, and no segment is running. */
    synchronized boolean isDone() {
        return gaps.isEmpty() && running.isEmpty();
    }

    /**
     * Whether there are bytes for one more stream.
     *
     * @param early whether a stream may start although it is not known yet that the running ones need long
     */
    synchronized boolean hasRoom(boolean early) {
        return !gaps.isEmpty() && (early || running.isEmpty() || isGapWorthHelping())
                || segmentToCut() != null
                || straggler() != null;
    }

    /** Whether the running streams would need long for the gaps. */
    @GuardedBy("this")
    private boolean isGapWorthHelping() {
        long now = nanoTime.getAsLong();
        double rate = 0;
        boolean known = false;
        for (Segment segment : running) {
            rate += segment.presentRate(now);
            known |= segment.elapsed(now) >= KNOWN_AFTER;
        }
        return known && rate <= FAST_ENOUGH * running.size() && open() >= WORTH_A_REQUEST * rate;
    }

    /** How many bytes the gaps have. */
    @GuardedBy("this")
    private long open() {
        long all = 0;
        for (Map.Entry<Long, Long> gap : gaps.entrySet()) {
            all += gap.getValue() - gap.getKey();
        }
        return all;
    }

    /** Waits until a segment is left, for at most so many milliseconds. */
    synchronized void awaitChange(long millis) throws InterruptedException {
        long seen = changes;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); seen == changes && left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
