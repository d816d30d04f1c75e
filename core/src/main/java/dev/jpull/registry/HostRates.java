// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many bytes of blobs each host sends, summed over all downloads that it serves, and which hosts were too slow a short
 * while ago. Time counts while at least one download waits for the host or reads from it: windows are therefore longer than
 * single requests, and a host gains nothing by breaking off, or by beginning late. Shared by all pulls of one engine; safe for
 * use by several threads.
 */
public final class HostRates {
    /** How long a host is measured before it is judged. */
    public static final long WINDOW = Duration.ofSeconds(5).toNanos();

    /** Bytes a second; a host that sends less in a window, in sum over its downloads, is slow. */
    public static final double FLOOR = 600_000;

    /** How long a host stays known as slow; after as long without a download, its measurement starts anew. */
    static final long MEMORY = Duration.ofSeconds(60).toNanos();

    /** A complete answer counts as so many bytes, because small blobs over a line with a long delay say nothing about the rate. */
    static final int ANSWER = 128 << 10;

    private static final double NANOS = 1e9;

    private final LongSupplier nanoTime;

    /** The monitor guards the fields of each host as well; it is a leaf of the lock order. */
    @GuardedBy("this")
    private final Map<String, Host> hosts = new HashMap<>();

    private static final class Host {
        private int downloads;
        /** Since when the present run of downloads is measured, or when the last one ended. */
        private long since;
        /** The time of earlier runs of downloads in this window. */
        private long busy;

        private long bytes;
        /** What answers count in addition. */
        private long credit;

        private double sent;
        private double rate = Double.POSITIVE_INFINITY;
        private boolean slow;
        private long slowSince;

        private Host(long now) {
            since = now;
        }

        private void startWindow(long now) {
            since = now;
            busy = 0;
            bytes = 0;
            credit = 0;
        }

        private void forget(long now) {
            slow = false;
            rate = Double.POSITIVE_INFINITY;
            startWindow(now);
        }
    }

    HostRates(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @GuardedBy("this")
    private Host host(String origin, long now) {
        Host host = hosts.computeIfAbsent(origin, unseen -> new Host(now));
        boolean expired = host.slow && now - host.slowSince >= MEMORY;
        if (expired || host.downloads == 0 && now - host.since >= MEMORY) {
            host.forget(now);
        }
        return host;
    }

    /** A download begins to wait for the host, or to read from it. */
    public synchronized void begin(String origin) {
        long now = nanoTime.getAsLong();
        Host host = host(origin, now);
        if (host.downloads++ == 0) {
            host.since = now;
        }
    }

    /** A download no longer waits for the host. */
    public synchronized void end(String origin) {
        long now = nanoTime.getAsLong();
        Host host = host(origin, now);
        closeWindow(host, now);
        if (--host.downloads == 0) {
            host.busy += now - host.since;
            host.since = now;
        }
    }

    /** Bytes of a blob came that were missing. */
    public synchronized void received(String origin, long bytes) {
        long now = nanoTime.getAsLong();
        Host host = host(origin, now);
        host.bytes += bytes;
        closeWindow(host, now);
    }

    /** The host answered a request in full, with content or with a refusal. */
    public synchronized void answered(String origin) {
        long now = nanoTime.getAsLong();
        Host host = host(origin, now);
        host.credit += ANSWER;
        closeWindow(host, now);
    }

    /** This machine was busy: so much of the time does not count for the rate of the host. */
    public synchronized void excuse(String origin, long nanos) {
        long now = nanoTime.getAsLong();
        Host host = host(origin, now);
        host.since = Math.min(now, host.since + nanos);
    }

    private static void closeWindow(Host host, long now) {
        long elapsed = host.busy + (host.downloads > 0 ? now - host.since : 0);
        if (elapsed < WINDOW) {
            return;
        }
        host.sent = host.bytes * NANOS / elapsed;
        host.rate = (host.bytes + host.credit) * NANOS / elapsed;
        host.slow = host.rate < FLOOR;
        host.slowSince = now;
        host.startWindow(now);
    }

    /** Whether the host was too slow when it was measured last, less than a minute ago. */
    public synchronized boolean isSlow(String origin) {
        return host(origin, nanoTime.getAsLong()).slow;
    }

    /** What the host sent in its last window, in bytes a second, with what answers count; infinite when nothing is known. */
    public synchronized double rate(String origin) {
        return host(origin, nanoTime.getAsLong()).rate;
    }

    /** What the host really sent in its last window, in bytes a second, for messages. */
    public synchronized double sent(String origin) {
        return host(origin, nanoTime.getAsLong()).sent;
    }

    /** How many downloads wait for the host or read from it. */
    public synchronized int downloads(String origin) {
        return host(origin, nanoTime.getAsLong()).downloads;
    }
}
