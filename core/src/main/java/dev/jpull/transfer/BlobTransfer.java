// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.event.PullEvent;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.registry.BlobRequest;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.EventSink;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.Phase;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.store.Ingest;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The transfer of one blob into its ingest, by a download and its segment workers: how many bytes are there, and which endpoints
 * sent them. Safe for use by several threads.
 *
 * <p>Its monitor is the last lock that a thread takes: rate, budget, slot, workers and events are told outside of it.
 */
final class BlobTransfer {
    private static final long PROGRESS_INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

    private final PullContext pull;
    private final Descriptor blob;
    private final Ingest ingest;
    private final SegmentPlan plan;
    private final EventSink events;
    private final Failover failover;
    private final ConnectionBudget connections;
    private final WorkerGroup workers;
    private final DownloadSlot slot;
    private final SourceRate rate;
    private final LongSupplier nanoTime;
    private final StreamCopier copier;
    /** Runs when there may be room for more requests. */
    private final Runnable offer = this::offer;

    @GuardedBy("this")
    private final Set<RegistryEndpoint> contributors = new HashSet<>();

    @GuardedBy("this")
    private long fetched;

    @GuardedBy("this")
    private long present;

    @GuardedBy("this")
    private long lastProgress;

    /**
     * The transfer of what an ingest misses.
     *
     * @param pull the pull, within the scope that the workers belong to
     * @param spread the endpoints that workers may ask; empty for the one that the download itself asks
     * @param slot is told what came
     */
    BlobTransfer(
            PullContext pull, Ingest ingest, SegmentWorkers threads, List<RegistryEndpoint> spread, DownloadSlot slot) {
        this.pull = pull;
        this.blob = ingest.descriptor();
        this.ingest = ingest;
        this.plan = new SegmentPlan(ingest.missing(), threads.parts());
        this.events = pull.events();
        this.failover = pull.failover();
        this.connections = threads.connections();
        this.workers =
                new WorkerGroup(threads, plan, this::fetchPiece, failover, spread, slot::isQueued, pull.cancellation());
        this.slot = slot;
        this.present = ingest.count();
        this.nanoTime = failover.nanoTime();
        this.rate = new SourceRate(failover.rates(), nanoTime);
        this.copier = new StreamCopier(this, ingest, nanoTime);
        connections.addListener(offer);
    }

    /** Starts no more workers, and waits for the end of those that there are. */
    void end() {
        connections.removeListener(offer);
        workers.join();
    }

    /** Which bytes are open, taken and done. */
    SegmentPlan plan() {
        return plan;
    }

    /** Copies streams into the ingest. */
    StreamCopier copier() {
        return copier;
    }

    /** How fast the present source sends the blob. */
    SourceRate rate() {
        return rate;
    }

    /** The segment workers of the download. */
    WorkerGroup workers() {
        return workers;
    }

    /** Fetches a piece for a segment worker; returns whether the endpoint serves ranges. */
    private boolean fetchPiece(
            RegistryEndpoint endpoint, Segment piece, Cancellation calls, ConnectionBudget.Permit permit)
            throws HostFailure {
        Optional<BlobStream> opened;
        try {
            opened = new BlobRequest(pull.image(), blob, plan.position(piece), plan.end(piece))
                    .openRange(endpoint, calls, nanoTime);
        } catch (IOException e) {
            throw HostFailure.of(e, "");
        }
        if (opened.isEmpty()) {
            return false;
        }
        try (BlobStream stream = opened.get()) {
            permit.answered(stream.answerTime());
            if (stream.isWhole()) {
                return false;
            }
            copier.copy(stream, piece, endpoint);
            permit.servedRange();
            return true;
        }
    }

    /**
     * Bytes came.
     *
     * @param bytes how many of them were missing
     * @param all how many there were
     */
    void received(RegistryEndpoint endpoint, int bytes, int all) {
        connections.received(endpoint.host().origin(), bytes);
        rate.received(endpoint, bytes, all);
        slot.received(bytes);
        workers.progressed();
        boolean report;
        boolean isNew;
        long there;
        synchronized (this) {
            isNew = bytes > 0 && contributors.add(endpoint);
            fetched += bytes;
            present += bytes;
            there = present;
            long now = nanoTime.getAsLong();
            report = now - lastProgress >= PROGRESS_INTERVAL_NANOS || present == blob.size();
            if (report) {
                lastProgress = now;
            }
        }
        if (isNew) {
            workers.firstOfSpread()
                    .filter(first -> !first.equals(endpoint))
                    .ifPresent(first -> reportSpread(first, endpoint));
        }
        if (report) {
            judge();
        }
        if (report && bytes > 0) {
            events.emit(header -> new PullEvent.BlobProgress(header, blob.digest(), there, blob.size()));
            workers.offer();
        }
    }

    private void offer() {
        workers.offer();
    }

    private void reportSpread(RegistryEndpoint first, RegistryEndpoint endpoint) {
        failover.fellBack(new Attempt(
                first.origin(),
                "",
                Phase.BLOB.label(),
                AttemptKind.SPREAD,
                0,
                "parts of blobs come from " + endpoint.origin() + " as well, as it was asked for",
                Duration.ZERO));
    }

    /** Whether an endpoint is known to serve ranges. */
    boolean servesRanges(RegistryEndpoint endpoint) {
        return connections.servesRanges(endpoint.host().origin());
    }

    /** Judges how fast the blob comes. Returns what is wrong, or null. */
    RateCheck.@Nullable Verdict judge() {
        synchronized (this) {
            if (present == blob.size()) {
                return null;
            }
        }
        return rate.judge();
    }

    /**
     * The download has a stream from this endpoint.
     *
     * @param floor the rate that the endpoint has to reach, in bytes a second in sum over its downloads
     */
    void servedBy(RegistryEndpoint endpoint, double floor) {
        rate.serve(endpoint, floor);
        workers.serve(endpoint);
    }

    /** The present source is left, and its workers end. */
    void leaveSource() {
        rate.leave();
        workers.leaveSource();
    }

    /**
     * What came is worth nothing: all of it is open again, for this download and for workers that start from now on. The earlier
     * workers are joined first, because one of them could take a piece of the new plan and fetch it from its old source.
     *
     * @param spread the endpoints that workers may ask; empty for the one that the download itself asks
     */
    void startAnew(List<RegistryEndpoint> spread) {
        workers.join();
        plan.reset(ingest.missing());
        synchronized (this) {
            contributors.clear();
            present = ingest.count();
        }
        workers.begin(spread);
    }

    /** The endpoints that sent what is there. */
    synchronized Set<RegistryEndpoint> contributors() {
        return Set.copyOf(contributors);
    }

    /** How many bytes came, those that were thrown away included. */
    synchronized long fetched() {
        return fetched;
    }

    /** How many bytes are there. */
    synchronized long present() {
        return present;
    }
}
