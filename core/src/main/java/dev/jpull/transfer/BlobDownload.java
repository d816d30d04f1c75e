// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.EventSink;
import dev.jpull.registry.FailedAttempt;
import dev.jpull.registry.Failover;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.Phase;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import dev.jpull.store.ImageStore;
import dev.jpull.store.Ingest;
import dev.jpull.store.WaitControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob into the store: from where an earlier pull stopped, over broken connections and failing hosts, until
 * its digest is right. For use by one thread.
 */
public final class BlobDownload {
    /** A stream that brings less counts as an attempt without progress. */
    private static final int MIN_PROGRESS = 16 << 10;

    private static final long POLL_MILLIS = 100;
    private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

    private final PullContext pull;
    private final ImageReference image;
    private final Descriptor blob;
    private final ImageEndpoints endpoints;
    private final SenderTrust<RegistryEndpoint> trust = new SenderTrust<>();
    private final SourceSelection hosts;
    private final Failover pullFailover;
    private final Cancellation cancellation;
    private final EventSink events;
    private final SegmentWorkers workers;

    private final RetryBudget budget = new RetryBudget();
    private final List<FailedAttempt> failures = new ArrayList<>();
    private @Nullable HostFailure lastBroken;
    /** What ends with the slot of the download, and with its pull. */
    private Cancellation calls;

    private Failover failover;
    private long fetchedBefore;
    private long resumed = -1;
    private String lastHost = "";
    private String lastOrigin = "";
    private int reopenings;
    private boolean fruitless;
    private long lastLook;

    /** A download of one blob of an image. */
    public BlobDownload(PullContext pull, Descriptor blob, SegmentWorkers workers) {
        this.pull = pull;
        this.image = pull.image();
        this.blob = blob;
        this.endpoints = pull.endpoints();
        this.pullFailover = pull.failover();
        this.failover = pullFailover;
        this.hosts = new SourceSelection(endpoints, failover, trust);
        this.cancellation = pull.cancellation();
        this.calls = cancellation;
        this.events = pull.events();
        this.workers = workers;
    }

    /**
     * Downloads the blob, unless it is there.
     *
     * @throws PullException if it cannot be had
     */
    public BlobReport into(ImageStore store) {
        try {
            return into(store, DownloadSlot.unshared());
        } catch (SlotPreemptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Downloads the blob, unless it is there, as long as the slot is not preempted. May be called again after that: what was
     * fetched is kept.
     *
     * @throws PullException if it cannot be had
     * @throws SlotPreemptedException if the slot was preempted before the blob was there
     */
    public BlobReport into(ImageStore store, DownloadSlot slot) throws SlotPreemptedException {
        begin(slot);
        try {
            return download(store, slot);
        } catch (PullCancelledException e) {
            if (slot.isPreempted() && !cancellation.isCancelled()) {
                throw new SlotPreemptedException(e);
            }
            throw e;
        }
    }

    private void begin(DownloadSlot slot) {
        calls = slot.beginCalls(cancellation);
        failover = pullFailover.within(calls);
    }

    private BlobReport download(ImageStore store, DownloadSlot slot) {
        if (blob.size() == 0 && !blob.digest().matches(new byte[0])) {
            throw new IntegrityException("the descriptor of " + blob.digest() + " in " + image
                    + " says that it has no bytes, which its digest denies");
        }
        Optional<Ingest> opened = store.ingest(blob, waiting(store));
        if (opened.isEmpty()) {
            if (!store.has(blob)) {
                throw new PullCancelledException("the pull was cancelled");
            }
            store.touch(blob.digest());
            events.emit(header -> new PullEvent.BlobPresent(header, blob.digest(), blob.size()));
            return new BlobReport(blob, "", 0, 0, 0, true);
        }
        try (Ingest ingest = opened.get()) {
            if (resumed < 0) {
                resumed = ingest.count();
                events.emit(header ->
                        new PullEvent.BlobQueued(header, blob.digest(), blob.mediaType(), resumed, blob.size()));
            }
            takeEmbedded(ingest);
            long fetched = fetch(ingest, slot);
            events.emit(header -> new PullEvent.BlobCompleted(header, blob.digest(), fetched, blob.size(), lastHost));
            return new BlobReport(
                    blob,
                    lastHost,
                    fetched,
                    trust.mismatches() == 0 ? resumed : 0,
                    budget.total() + reopenings + trust.mismatches(),
                    false);
        }
    }

    private WaitControl waiting(ImageStore store) {
        return new WaitControl() {
            @Override
            public boolean isCancelled() {
                return followed(store);
            }

            @Override
            public void waitsFor(String text) {
                events.emit(header -> new PullEvent.Warning(header, text));
            }
        };
    }

    /** Somebody else fetches the blob: their progress is ours. Returns whether to wait no longer. */
    private boolean followed(ImageStore store) {
        long now = System.nanoTime();
        if (now - lastLook >= LOOK_NANOS) {
            lastLook = now;
            long there = store.fetchedOf(blob);
            if (there > 0) {
                events.emit(header -> new PullEvent.BlobProgress(header, blob.digest(), there, blob.size()));
            }
        }
        return calls.isCancelled();
    }

    /** Content that its author embedded needs no request. */
    private void takeEmbedded(Ingest ingest) {
        if (ingest.count() == 0) {
            blob.embeddedData().ifPresent(content -> ingest.write(0, content, content.length));
        }
    }

    /** Fetches what is missing until the whole is right; returns how many bytes came. */
    private long fetch(Ingest ingest, DownloadSlot slot) {
        BlobTransfer transfer = transfer(ingest, slot);
        try {
            do {
                begin(slot);
                fill(transfer);
                slot.endCalls();
            } while (!commit(ingest, transfer));
        } finally {
            transfer.workers().join();
            fetchedBefore += transfer.fetched();
        }
        return fetchedBefore;
    }

    private BlobTransfer transfer(Ingest ingest, DownloadSlot slot) {
        return new BlobTransfer(pull, ingest, workers, spreadSources(), slot);
    }

    /**
     * Fetches what is missing; verifies nothing.
     *
     * @throws PullException if no host can bring it
     */
    public void fill(Ingest ingest) {
        BlobTransfer transfer = transfer(ingest, DownloadSlot.unshared());
        try {
            fill(transfer);
        } finally {
            transfer.workers().join();
        }
    }

    private void fill(BlobTransfer transfer) {
        while (!transfer.plan().isDone()) {
            SegmentPlan.Segment segment = transfer.plan().takeOrSplit();
            if (segment == null) {
                awaitWorkers(transfer);
                continue;
            }
            try {
                stream(transfer, segment);
            } finally {
                transfer.plan().leave(segment);
            }
        }
        transfer.workers().rethrow();
    }

    /** Helpers are at the last pieces: too little to split. */
    private void awaitWorkers(BlobTransfer transfer) {
        transfer.workers().rethrow();
        if (calls.isCancelled()) {
            throw new PullCancelledException("the pull was cancelled");
        }
        RegistryEndpoint source = transfer.source();
        if (source != null && transfer.judge() != null) {
            leaveSlow(transfer, source, HostFailure.slow("", 0, transfer.slowness()), Duration.ZERO);
        }
        try {
            transfer.plan().awaitChange(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the pull was interrupted", e);
        }
    }

    /** Fetches a segment, and what follows it as long as the host sends it anyway and nobody else fetches it. */
    private void stream(BlobTransfer transfer, SegmentPlan.Segment segment) {
        List<RegistryEndpoint> candidates = hosts.candidates();
        Failover.Success<BlobStream> opened = open(transfer, segment, candidates);
        RegistryEndpoint endpoint = opened.endpoint();
        hosts.served(candidates, endpoint);
        String origin = endpoint.host().origin();
        lastHost = endpoint.origin();
        lastOrigin = origin;
        long before = transfer.present();
        long start = failover.nanoTime().getAsLong();
        workers.connections().enter(origin);
        failover.rates().begin(origin);
        try (BlobStream stream = opened.value()) {
            long position = transfer.plan().position(segment);
            String sender = lastHost;
            events.emit(header -> new PullEvent.BlobStarted(header, blob.digest(), position, blob.size(), sender));
            transfer.servedBy(endpoint, hosts.floor(endpoint));
            if (fruitless && budget.total() <= RetryBudget.MAX_RETRIES) {
                transfer.measureAnew();
            }
            fruitless = false;
            boolean more = transfer.copier().copy(stream, segment, endpoint);
            while (more && stream.isWhole()) {
                // This host does not do ranges: the other gaps are in the same stream.
                SegmentPlan.Segment next = transfer.plan().takeFrom(stream.position());
                if (next == null) {
                    break;
                }
                try {
                    more = transfer.copier().copy(stream, next, endpoint);
                } finally {
                    transfer.plan().leave(next);
                }
            }
        } catch (HostFailure e) {
            Duration elapsed = Duration.ofNanos(failover.nanoTime().getAsLong() - start);
            if (calls.isCancelled()) {
                throw new PullCancelledException("the pull was cancelled", e);
            }
            if (e.failureClass() == FailureClass.SLOW) {
                leaveSlow(transfer, endpoint, e, elapsed);
            } else {
                goOnAfter(e, endpoint, transfer, before, elapsed);
            }
        } finally {
            failover.rates().end(origin);
            workers.connections().leave(origin);
        }
    }

    private Failover.Success<BlobStream> open(
            BlobTransfer transfer, SegmentPlan.Segment segment, List<RegistryEndpoint> candidates) {
        try {
            return failover.hedged(
                    Phase.BLOB,
                    candidates,
                    budget,
                    (endpoint, within) -> BlobStream.open(
                            endpoint,
                            image,
                            blob,
                            transfer.plan().position(segment),
                            transfer.plan().end(segment),
                            within,
                            failover.nanoTime()),
                    BlobStream::close);
        } catch (HostsExhausted e) {
            failures.addAll(e.failures());
            if (trust.alone().isPresent()) {
                trust.unavailable();
                return open(transfer, segment, hosts.candidates());
            }
            HostFailure broken = lastBroken;
            if (!hosts.isAnyAvoided() || broken == null) {
                throw exhausted();
            }
            // Those whose stream broke are the only ones left: they get another chance, after a pause.
            failover.pause(budget.next(broken).orElseThrow(this::exhausted));
            hosts.forgive();
            return open(transfer, segment, hosts.candidates());
        }
    }

    /** The host sends too little: another one goes on, unless there is nothing better. */
    private void leaveSlow(BlobTransfer transfer, RegistryEndpoint endpoint, HostFailure failure, Duration elapsed) {
        Attempt attempt = noted(failure, endpoint, elapsed);
        if (transfer.verdict() == RateCheck.Verdict.HOPELESS) {
            throw exhausted();
        }
        hosts.leave(endpoint, transfer.slowRate());
        transfer.leaveSource();
        retry(transfer, endpoint, attempt, Duration.ZERO);
    }

    /** A stream broke: the same host goes on if it brought something, others if it did not. */
    private void goOnAfter(
            HostFailure failure, RegistryEndpoint endpoint, BlobTransfer transfer, long before, Duration elapsed) {
        Attempt attempt = noted(failure, endpoint, elapsed);
        workers.connections().complained(endpoint.host().origin());
        Duration pause = Duration.ZERO;
        if (transfer.present() - before >= MIN_PROGRESS) {
            budget.reset();
            hosts.forgive();
        } else {
            trust.brokeOff(endpoint, endpoints.forContent().size() > 1).ifPresent(endpoints::setAside);
            hosts.avoid(endpoint);
            lastBroken = failure;
            fruitless = true;
            if (failure.failureClass() == FailureClass.MALFORMED) {
                trust.wrongLength(endpoint);
            }
            if (hosts.areAllAvoided()) {
                if (endpoints.forContent().stream().allMatch(trust::isHopeless)) {
                    throw exhausted(); // each of them sent wrong content twice: a pause changes nothing
                }
                pause = budget.next(failure).orElseThrow(this::exhausted);
                hosts.forgive();
            }
        }
        retry(transfer, endpoint, attempt, pause);
    }

    private Attempt noted(HostFailure failure, RegistryEndpoint endpoint, Duration elapsed) {
        Attempt attempt = failure.toAttempt(endpoint, Phase.BLOB, elapsed);
        failures.add(new FailedAttempt(attempt, failure.failureClass()));
        return attempt;
    }

    private void retry(BlobTransfer transfer, RegistryEndpoint endpoint, Attempt attempt, Duration pause) {
        reopenings++;
        if (hosts.leadsOn(endpoint)) {
            failover.fellBack(attempt);
        }
        long present = transfer.present();
        events.emit(header -> new PullEvent.BlobRetry(header, blob.digest(), present, blob.size(), attempt, pause));
        if (!pause.isZero()) {
            failover.pause(pause);
        }
    }

    /** Gives the blob its name if its digest is right; else decides which sender is blamed. */
    private boolean commit(Ingest ingest, BlobTransfer transfer) {
        if (ingest.commit()) {
            trust.right(transfer.contributors()).ifPresent(this::setAside);
            if (!lastOrigin.isEmpty()) {
                failover.rates().answered(lastOrigin);
            }
            return true;
        }
        boolean earlier = resumed > 0 && trust.mismatches() == 0;
        Attempt attempt = mismatch(lastHost);
        failures.add(new FailedAttempt(attempt, FailureClass.MALFORMED));
        SenderTrust.Decision<RegistryEndpoint> decision =
                trust.wrong(hosts.quickestFirst(transfer.contributors()), earlier, endpoints.forContent());
        decision.blamed().ifPresent(this::setAside);
        if (!decision.goesOn()) {
            throw exhausted();
        }
        events.emit(header -> new PullEvent.BlobRetry(header, blob.digest(), 0, blob.size(), attempt, Duration.ZERO));
        hosts.forgive();
        transfer.startAnew(spreadSources());
        return false;
    }

    private void setAside(RegistryEndpoint blamed) {
        endpoints.setAside(blamed);
        failover.fellBack(mismatch(blamed.origin()));
    }

    /** Wrong content as an attempt. */
    private Attempt mismatch(String host) {
        return new Attempt(
                host,
                "",
                Phase.BLOB.label(),
                AttemptKind.MALFORMED,
                0,
                "the content of " + blob.digest() + " does not have that digest",
                Duration.ZERO);
    }

    /** The endpoints that workers may fetch from beside the one that the download uses; none while a sender is tried alone. */
    private List<RegistryEndpoint> spreadSources() {
        return workers.isSpread() && trust.alone().isEmpty() ? endpoints.forContent() : List.of();
    }

    private PullException exhausted() {
        return new HostsExhausted(Phase.BLOB, failures).toPullException("the blob " + blob.digest() + " of " + image);
    }
}
