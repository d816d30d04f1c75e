// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Until when the throttled hosts of an engine get no request, from any of its pulls. Safe for use by several threads.
 */
final class Backoffs {
    private final LongSupplier nanoTime;
    /** The time in nanoseconds until when a host gets no request, by origin. */
    private final Map<String, Long> backoffUntil = new ConcurrentHashMap<>();

    /** No host is throttled. */
    Backoffs(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The host gets no request for so long; a longer back-off that has begun stays. */
    void backOff(String origin, Duration duration) {
        long until = nanoTime.getAsLong() + duration.toNanos();
        backoffUntil.merge(origin, until, (old, added) -> added - old > 0 ? added : old);
    }

    /** How long the host still gets no request; zero when it is not throttled. */
    Duration remaining(String origin) {
        Long until = backoffUntil.get(origin);
        return until == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, until - nanoTime.getAsLong()));
    }
}
