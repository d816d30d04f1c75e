// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.event.PullEvent;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.EventSink;
import dev.jpull.registry.Failover;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostRates;
import dev.jpull.registry.Phase;
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
 * A blob that is being fetched, by the download that is responsible for it and perhaps by helpers: which bytes are whose, and
 * where they came from. Safe for use by several threads.
 */
final class BlobTransfer {
    private static final int MAX_HELPER_FAILURES = 3;
    private static final long PROGRESS_INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

    private final ImageReference image;
    private final Descriptor blob;
    private final Ingest ingest;
    private final SegmentPlan segments;
    private final EventSink events;
    private final SegmentWorkers workers;
    private final Failover failover;
    private List<RegistryEndpoint> spread;
    private final Cancellation cancellation;
    private final DownloadSlot slot;
    private final HostRates rates;
    private final LongSupplier nanoTime;
    private final RateCheck pace;
    private final StreamCopier reader;
    private Cancellation helperCancellation;

    private final Set<RegistryEndpoint> contributors = new HashSet<>();
    private final Set<RegistryEndpoint> withoutRanges = new HashSet<>();
    private @Nullable RegistryEndpoint source;
    /** The host whose rate is being measured; it stays the same when its stream is opened again. */
    private @Nullable RegistryEndpoint measured;

    private @Nullable RuntimeException failure;
    private int helpers;
    private boolean stopped;
    private int helperFailures;
    private long fetched;
    private long present;
    private long lastProgress;
    private RateCheck.@Nullable Verdict verdict;

    /**
     * A blob of which something is missing.
     *
     * @param cancellation the scope of the download
     * @param spread the hosts that helpers may fetch from; empty for the one that the download itself fetches from
     * @param slot is told what came
     */
    BlobTransfer(
            ImageReference image,
            Ingest ingest,
            Cancellation cancellation,
            EventSink events,
            SegmentWorkers workers,
            Failover failover,
            List<RegistryEndpoint> spread,
            DownloadSlot slot) {
        this.image = image;
        this.blob = ingest.descriptor();
        this.ingest = ingest;
        this.cancellation = cancellation;
        this.helperCancellation = cancellation.child();
        this.segments = new SegmentPlan(ingest.missing());
        this.events = events;
        this.workers = workers;
        this.failover = failover;
        this.spread = spread;
        this.slot = slot;
        this.present = ingest.count();
        this.rates = failover.rates();
        this.nanoTime = failover.nanoTime();
        this.pace = new RateCheck(nanoTime.getAsLong());
        this.reader = new StreamCopier(this, ingest, nanoTime);
    }

    SegmentPlan segments() {
        return segments;
    }

    /** Copies streams. */
    StreamCopier reader() {
        return reader;
    }

    /**
     * Bytes came.
     *
     * @param bytes how many of them were missing
     * @param all how many there were
     */
    void received(RegistryEndpoint endpoint, int bytes, int all) {
        String origin = endpoint.host().origin();
        workers.connections().received(origin, bytes);
        rates.received(origin, bytes);
        slot.received(bytes);
        boolean report;
        boolean isNew;
        long there;
        synchronized (this) {
            isNew = bytes > 0 && contributors.add(endpoint);
            helperFailures = 0;
            fetched += bytes;
            present += bytes;
            there = present;
            pace.received(bytes, all);
            long now = nanoTime.getAsLong();
            report = now - lastProgress >= PROGRESS_INTERVAL_NANOS || present == blob.size();
            if (report) {
                lastProgress = now;
            }
        }
        if (isNew && !spread.isEmpty() && !endpoint.equals(spread.get(0))) {
            reportSpread(endpoint);
        }
        if (report) {
            judge();
        }
        if (report && bytes > 0) {
            events.emit(header -> new PullEvent.BlobProgress(header, blob.digest(), there, blob.size()));
            workers.offer(this);
        }
    }

    /** The disk let its writers wait, which makes no host slow. */
    void excuse(RegistryEndpoint endpoint, long nanos) {
        rates.excuse(endpoint.host().origin(), nanos);
        synchronized (this) {
            pace.excuse(nanos, nanoTime.getAsLong());
        }
    }

    private void reportSpread(RegistryEndpoint endpoint) {
        failover.fellBack(new Attempt(
                spread.get(0).origin(),
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
                verdict = pace.judge(hostRate, sharing, nanoTime.getAsLong());
            }
            return verdict;
        }
    }

    /** What is wrong with the rate of the present host, or null. */
    synchronized RateCheck.@Nullable Verdict verdict() {
        return verdict;
    }

    /** What the present host sends, in bytes a second in sum over its downloads. */
    synchronized double slowRate() {
        return pace.rate();
    }

    /** What is wrong with the rate of the present host, for people. */
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

    /** Asks a host for the bytes of a segment, for a helper; empty when the host does not do ranges. */
    Optional<BlobStream> openForHelper(RegistryEndpoint endpoint, SegmentPlan.Segment segment, Cancellation within)
            throws HostFailure {
        Optional<BlobStream> part;
        try {
            part = BlobStream.openRange(
                    endpoint, image, blob, segments.position(segment), segments.end(segment), within, nanoTime);
        } catch (IOException e) {
            throw HostFailure.of(e, "");
        }
        if (part.isPresent() && !part.get().isWhole()) {
            return part;
        }
        part.ifPresent(BlobStream::close);
        synchronized (this) {
            withoutRanges.add(endpoint);
        }
        return Optional.empty();
    }

    /** The hosts that parts of the blob may be fetched from: the one that sends it, or all when the load is spread. */
    synchronized List<RegistryEndpoint> helpableSources() {
        if (stopped || source == null || helperFailures >= MAX_HELPER_FAILURES) {
            return List.of();
        }
        List<RegistryEndpoint> sources = spread.isEmpty() ? List.of(source) : spread;
        return sources.stream()
                .filter(host -> !withoutRanges.contains(host) && !failover.isThrottled(host))
                .toList();
    }

    /**
     * The download has a stream from this host.
     *
     * @param floor how many bytes a second the host has to send, in sum over its downloads
     */
    synchronized void servedBy(RegistryEndpoint endpoint, double floor) {
        pace.serve(floor, !endpoint.equals(measured), nanoTime.getAsLong());
        source = endpoint;
        measured = endpoint;
        verdict = null;
    }

    /** The streams that failed brought too little to measure. */
    synchronized void measureAnew() {
        pace.restart(nanoTime.getAsLong());
    }

    /** The present host, or null. */
    synchronized @Nullable RegistryEndpoint source() {
        return source;
    }

    /** The present host is left: its helpers go, and what they had is for the next host. */
    void leaveSource() {
        Cancellation left;
        synchronized (this) {
            source = null;
            left = helperCancellation;
            helperCancellation = cancellation.child();
        }
        left.cancel();
        left.end();
    }

    /** The calls of helpers that begin now. */
    synchronized Cancellation helperScope() {
        return helperCancellation;
    }

    /** One helper more, unless it is too late. */
    synchronized boolean helperComes() {
        if (stopped) {
            return false;
        }
        helpers++;
        return true;
    }

    synchronized void helperGoes() {
        helpers--;
        notifyAll();
    }

    /** A helper broke off; returns whether that tells something about the host. */
    boolean helperFailed(RegistryEndpoint endpoint, HostFailure failed, Cancellation within) {
        synchronized (this) {
            if (within.isCancelled() || failed.failureClass() == FailureClass.SLOW) {
                return false; // the host was left: the download has the reason
            }
            helperFailures++;
            if (stopped) {
                return false;
            }
            if (!spread.isEmpty() && !endpoint.equals(source)) {
                withoutRanges.add(endpoint); // it was only to make things faster
            }
        }
        failover.backOff(endpoint, failed);
        return true;
    }

    /** Something happened to a helper that the whole download cannot go on after. */
    synchronized void fail(RuntimeException e) {
        failure = e;
    }

    /** Throws what happened to a helper. */
    synchronized void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }

    /** Sends all helpers away, and waits until they have gone. */
    void stopHelpers() {
        synchronized (this) {
            stopped = true;
        }
        Cancellation left = helperScope();
        left.cancel();
        left.end();
        boolean interrupted = false;
        synchronized (this) {
            while (helpers > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // they write into the file: it must not be closed under them
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What came is worth nothing, and helpers are to fetch from other hosts now. Nobody may be fetching. */
    synchronized void startAnew(List<RegistryEndpoint> otherSpread) {
        spread = otherSpread;
        segments.reset(ingest.missing());
        contributors.clear();
        present = ingest.count();
    }

    /** The hosts that sent what is there. */
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
