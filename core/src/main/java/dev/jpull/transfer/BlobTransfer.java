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
import dev.jpull.registry.HostRates;
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
 * The transfer of one blob into its ingest, by a download and its segment workers: which bytes are there, which endpoints sent
 * them, and how fast they come. Safe for use by several threads.
 *
 * <p>Its monitor is the last lock that a thread takes: rates, budget, slot, workers and events are told outside of it.
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
    private final HostRates rates;
    private final LongSupplier nanoTime;
    private final StreamCopier copier;

    @GuardedBy("this")
    private final RateCheck rateCheck;

    @GuardedBy("this")
    private final Set<RegistryEndpoint> contributors = new HashSet<>();

    /** The endpoint that the download has a stream from. */
    @GuardedBy("this")
    private @Nullable RegistryEndpoint source;

    /** The endpoint whose rate is being measured; it stays the same when its stream is opened again. */
    @GuardedBy("this")
    private @Nullable RegistryEndpoint measured;

    /** What is wrong with the rate of the source. */
    @GuardedBy("this")
    private RateCheck.@Nullable Verdict verdict;

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
        this.plan = new SegmentPlan(ingest.missing());
        this.events = pull.events();
        this.failover = pull.failover();
        this.connections = threads.connections();
        this.workers = new WorkerGroup(threads, plan, this::fetchPiece, failover, spread, pull.cancellation());
        this.slot = slot;
        this.present = ingest.count();
        this.rates = failover.rates();
        this.nanoTime = failover.nanoTime();
        this.rateCheck = new RateCheck(nanoTime.getAsLong());
        this.copier = new StreamCopier(this, ingest, nanoTime);
    }

    /** Which bytes are open, taken and done. */
    SegmentPlan plan() {
        return plan;
    }

    /** Copies streams into the ingest. */
    StreamCopier copier() {
        return copier;
    }

    /** The segment workers of the download. */
    WorkerGroup workers() {
        return workers;
    }

    /** Fetches a piece for a segment worker; returns whether the endpoint serves ranges. */
    private boolean fetchPiece(RegistryEndpoint endpoint, SegmentPlan.Segment piece, Cancellation calls)
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
            if (stream.isWhole()) {
                return false;
            }
            copier.copy(stream, piece, endpoint);
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
        String origin = endpoint.host().origin();
        connections.received(origin, bytes);
        rates.received(origin, bytes);
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
            rateCheck.received(bytes, all);
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

    /** The disk blocked a write: that time does not make the endpoint slow. */
    void excuse(RegistryEndpoint endpoint, long nanos) {
        rates.excuse(endpoint.host().origin(), nanos);
        synchronized (this) {
            rateCheck.excuse(nanos, nanoTime.getAsLong());
        }
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

    /** Judges how fast the blob comes. Returns what is wrong, or null. */
    RateCheck.@Nullable Verdict judge() {
        RegistryEndpoint serving;
        synchronized (this) {
            serving = source;
            if (serving == null || present == blob.size()) {
                return null;
            }
        }
        String origin = serving.host().origin();
        double hostRate = rates.rate(origin);
        int sharing = Math.max(1, rates.downloads(origin));
        synchronized (this) {
            if (verdict == null) {
                verdict = rateCheck.judge(hostRate, sharing, nanoTime.getAsLong());
            }
            return verdict;
        }
    }

    /** What is wrong with the rate of the source, or null. */
    synchronized RateCheck.@Nullable Verdict verdict() {
        return verdict;
    }

    /** What the source sends, in bytes a second in sum over its downloads. */
    synchronized double slowRate() {
        return rateCheck.rate();
    }

    /** What is wrong with the rate of the source, human-readable. */
    String slowness() {
        RegistryEndpoint host = source();
        RateCheck.Verdict wrong = verdict();
        if (wrong == RateCheck.Verdict.SLOW_HOST && host != null) {
            return "it sends only " + Math.round(rates.sent(host.host().origin()))
                    + " bytes a second, all downloads together";
        }
        String sent = "it sends only " + Math.round(slowRate()) + " bytes a second";
        return wrong == RateCheck.Verdict.HOPELESS
                ? sent + ", too little to wait for the rest: pull again later, or configure a nearer mirror;"
                        + " what was fetched is kept"
                : sent;
    }

    /**
     * The download has a stream from this endpoint.
     *
     * @param floor the rate that the endpoint has to reach, in bytes a second in sum over its downloads
     */
    void servedBy(RegistryEndpoint endpoint, double floor) {
        synchronized (this) {
            rateCheck.serve(floor, !endpoint.equals(measured), nanoTime.getAsLong());
            source = endpoint;
            measured = endpoint;
            verdict = null;
        }
        workers.serve(endpoint);
    }

    /** The streams that failed brought too little to measure. */
    synchronized void measureAnew() {
        rateCheck.restart(nanoTime.getAsLong());
    }

    /** The present source, or null. */
    synchronized @Nullable RegistryEndpoint source() {
        return source;
    }

    /** The present source is left, and its workers end. */
    void leaveSource() {
        synchronized (this) {
            source = null;
        }
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
