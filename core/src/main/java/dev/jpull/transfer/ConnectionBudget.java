// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many connections fetch blobs, in sum and to each host. A host gets more connections at first, then as few as reach the same
 * rate, and half as many when it refuses. A download always gets its one connection; segment workers get the others. Safe for use
 * by several threads.
 *
 * <p>Takes no other lock under its monitor, and does no network I/O under it.
 */
public final class ConnectionBudget {
    /** How soon a host gets more connections, as long as it does not refuse. */
    static final long RAMP = Duration.ofMillis(150).toNanos();

    /** How long a number of connections is measured: servers that limit their rate send in bursts. */
    static final long WINDOW = Duration.ofSeconds(1).toNanos();

    /** How long the best number of connections stays, and the number after a refusal. */
    static final long HOLD = Duration.ofSeconds(4).toNanos();

    /** A rate below this part of the best rate counts as slower. */
    private static final double SLOWER = 0.9;

    private final int most;
    private final int mostOfHost;
    private final LongSupplier nanoTime;

    /** The connections of each host, by its origin; the monitor guards the fields of {@link Host} as well. */
    @GuardedBy("this")
    private final Map<String, Host> hosts = new HashMap<>();

    /** The connections to every host together. */
    @GuardedBy("this")
    private int active;

    /** The connections to one host; the monitor of the budget guards every field. */
    private static final class Host {
        private int active;
        private int limit = 1;
        /** The limit that comes back when fewer connections are slower; 0 for none. */
        private int before;

        private double best;
        private long bytes;
        private long since;
        private boolean ramping = true;
        /** Whether the host has refused: then connections are added one by one. */
        private boolean hasRefused;

        private long holdUntil;
        private long hold = HOLD;

        private Host(long now) {
            since = now;
            holdUntil = now;
        }

        private double rateSince(long now) {
            double rate = (double) bytes / Math.max(1, now - since);
            bytes = 0;
            since = now;
            return rate;
        }
    }

    /**
     * Limits.
     *
     * @param most connections in all, at least 1
     * @param mostOfHost connections to one host, at least 1
     */
    public ConnectionBudget(int most, int mostOfHost) {
        this(most, mostOfHost, System::nanoTime);
    }

    ConnectionBudget(int most, int mostOfHost, LongSupplier nanoTime) {
        this.most = most;
        this.mostOfHost = mostOfHost;
        this.nanoTime = nanoTime;
    }

    @GuardedBy("this")
    private Host host(String origin) {
        return hosts.computeIfAbsent(origin, unseen -> new Host(nanoTime.getAsLong()));
    }

    /** A download has a connection, whatever the limits are. */
    synchronized void enter(String origin) {
        active++;
        host(origin).active++;
    }

    /** Gives a segment worker a connection, if the limits allow it. Returns whether they do. */
    synchronized boolean enterIfFree(String origin) {
        Host host = host(origin);
        if (active >= most || host.active >= host.limit) {
            return false;
        }
        active++;
        host.active++;
        return true;
    }

    /** A connection is no longer used. */
    synchronized void leave(String origin) {
        active--;
        host(origin).active--;
    }

    /** Whether there are more connections than the limits allow, so that segment workers should end. */
    synchronized boolean isCrowded(String origin) {
        Host host = host(origin);
        return active > most || host.active > host.limit;
    }

    /** Bytes came from a host. */
    synchronized void received(String origin, long bytes) {
        Host host = host(origin);
        host.bytes += bytes;
        long now = nanoTime.getAsLong();
        if (now - host.since < (host.ramping && !host.hasRefused ? RAMP : WINDOW)) {
            return;
        }
        double rate = host.rateSince(now);
        if (now - host.holdUntil < 0) {
            return;
        }
        if (host.ramping) {
            ramp(host, now);
        } else {
            judge(host, rate, now);
        }
    }

    /** Adds connections, until the host refuses or a limit is reached. */
    private void ramp(Host host, long now) {
        if (host.limit >= mostOfHost || host.limit >= most) {
            host.ramping = false;
            host.holdUntil = now + WINDOW;
        } else if (host.active >= host.limit) {
            int more = Math.max(host.limit, host.active);
            host.limit = Math.min(mostOfHost, host.hasRefused ? more + 1 : 2 * more);
        }
    }

    /** Tries fewer connections from time to time, and goes back to the earlier number if fewer are slower. */
    private void judge(Host host, double rate, long now) {
        if (host.before > 0 && rate < host.best * SLOWER) {
            host.limit = host.before;
            host.before = 0;
            host.best = 0;
            host.holdUntil = now + host.hold;
            host.hold *= 2;
        } else if (host.active >= host.limit) {
            host.best = Math.max(host.best, rate);
            host.before = host.limit;
            host.limit = Math.max(1, host.limit - Math.max(1, host.limit / 4));
            host.holdUntil = now + WINDOW;
        }
    }

    /** A host refused a request or broke off a stream: halves its connections for a while. */
    synchronized void refused(String origin) {
        Host host = host(origin);
        host.limit = Math.max(1, Math.min(host.limit, host.active) / 2);
        host.before = 0;
        host.best = 0;
        host.ramping = true;
        host.hasRefused = true;
        host.holdUntil = nanoTime.getAsLong() + HOLD;
    }

    /** How many connections to a host there are. */
    synchronized int activeOf(String origin) {
        return host(origin).active;
    }

    /** How many connections there are. */
    synchronized int active() {
        return active;
    }

    /** How many connections a host may have at present. */
    synchronized int limit(String origin) {
        return host(origin).limit;
    }
}
