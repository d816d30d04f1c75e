// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Times of entries. What lies beyond the range of {@link Instant} becomes its nearest end: file systems have narrower ranges. */
final class EntryTime {
    private static final int NANO_DIGITS = 9;

    private EntryTime() {}

    /** A time in whole seconds since 1970, which may be negative. */
    static Instant ofSeconds(long seconds) {
        return Instant.ofEpochSecond(
                Math.max(Instant.MIN.getEpochSecond(), Math.min(Instant.MAX.getEpochSecond(), seconds)));
    }

    /**
     * A time in decimal seconds, such as {@code -12.5}, which is half a second before second -12. Digits beyond nanoseconds are cut.
     * Empty if the text is not that, or has more digits than 64 bits hold.
     */
    static Optional<Instant> ofDecimal(byte[] text) {
        int point = 0;
        while (point < text.length && text[point] != '.') {
            point++;
        }
        OptionalLong seconds = NumberField.decimal(text, 0, point);
        if (seconds.isEmpty()) {
            return Optional.empty();
        }
        long nanos = 0;
        for (int i = point + 1; i < text.length; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return Optional.empty();
            }
            nanos = i - point <= NANO_DIGITS ? nanos * 10 + text[i] - '0' : nanos;
        }
        for (int digits = Math.max(0, text.length - point - 1); digits < NANO_DIGITS; digits++) {
            nanos *= 10;
        }
        Instant whole = ofSeconds(seconds.getAsLong());
        boolean clamped = whole.getEpochSecond() != seconds.getAsLong() || whole.equals(Instant.MIN);
        return Optional.of(clamped ? whole : whole.plusNanos(text[0] == '-' ? -nanos : nanos));
    }
}
