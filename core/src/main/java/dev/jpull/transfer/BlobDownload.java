// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.EventSink;
import dev.jpull.registry.Failover;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostRates;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.store.BlobFront;
import dev.jpull.store.ImageStore;
import dev.jpull.store.Ingest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob into the store: from where an earlier pull stopped, over broken connections and failing hosts, until
 * its digest is right. For use by one thread.
 */
public final class BlobDownload {
    private static final long POLL_MILLIS = 100;

    private final PullContext pull;
    private final Descriptor blob;
    private final SegmentWorkers threads;
    private final @Nullable BlobFront front;
    private final BlobFailover failover;
    private final EventSink events;
    private final HostRates rates;
    private final LongSupplier nanoTime;

    /** The requests of the download: they end with its slot, and with its pull. */
    private Cancellation calls;

    private long resumed = -1;
    private long fetchedBefore;
    private @Nullable RegistryEndpoint lastSource;

    /** A download of one blob of an image. */
    public BlobDownload(PullContext pull, Descriptor blob, SegmentWorkers workers) {
        this(pull, blob, workers, null);
    }

    /**
     * The same, of a blob that is read while it comes.
     *
     * @param front is told how far it can be read; null for a blob that nothing reads before it is there
     */
    public BlobDownload(PullContext pull, Descriptor blob, SegmentWorkers workers, @Nullable BlobFront front) {
        this.front = front;
        this.pull = pull;
        this.blob = blob;
        this.threads = workers;
        this.failover = new BlobFailover(pull, blob, workers);
        this.events = pull.events();
        this.rates = pull.failover().rates();
        this.nanoTime = pull.failover().nanoTime();
        this.calls = pull.cancellation();
    }

    /**
     * Downloads the blob, unless it is there.
     *
     * @throws PullException if no host can serve it
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
     * @throws PullException if no host can serve it
     * @throws SlotPreemptedException if the slot was preempted before the blob was there
     */
    public BlobReport into(ImageStore store, DownloadSlot slot) throws SlotPreemptedException {
        begin(slot);
        try {
            return download(store, slot);
        } catch (PullCancelledException e) {
            if (slot.isPreempted() && !pull.cancellation().isCancelled()) {
                throw new SlotPreemptedException(e);
            }
            throw e;
        }
    }

    private void begin(DownloadSlot slot) {
        calls = slot.beginCalls(pull.cancellation());
        failover.within(calls);
    }

    private BlobReport download(ImageStore store, DownloadSlot slot) {
        if (blob.size() == 0 && !blob.digest().matches(new byte[0])) {
            throw new IntegrityException("the descriptor of " + blob.digest() + " in " + pull.image()
                    + " has the size 0, but not the digest of an empty blob");
        }
        Optional<Ingest> opened = store.ingest(blob, new IngestWait(store, blob, events, calls));
        if (opened.isEmpty()) {
            return present(store);
        }
        try (Ingest ingest = opened.get()) {
            if (resumed < 0) {
                resumed = ingest.count();
                events.emit(header ->
                        new PullEvent.BlobQueued(header, blob.digest(), blob.mediaType(), resumed, blob.size()));
            }
            if (front != null) {
                ingest.tell(front);
            }
            takeEmbedded(ingest);
            long fetched = fetch(ingest, slot);
            String sender = lastHost();
            events.emit(header -> new PullEvent.BlobCompleted(header, blob.digest(), fetched, blob.size(), sender));
            return new BlobReport(blob, sender, fetched, failover.isTrusted() ? resumed : 0, failover.retries(), false);
        }
    }

    private BlobReport present(ImageStore store) {
        if (!store.has(blob)) {
            throw new PullCancelledException("the pull was cancelled");
        }
        store.touch(blob.digest());
        events.emit(header -> new PullEvent.BlobPresent(header, blob.digest(), blob.size()));
        if (front != null) {
            front.present();
        }
        return new BlobReport(blob, "", 0, 0, 0, true);
    }

    /** Content that is embedded in the descriptor needs no request. */
    private void takeEmbedded(Ingest ingest) {
        if (ingest.count() == 0) {
            blob.embeddedData().ifPresent(content -> ingest.write(0, content, content.length));
        }
    }

    /** Fetches what is missing until the whole is right; returns how many bytes came. */
    private long fetch(Ingest ingest, DownloadSlot slot) {
        BlobTransfer transfer = new BlobTransfer(pull, ingest, threads, failover.spread(), slot);
        try {
            do {
                begin(slot);
                fill(transfer);
                slot.endCalls();
            } while (!commit(ingest, transfer));
        } finally {
            transfer.end();
            fetchedBefore += transfer.fetched();
        }
        return fetchedBefore;
    }

    /**
     * Fetches what is missing; verifies nothing.
     *
     * @throws PullException if no host can serve it
     */
    public void fill(Ingest ingest) {
        BlobTransfer transfer = new BlobTransfer(pull, ingest, threads, failover.spread(), DownloadSlot.unshared());
        try {
            fill(transfer);
        } finally {
            transfer.end();
        }
    }

    private void fill(BlobTransfer transfer) {
        SegmentPlan plan = transfer.plan();
        while (!plan.isDone()) {
            Segment segment = plan.takeOrSplit();
            if (segment == null) {
                awaitWorkers(transfer);
                continue;
            }
            try {
                stream(transfer, segment);
            } finally {
                plan.leave(segment);
            }
        }
        transfer.workers().rethrow();
    }

    /** Workers fetch the last pieces, which are too small to split. */
    private void awaitWorkers(BlobTransfer transfer) {
        transfer.workers().rethrow();
        if (calls.isCancelled()) {
            throw new PullCancelledException("the pull was cancelled");
        }
        RegistryEndpoint source = transfer.rate().source();
        if (source != null && transfer.judge() != null) {
            HostFailure slow = HostFailure.slow("", 0, transfer.rate().explanation());
            failover.tooSlow(transfer, source, slow, Duration.ZERO);
        }
        try {
            transfer.plan().awaitChange(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the pull was interrupted", e);
        }
    }

    /** Fetches a segment from the first endpoint that serves it; what the stream leaves of the segment is open again. */
    private void stream(BlobTransfer transfer, Segment segment) {
        Failover.Success<OpenBlob> opened = failover.open(transfer.plan(), segment);
        if (opened == null) {
            return;
        }
        RegistryEndpoint endpoint = opened.endpoint();
        lastSource = endpoint;
        String origin = endpoint.host().origin();
        long before = transfer.present();
        long start = nanoTime.getAsLong();
        rates.begin(origin);
        try (OpenBlob open = opened.value()) {
            BlobStream stream = open.stream();
            long position = transfer.plan().position(segment);
            events.emit(header ->
                    new PullEvent.BlobStarted(header, blob.digest(), position, blob.size(), endpoint.origin()));
            failover.serves(endpoint, transfer);
            transfer.copier().copyOn(stream, segment, endpoint);
            if (!stream.isWhole()) {
                open.permit().servedRange();
            }
        } catch (HostFailure e) {
            if (calls.isCancelled()) {
                throw new PullCancelledException("the pull was cancelled", e);
            }
            Duration elapsed = Duration.ofNanos(nanoTime.getAsLong() - start);
            if (e.failureClass() == FailureClass.SLOW) {
                failover.tooSlow(transfer, endpoint, e, elapsed);
            } else {
                opened.value().permit().failed(e);
                failover.brokeOff(transfer, endpoint, e, transfer.present() - before, elapsed);
            }
        } finally {
            rates.end(origin);
        }
    }

    /** Gives the blob its name if its digest is right; else it is fetched again, from trusted senders. */
    private boolean commit(Ingest ingest, BlobTransfer transfer) {
        if (ingest.commit()) {
            failover.right(transfer.contributors());
            if (lastSource != null) {
                rates.answered(lastSource.host().origin());
            }
            return true;
        }
        failover.wrong(transfer.contributors(), resumed > 0 && failover.isTrusted(), lastHost());
        transfer.startAnew(failover.spread());
        return false;
    }

    /** The endpoint that sent the last bytes; empty for none. */
    private String lastHost() {
        return lastSource == null ? "" : lastSource.origin();
    }
}
