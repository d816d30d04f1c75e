// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Cancellation;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Remembers which hosts could not be reached, so that a dead mirror costs one wait and not one for every blob: while one
 * finds out, the others wait for that. After a while one of them tries again. Remembers as well which hosts asked for
 * patience, and for how long. Shared by all pulls of one engine; safe for use by several threads.
 */
public final class CircuitBreakers {
    private static final long MEMORY_NANOS = Duration.ofSeconds(60).toNanos();

    /** What finding out has cost is remembered for so many times as long, so that one pull does not pay it again. */
    private static final int MEMORY_FACTOR = 20;

    /** After how long the answer of a host is late that has not answered before. */
    private static final Duration LATE_STRANGER = Duration.ofSeconds(2);

    private static final Duration EARLIEST = Duration.ofSeconds(1);
    private static final Duration LATEST = Duration.ofSeconds(5);
    /** The least wait for a host that was late again and again. */
    private static final Duration LATE_AGAIN = Duration.ofMillis(250);

    private static final int MAX_HALVINGS = 16;
    private static final double LATE_FACTOR = 3;

    private static final long POLL_NANOS = Duration.ofMillis(50).toNanos();

    private final LongSupplier nanoTime;
    private final Map<String, Host> hosts = new HashMap<>();

    /** Whether a host may be asked. */
    enum Admission {
        /** It has answered before. */
        WELL,
        /** Nobody knows, and others wait for what the asker finds out. */
        TEST,
        /** It could not be reached a short while ago. */
        DOWN
    }

    private static final class Host {
        private boolean up;
        private boolean down;
        private boolean tested;
        private String reason = "";
        private long since;
        private long memory = MEMORY_NANOS;
        private long patientUntil;
        /** How long its answers took of late, smoothed; 0 when there was none. */
        private double usual;
        /** How often in a row another host was faster because this one was late. */
        private int lates;

        private Host(long now) {
            patientUntil = now;
        }
    }

    /** All hosts are well. */
    public CircuitBreakers() {
        this(System::nanoTime);
    }

    /** The same with another clock, for tests. */
    public CircuitBreakers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private Host host(String origin) {
        return hosts.computeIfAbsent(origin, unseen -> new Host(nanoTime.getAsLong()));
    }

    /**
     * Asks whether a host may be asked; waits while another request finds out whether the host can be reached at all.
     *
     * @param answered whether the host has answered by now: the other request may then still wait for a token
     */
    synchronized Admission admit(String origin, BooleanSupplier answered, Cancellation cancellation)
            throws InterruptedException {
        Host host = host(origin);
        while (isOpen(host) && !answered.getAsBoolean() && !cancellation.isCancelled()) {
            TimeUnit.NANOSECONDS.timedWait(this, POLL_NANOS);
        }
        if (host.up || isOpen(host) && answered.getAsBoolean()) {
            return Admission.WELL;
        }
        if (host.down && (host.tested || nanoTime.getAsLong() - host.since < host.memory)) {
            return Admission.DOWN;
        }
        host.tested = true;
        return Admission.TEST;
    }

    /** Whether a request finds out at this moment whether the host can be reached at all. */
    synchronized boolean isTested(String origin) {
        return isOpen(host(origin));
    }

    private static boolean isOpen(Host host) {
        return host.tested && !host.up && !host.down;
    }

    /** The host could not be reached. */
    synchronized void markDown(String origin, String reason) {
        markDown(origin, reason, Duration.ZERO);
    }

    /**
     * The host could not be reached, or gave no answer in time.
     *
     * @param elapsed how long it took to find out
     */
    synchronized void markDown(String origin, String reason, Duration elapsed) {
        Host host = host(origin);
        host.memory = MEMORY_NANOS + MEMORY_FACTOR * elapsed.toNanos();
        host.up = false;
        host.down = true;
        host.tested = false;
        host.reason = reason;
        host.since = nanoTime.getAsLong();
        notifyAll();
    }

    /** The host answered. */
    synchronized void markUp(String origin) {
        Host host = host(origin);
        host.up = true;
        host.down = false;
        host.tested = false;
        notifyAll();
    }

    /** The host answered after so long. */
    synchronized void answered(String origin, Duration elapsed) {
        Host host = host(origin);
        host.lates = 0;
        host.usual = host.usual == 0 ? elapsed.toNanos() : host.usual + (elapsed.toNanos() - host.usual) / 4;
        markUp(origin);
    }

    /**
     * After how long an answer of the host is late, going by its earlier answers: half as long every time that it was late in a
     * row, so that many documents do not each wait for a host that answers none of them.
     */
    synchronized Duration late(String origin) {
        Host host = host(origin);
        long nanos = host.usual == 0
                ? LATE_STRANGER.toNanos()
                : Math.min((long) (LATE_FACTOR * host.usual) + EARLIEST.toNanos(), LATEST.toNanos());
        return Duration.ofNanos(Math.max(nanos >> host.lates, Math.min(nanos, LATE_AGAIN.toNanos())));
    }

    /** Somebody else was faster: of a host that has never answered, that is all there is to know. */
    synchronized void wasLate(String origin) {
        Host host = host(origin);
        host.lates = Math.min(host.lates + 1, MAX_HALVINGS);
        if (!host.up) {
            markDown(origin, "no answer for a while, and another host was faster");
        }
    }

    /** Whoever tested the host has not found out. */
    synchronized void leaveOpen(String origin) {
        host(origin).tested = false;
        notifyAll();
    }

    /** Whether the host could not be reached a short while ago. */
    synchronized boolean isDown(String origin) {
        Host host = host(origin);
        return host.down && (host.tested || nanoTime.getAsLong() - host.since < host.memory);
    }

    /** Why the host is taken to be down. */
    synchronized String reason(String origin) {
        return host(origin).reason;
    }

    /** The host is to be left alone for so long, by everybody. */
    synchronized void bePatient(String origin, Duration pause) {
        Host host = host(origin);
        host.patientUntil = Math.max(host.patientUntil, nanoTime.getAsLong() + pause.toNanos());
    }

    /** For how long the host is still to be left alone. */
    synchronized Duration patience(String origin) {
        return Duration.ofNanos(Math.max(0, host(origin).patientUntil - nanoTime.getAsLong()));
    }
}
