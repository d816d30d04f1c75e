// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long the hosts of an engine take to answer, and from that, after how long an answer is late. Safe for use by several
 * threads.
 */
final class ResponseTimes {
    /** After how long the first answer of a host is late. */
    private static final Duration LATE_FIRST = Duration.ofSeconds(2);

    /** What is added to a multiple of the usual time. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private static final double FACTOR = 3;
    private static final Duration LATEST = Duration.ofSeconds(5);

    /** The shortest wait for a host that was late several times in a row. */
    private static final Duration SHORTEST = Duration.ofMillis(250);

    private static final int MAX_HALVINGS = 16;

    /** A new answer counts for one part in so many of the usual time. */
    private static final int SMOOTHING = 4;

    private final Map<String, Times> hosts = new ConcurrentHashMap<>();

    /**
     * The answers of one host.
     *
     * @param usual how long the answers took, smoothed, in nanoseconds; 0 before the first answer
     * @param lateInARow how often in a row another host was faster because this one was late
     */
    private record Times(double usual, int lateInARow) {
        static final Times UNKNOWN = new Times(0, 0);

        Times answered(long nanos) {
            return new Times(usual == 0 ? nanos : usual + (nanos - usual) / SMOOTHING, 0);
        }

        Times late() {
            return new Times(usual, Math.min(lateInARow + 1, MAX_HALVINGS));
        }
    }

    /** The host answered after so long. */
    void answered(String origin, Duration elapsed) {
        hosts.compute(origin, (host, times) -> (times == null ? Times.UNKNOWN : times).answered(elapsed.toNanos()));
    }

    /** The host was late, and another one was faster. */
    void wasLate(String origin) {
        hosts.compute(origin, (host, times) -> (times == null ? Times.UNKNOWN : times).late());
    }

    /**
     * After how long an answer of the host is late. The time is halved every time that the host was late in a row, so that many
     * documents do not each wait for a host that answers none of them.
     */
    Duration lateAfter(String origin) {
        Times times = hosts.getOrDefault(origin, Times.UNKNOWN);
        long nanos = times.usual() == 0
                ? LATE_FIRST.toNanos()
                : Math.min((long) (FACTOR * times.usual()) + MARGIN.toNanos(), LATEST.toNanos());
        return Duration.ofNanos(Math.max(nanos >> times.lateInARow(), Math.min(nanos, SHORTEST.toNanos())));
    }
}
