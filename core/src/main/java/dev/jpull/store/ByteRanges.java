// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A set of bytes, kept as ranges that neither touch nor overlap. For use by one thread. */
final class ByteRanges {
    /** The end of each range by its start. */
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** Adds bytes; those that are there already do no harm. */
    void add(long start, long end) {
        long from = start;
        long to = end;
        Map.Entry<Long, Long> before = ends.floorEntry(start);
        if (before != null && before.getValue() >= start) {
            from = before.getKey();
            to = Math.max(to, before.getValue());
        }
        Map.Entry<Long, Long> next = ends.higherEntry(from);
        while (next != null && next.getKey() <= to) {
            to = Math.max(to, next.getValue());
            ends.remove(next.getKey());
            next = ends.higherEntry(from);
        }
        ends.put(from, to);
    }

    void clear() {
        ends.clear();
    }

    /** Up to where all bytes are there, from the first one. */
    long front() {
        return ends.getOrDefault(0L, 0L);
    }

    /** How many bytes. */
    long count() {
        long count = 0;
        for (Map.Entry<Long, Long> range : ends.entrySet()) {
            count += range.getValue() - range.getKey();
        }
        return count;
    }

    /** The ranges, in order. */
    List<ByteRange> toList() {
        List<ByteRange> ranges = new ArrayList<>();
        ends.forEach((start, end) -> ranges.add(new ByteRange(start, end)));
        return ranges;
    }

    /** What is not there of so many bytes, in order. */
    List<ByteRange> gaps(long size) {
        List<ByteRange> gaps = new ArrayList<>();
        long at = 0;
        for (Map.Entry<Long, Long> range : ends.entrySet()) {
            if (range.getKey() > at) {
                gaps.add(new ByteRange(at, range.getKey()));
            }
            at = range.getValue();
        }
        if (at < size) {
            gaps.add(new ByteRange(at, size));
        }
        return gaps;
    }
}
