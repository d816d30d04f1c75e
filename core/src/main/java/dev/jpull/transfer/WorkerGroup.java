// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.http.Cancellation;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.RegistryEndpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The segment workers of one download: starts them while the plan has room and the connection budget allows it, decides what
 * follows from their outcomes, and joins them. What a worker leaves is fetched by the download itself. Safe for use by several
 * threads.
 *
 * <p>Lock order: the monitor of the group, then that of a {@link Cancellation}. The plan, the connection budget and the circuit
 * breakers are used outside of the monitor, and there is no network I/O under it.
 */
final class WorkerGroup {
    private static final int MAX_FAILURES = 3;

    private final SegmentWorkers threads;
    private final ConnectionBudget connections;
    private final SegmentPlan plan;
    private final SegmentWorker.PieceFetch fetch;
    private final Failover failover;
    private final Cancellation download;
    private final BooleanSupplier queued;

    /** The endpoints that workers may ask; empty for the one that the download itself asks. */
    @GuardedBy("this")
    private List<RegistryEndpoint> spread;

    /** The endpoint that the download has a stream from. */
    @GuardedBy("this")
    private @Nullable RegistryEndpoint source;

    /** The requests of the workers that start now: cancelled when the source is left. */
    @GuardedBy("this")
    private Cancellation calls;

    @GuardedBy("this")
    private final Set<RegistryEndpoint> withoutRanges = new HashSet<>();

    @GuardedBy("this")
    private @Nullable RuntimeException fatal;

    /** How many workers there are; none starts while the group is joined, so that zero is final then. */
    @GuardedBy("this")
    private int running;

    @GuardedBy("this")
    private boolean joined;

    /** Failures since bytes came last. */
    @GuardedBy("this")
    private int failures;

    /**
     * A group without workers.
     *
     * @param spread the endpoints that workers may ask; empty for the one that the download itself asks
     * @param queued whether a download of the same pull waits for its start, and could use what a worker would get
     * @param download the cancellation of the download
     */
    WorkerGroup(
            SegmentWorkers threads,
            SegmentPlan plan,
            SegmentWorker.PieceFetch fetch,
            Failover failover,
            List<RegistryEndpoint> spread,
            BooleanSupplier queued,
            Cancellation download) {
        this.queued = queued;
        this.threads = threads;
        this.connections = threads.connections();
        this.plan = plan;
        this.fetch = fetch;
        this.failover = failover;
        this.download = download;
        this.spread = List.copyOf(spread);
        this.calls = download.child();
    }

    /** The download has a stream from this endpoint. */
    synchronized void serve(RegistryEndpoint endpoint) {
        source = endpoint;
    }

    /** Bytes came: earlier failures of workers count no longer. */
    synchronized void progressed() {
        failures = 0;
    }

    /** The first of several endpoints that the load is spread over. */
    synchronized Optional<RegistryEndpoint> firstOfSpread() {
        return spread.stream().findFirst();
    }

    /** Starts workers while there is room for them and no download waits, each at the endpoint with the fewest connections. */
    void offer() {
        boolean started = true;
        while (started) {
            started = !(connections.isAutomatic() && queued.getAsBoolean()) && offerOne();
        }
    }

    /** Starts a worker. Returns whether it did. */
    private boolean offerOne() {
        List<RegistryEndpoint> sources = sources();
        boolean early = sources.stream().anyMatch(endpoint -> connections.takesEarlyParts(originOf(endpoint)));
        if (sources.isEmpty() || !plan.hasRoom(early)) {
            return false;
        }
        List<RegistryEndpoint> ordered = sources.stream()
                .sorted((one, other) ->
                        Integer.compare(connections.inFlightAt(originOf(one)), connections.inFlightAt(originOf(other))))
                .toList();
        for (RegistryEndpoint endpoint : ordered) {
            ConnectionBudget.Permit permit = connections.enterBeside(originOf(endpoint));
            if (permit != null) {
                boolean started = start(endpoint, permit);
                if (!started) {
                    permit.giveBack();
                }
                return started;
            }
        }
        return false;
    }

    private boolean start(RegistryEndpoint endpoint, ConnectionBudget.Permit permit) {
        Segment first = plan.takeOrSplit();
        if (first == null) {
            return false;
        }
        Optional<Cancellation> cancellation = enter(endpoint);
        if (cancellation.isEmpty()) {
            plan.leave(first);
            return false;
        }
        SegmentWorker worker = new SegmentWorker(
                plan,
                endpoint,
                cancellation.get(),
                permit,
                this::fetched,
                () -> isWanted(endpoint, cancellation.get()));
        if (!threads.start(() -> run(worker, first))) {
            plan.leave(first);
            exit();
            return false;
        }
        return true;
    }

    private void run(SegmentWorker worker, Segment first) {
        try {
            decide(worker, worker.run(first));
        } finally {
            worker.permit().close();
            exit();
        }
    }

    /** A source without ranges is known as such before its piece is open again, so that no other worker asks it for the piece. */
    private boolean fetched(
            RegistryEndpoint endpoint, Segment piece, Cancellation requests, ConnectionBudget.Permit permit)
            throws HostFailure {
        boolean ranges = fetch.fetch(endpoint, piece, requests, permit);
        if (!ranges) {
            exclude(endpoint);
        }
        return ranges;
    }

    private void decide(SegmentWorker worker, WorkerOutcome outcome) {
        if (outcome instanceof WorkerOutcome.Failed failed) {
            failed(worker, failed.failure());
        } else if (outcome instanceof WorkerOutcome.Fatal end) {
            stopWith(end.cause());
        }
    }

    private void failed(SegmentWorker worker, HostFailure failure) {
        RegistryEndpoint endpoint = worker.source();
        synchronized (this) {
            failures++;
            if (joined) {
                return;
            }
            if (!spread.isEmpty() && !endpoint.equals(source)) {
                withoutRanges.add(endpoint); // the download does not depend on it
            }
        }
        failover.backOff(endpoint, failure);
        worker.permit().failed(failure);
    }

    private synchronized void exclude(RegistryEndpoint endpoint) {
        withoutRanges.add(endpoint);
    }

    private synchronized void stopWith(RuntimeException cause) {
        fatal = cause;
    }

    private synchronized Optional<Cancellation> enter(RegistryEndpoint endpoint) {
        boolean left = spread.isEmpty() ? !endpoint.equals(source) : source == null;
        if (joined || left || withoutRanges.contains(endpoint)) { // it may have become one since it was chosen
            return Optional.empty();
        }
        running++;
        return Optional.of(calls);
    }

    private synchronized void exit() {
        running--;
        notifyAll();
    }

    private boolean isWanted(RegistryEndpoint endpoint, Cancellation cancellation) {
        return !cancellation.isCancelled()
                && !connections.isCrowded(originOf(endpoint))
                && sources().contains(endpoint);
    }

    /** The endpoints that workers may ask at present. */
    private List<RegistryEndpoint> sources() {
        List<RegistryEndpoint> sources;
        synchronized (this) {
            if (joined || source == null || failures >= MAX_FAILURES) {
                return List.of();
            }
            sources = new ArrayList<>(spread.isEmpty() ? List.of(source) : spread);
            sources.removeAll(withoutRanges);
        }
        return sources.stream()
                .filter(endpoint -> !failover.isThrottled(endpoint))
                .toList();
    }

    /** The source is left: its workers end, and what they had is for the next source. */
    void leaveSource() {
        Cancellation left;
        synchronized (this) {
            source = null;
            left = calls;
            calls = download.child();
        }
        left.cancel();
        left.end();
    }

    /** Throws what a worker met that the download cannot go on after. */
    synchronized void rethrow() {
        if (fatal != null) {
            throw fatal;
        }
    }

    /** Ends all workers and waits for them: none takes a piece or writes any more until {@link #begin}. */
    void join() {
        Cancellation left;
        synchronized (this) {
            joined = true;
            source = null;
            left = calls;
        }
        left.cancel();
        left.end();
        boolean interrupted = false;
        synchronized (this) {
            while (running > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // workers write into the file of the blob, which the caller closes
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Workers may start again, as soon as there is a source.
     *
     * @param otherSpread the endpoints that workers may ask; empty for the one that the download itself asks
     */
    synchronized void begin(List<RegistryEndpoint> otherSpread) {
        spread = List.copyOf(otherSpread);
        calls = download.child();
        joined = false;
    }

    private static String originOf(RegistryEndpoint endpoint) {
        return endpoint.host().origin();
    }
}
