// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many requests for blobs are in flight, in sum and at each host: those of downloads and those of segment workers. Each has a
 * {@link Permit}; the {@link HostLimit} of a host says how many permits it has. Downloads wait for a permit; workers get one only
 * while no download waits. Safe for use by several threads.
 *
 * <p>Takes no other lock under its monitor, and does no network I/O under it; listeners run outside of it.
 */
public final class ConnectionBudget {
    /** A status of hosts with too many requests. */
    private static final int UNAVAILABLE = 503;

    private static final long POLL_MILLIS = 50;

    private final int most;
    private final int mostOfHost;
    /** How many downloads there are at most, when their number is fixed; else 0. */
    private final int downloads;

    private final LongSupplier nanoTime;

    /** Called when there may be room for more requests. */
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** The limits of the hosts by their origins; the monitor guards what they contain as well. */
    @GuardedBy("this")
    private final Map<String, HostLimit> hosts = new HashMap<>();

    /** The requests to every host together. */
    @GuardedBy("this")
    private int inFlight;

    /**
     * A permit, and where it is for.
     *
     * @param origin the host
     * @param permit the permit
     */
    record Entry(String origin, Permit permit) {}

    /** The right to have one request at a time in flight at a host; the monitor of the budget guards every field. */
    final class Permit implements AutoCloseable {
        private final HostLimit host;
        private final long sentAt;
        private final boolean ahead;
        private boolean answered;
        private boolean closed;

        private Permit(HostLimit host, long now) {
            this.host = host;
            this.sentAt = now;
            this.ahead = host.sent();
            inFlight++;
        }

        /** The host has answered the request, so long after it was sent. */
        void answered(Duration time) {
            synchronized (ConnectionBudget.this) {
                if (answered || closed) {
                    return;
                }
                answered = true;
                host.answered(time.toNanos());
                ConnectionBudget.this.notifyAll();
            }
            changed();
        }

        /** The host has answered with the range that it was asked for. */
        void servedRange() {
            synchronized (ConnectionBudget.this) {
                host.servedRange();
            }
        }

        /**
         * The host has not answered the request as it should. Returns whether that is a refusal, because there are too many requests.
         * A host that is overloaded may say 503 instead of 429; so may any other host at times, so that 503 counts only for a request
         * beyond the number that the host has answered at once.
         */
        boolean refusedBy(HostFailure failure) {
            boolean tooMany =
                    failure.failureClass() == FailureClass.THROTTLED || failure.status() == UNAVAILABLE && ahead;
            if (tooMany) {
                refused();
            }
            return tooMany;
        }

        /** The host has refused the request, has failed, or has broken off its answer. */
        void failed(HostFailure failure) {
            if (refusedBy(failure)) {
                return;
            }
            synchronized (ConnectionBudget.this) {
                host.failed(nanoTime.getAsLong());
            }
        }

        /** The host has refused the request, because there are too many. */
        void refused() {
            synchronized (ConnectionBudget.this) {
                host.refused(ahead, sentAt, nanoTime.getAsLong());
            }
        }

        /** The permit was not used. */
        void giveBack() {
            synchronized (ConnectionBudget.this) {
                if (!closed) {
                    closed = true;
                    inFlight--;
                    host.left(answered);
                    ConnectionBudget.this.notifyAll();
                }
            }
        }

        /** The request is over. */
        @Override
        public void close() {
            giveBack();
            changed();
        }
    }

    /**
     * Limits for as many downloads as the limits of the hosts allow.
     *
     * @param most requests in all, at least 1
     * @param mostOfHost requests to one host, at least 1
     */
    public ConnectionBudget(int most, int mostOfHost) {
        this(most, mostOfHost, 0);
    }

    /**
     * Limits for a fixed number of downloads, which the other limits do not lower.
     *
     * @param most requests in all, at least 1
     * @param mostOfHost requests to one host, at least 1
     * @param downloads how many downloads there are at most; 0 for as many as the limits of the hosts allow
     */
    public ConnectionBudget(int most, int mostOfHost, int downloads) {
        this(most, mostOfHost, downloads, System::nanoTime);
    }

    ConnectionBudget(int most, int mostOfHost, int downloads, LongSupplier nanoTime) {
        this.most = most;
        this.mostOfHost = mostOfHost;
        this.downloads = downloads;
        this.nanoTime = nanoTime;
    }

    /** Calls the listener when there may be room for more requests, from any thread. */
    void addListener(Runnable listener) {
        listeners.add(listener);
    }

    /** Calls the listener no more. */
    void removeListener(Runnable listener) {
        listeners.remove(listener);
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    @GuardedBy("this")
    private HostLimit host(String origin) {
        return hosts.computeIfAbsent(origin, unseen -> {
            int ceiling = Math.max(downloads, Math.min(most, mostOfHost));
            return new HostLimit(Math.max(downloads, HostLimit.FIRST), ceiling, nanoTime.getAsLong());
        });
    }

    /** A permit for a download, if the limits allow it; else null. */
    synchronized @Nullable Permit enterIfFree(String origin) {
        HostLimit host = host(origin);
        return host.isFull() || isExhausted() ? null : new Permit(host, nanoTime.getAsLong());
    }

    /** Whether the hosts together have as many requests as there may be. */
    @GuardedBy("this")
    private boolean isExhausted() {
        return downloads == 0 && inFlight >= most;
    }

    /**
     * A permit for a download, as soon as the limits allow it, or after a while whether they do or not.
     *
     * @param longest how long the wait for another request of the host may take
     * @throws PullCancelledException if the download was cancelled
     */
    Permit enter(String origin, Cancellation calls, Duration longest) {
        return enterFirst(List.of(origin), calls, longest).permit();
    }

    /**
     * A permit for the first host in order that has room. A host is passed over only when it has refused requests and is full: any
     * other one has room soon.
     *
     * @param origins the hosts, at least one
     * @param longest how long the wait may take; after it the first host is asked whatever its limit is
     * @throws PullCancelledException if the download was cancelled
     */
    synchronized Entry enterFirst(List<String> origins, Cancellation calls, Duration longest) {
        long start = nanoTime.getAsLong();
        String preferred = origins.get(0);
        host(preferred).waits(true);
        try {
            for (Entry entry = entryOf(origins); ; entry = entryOf(origins)) {
                if (entry != null) {
                    return entry;
                }
                if (nanoTime.getAsLong() - start >= longest.toNanos()) {
                    return new Entry(preferred, new Permit(host(preferred), nanoTime.getAsLong()));
                }
                if (calls.isCancelled()) {
                    throw new PullCancelledException("the pull was cancelled");
                }
                TimeUnit.MILLISECONDS.timedWait(this, POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the pull was interrupted", e);
        } finally {
            host(preferred).waits(false);
        }
    }

    @GuardedBy("this")
    private @Nullable Entry entryOf(List<String> origins) {
        for (String origin : origins) {
            Permit permit = enterIfFree(origin);
            if (permit != null) {
                return new Entry(origin, permit);
            }
            if (!host(origin).hasRefused()) {
                return null;
            }
        }
        return null;
    }

    /** Whether the host has refused a request because there were too many. */
    synchronized boolean hasRefused(String origin) {
        return host(origin).hasRefused();
    }

    /** A permit for a segment worker, if the limits allow it and no download waits for one; else null. */
    synchronized @Nullable Permit enterBeside(String origin) {
        HostLimit host = host(origin);
        boolean none =
                host.isAwaited() || inFlight >= most || host.inFlight() >= Math.min(host.limitBeside(), mostOfHost);
        return none ? null : new Permit(host, nanoTime.getAsLong());
    }

    /** Whether there are more requests than the limits allow, or a download waits, so that segment workers should end. */
    synchronized boolean isCrowded(String origin) {
        HostLimit host = host(origin);
        return host.isAwaited()
                || host.inFlight() > host.limitBeside()
                || inFlight > most
                || inFlight == most && hosts.values().stream().anyMatch(other -> other.isAwaited() && !other.isFull());
    }

    /** Whether parts of large blobs may be asked for before it is known that one stream would need long. */
    synchronized boolean takesEarlyParts(String origin) {
        return host(origin).takesEarlyParts();
    }

    /** Whether the host has answered a request for a range with that range: others may not be able to. */
    synchronized boolean servesRanges(String origin) {
        return host(origin).servesRanges();
    }

    /** Bytes came from a host. */
    void received(String origin, long bytes) {
        boolean more;
        synchronized (this) {
            HostLimit host = host(origin);
            int before = host.limit();
            host.received(bytes, nanoTime.getAsLong());
            more = host.limit() > before;
            if (more) {
                notifyAll();
            }
        }
        if (more) {
            changed();
        }
    }

    /** How many downloads may run: the fixed number, or as many as the hosts in use may have requests. */
    synchronized int downloads() {
        if (downloads > 0) {
            return downloads;
        }
        int allowed = hosts.values().stream()
                .filter(host -> host.inFlight() > 0)
                .mapToInt(HostLimit::limit)
                .sum();
        return Math.min(most, Math.max(allowed, Math.min(HostLimit.FIRST, mostOfHost)));
    }

    /** Whether the number of downloads follows the limits of the hosts. */
    boolean isAutomatic() {
        return downloads == 0;
    }

    /** How many requests a download may have for itself when there are so many downloads; at least 1. */
    int shareOf(int downloadsInAll) {
        return Math.max(1, Math.min(most, mostOfHost) / Math.max(1, downloadsInAll));
    }

    /** How many requests are in flight at a host. */
    synchronized int inFlightAt(String origin) {
        return host(origin).inFlight();
    }

    /** How many requests are in flight. */
    synchronized int inFlight() {
        return inFlight;
    }

    /** How many requests may be in flight at a host at present. */
    synchronized int limit(String origin) {
        return host(origin).limit();
    }
}
