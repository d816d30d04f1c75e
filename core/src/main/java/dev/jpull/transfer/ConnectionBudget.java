// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many connections fetch blobs, in all and at each host: as many as there may be at first, then as few as do the same,
 * and half as many when the host complains. A download always gets its one connection; helpers get what is left. Safe for use by several threads.
 */
public final class ConnectionBudget {
    /** How soon a host gets more connections, as long as it does not complain. */
    static final long RAMP = Duration.ofMillis(150).toNanos();

    /** How long it takes to judge a number of connections: servers that limit their rate send in bursts. */
    static final long WINDOW = Duration.ofSeconds(1).toNanos();

    /** How long it is left at what has turned out best, or at what a host that complained has got. */
    static final long HOLD = Duration.ofSeconds(4).toNanos();

    /** Less than this part of the best rate is slower. */
    private static final double SLOWER = 0.9;

    private final int most;
    private final int mostOfHost;
    private final LongSupplier nanoTime;
    private final Map<String, Host> hosts = new HashMap<>();
    private int active;

    /** What is known of a host. */
    private static final class Host {
        private int active;
        private int limit = 1;
        /** Where to go back to when fewer connections turn out slower. */
        private int before;

        private double best;
        private long bytes;
        private long since;
        private boolean ramping = true;
        /** It has complained: more connections come one by one. */
        private boolean gently;

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

    private Host host(String origin) {
        return hosts.computeIfAbsent(origin, unseen -> new Host(nanoTime.getAsLong()));
    }

    /** A download has a connection. */
    synchronized void enter(String origin) {
        active++;
        host(origin).active++;
    }

    /** A helper may have a connection, if there is one to have. */
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

    /** Whether there are more than there may be, so that helpers should go. */
    synchronized boolean isCrowded(String origin) {
        Host host = host(origin);
        return active > most || host.active > host.limit;
    }

    /** Bytes came from a host. */
    synchronized void received(String origin, long bytes) {
        Host host = host(origin);
        host.bytes += bytes;
        long now = nanoTime.getAsLong();
        if (now - host.since < (host.ramping && !host.gently ? RAMP : WINDOW)) {
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

    /** At first there are ever more, as long as the host does not complain. */
    private void ramp(Host host, long now) {
        if (host.limit >= mostOfHost || host.limit >= most) {
            host.ramping = false;
            host.holdUntil = now + WINDOW;
        } else if (host.active >= host.limit) {
            int more = Math.max(host.limit, host.active);
            host.limit = Math.min(mostOfHost, host.gently ? more + 1 : 2 * more);
        }
    }

    /** Later there are fewer from time to time, and again as many as before if that was slower. */
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

    /** A host refused, or broke off: half as many will do for a while. */
    synchronized void complained(String origin) {
        Host host = host(origin);
        host.limit = Math.max(1, Math.min(host.limit, host.active) / 2);
        host.before = 0;
        host.best = 0;
        host.ramping = true;
        host.gently = true;
        host.holdUntil = nanoTime.getAsLong() + HOLD;
    }

    /** How many there are to a host. */
    synchronized int activeOf(String origin) {
        return host(origin).active;
    }

    /** How many there are. */
    synchronized int active() {
        return active;
    }

    /** How many helpers and downloads a host may have at present. */
    synchronized int limit(String origin) {
        return host(origin).limit;
    }
}
