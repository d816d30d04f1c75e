// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Remembers which hosts could not be reached, so that a dead mirror costs one wait and not one for every blob. After a
 * while a host gets another chance. Shared by all pulls of one engine; safe for use by several threads.
 */
public final class HostHealth {
    private static final long MEMORY_NANOS = Duration.ofSeconds(60).toNanos();

    private final LongSupplier nanoTime;
    private final Map<String, Down> down = new ConcurrentHashMap<>();

    private record Down(String reason, long since) {}

    /** All hosts are well. */
    public HostHealth() {
        this(System::nanoTime);
    }

    HostHealth(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The host could not be reached. */
    void markDown(String origin, String reason) {
        down.put(origin, new Down(reason, nanoTime.getAsLong()));
    }

    /** The host answered. */
    void markUp(String origin) {
        down.remove(origin);
    }

    /** Whether the host could not be reached a short while ago. */
    boolean isDown(String origin) {
        Down state = down.get(origin);
        return state != null && nanoTime.getAsLong() - state.since() < MEMORY_NANOS;
    }

    /** Why the host is taken to be down. */
    String reason(String origin) {
        Down state = down.get(origin);
        return state == null ? "" : state.reason();
    }
}
