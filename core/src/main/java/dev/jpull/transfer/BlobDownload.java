// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.Attempt;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import dev.jpull.http.CallScope;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.FailedAttempt;
import dev.jpull.registry.Failover;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.HostsExhausted;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import dev.jpull.store.ImageStore;
import dev.jpull.store.Ingest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob into the store: from where an earlier pull stopped, over broken connections and failing hosts, until
 * its digest is right. For use by one thread.
 */
public final class BlobDownload {
    private static final int BUFFER = 256 << 10;
    private static final long PROGRESS_INTERVAL_NANOS = Duration.ofMillis(100).toNanos();
    private static final int MAX_REOPENINGS = 10_000;
    private static final int MAX_MISMATCHES = 3;

    private final ImageReference image;
    private final Descriptor blob;
    private final ImageEndpoints endpoints;
    private final Failover failover;
    private final CallScope scope;
    private final PullListener listener;

    private final RetryBudget budget = new RetryBudget();
    private final List<FailedAttempt> failures = new ArrayList<>();
    /** Hosts whose stream of this blob broke before it brought anything. */
    private final Set<RegistryEndpoint> avoided = new HashSet<>();
    /** Hosts that sent what is in the ingest now. */
    private final Set<RegistryEndpoint> contributors = new HashSet<>();

    private @Nullable HostFailure lastBroken;
    private String lastHost = "";
    private long fetched;
    private int reopenings;
    private int mismatches;
    private long lastProgress;

    /** A download of one blob of an image. */
    public BlobDownload(
            ImageReference image,
            Descriptor blob,
            ImageEndpoints endpoints,
            Failover failover,
            CallScope scope,
            PullListener listener) {
        this.image = image;
        this.blob = blob;
        this.endpoints = endpoints;
        this.failover = failover;
        this.scope = scope;
        this.listener = listener;
    }

    /**
     * Downloads the blob, unless it is there.
     *
     * @throws PullException if it cannot be had
     */
    public BlobReport into(ImageStore store) {
        if (blob.size() == 0 && !blob.digest().matches(new byte[0])) {
            throw new IntegrityException("the descriptor of " + blob.digest() + " in " + image
                    + " says that it has no bytes, which its digest denies");
        }
        Optional<Ingest> opened = store.ingest(blob, scope::isCancelled);
        if (opened.isEmpty()) {
            if (!store.has(blob)) {
                throw new PullCancelledException("the pull was cancelled");
            }
            listener.onEvent(new PullEvent.BlobPresent(Instant.now(), image.toString(), blob.digest(), blob.size()));
            return new BlobReport(blob, "", 0, 0, 0, true);
        }
        try (Ingest ingest = opened.get()) {
            long resumed = ingest.offset();
            listener.onEvent(new PullEvent.BlobQueued(
                    Instant.now(), image.toString(), blob.digest(), blob.mediaType(), resumed, blob.size()));
            takeEmbedded(ingest);
            do {
                fill(ingest);
            } while (!commit(ingest, resumed));
            listener.onEvent(new PullEvent.BlobCompleted(
                    Instant.now(), image.toString(), blob.digest(), fetched, blob.size(), lastHost));
            return new BlobReport(
                    blob, lastHost, fetched, mismatches == 0 ? resumed : 0, budget.total() + reopenings, false);
        }
    }

    /** Content that its author embedded needs no request. */
    private void takeEmbedded(Ingest ingest) {
        if (ingest.offset() == 0) {
            blob.embeddedData().ifPresent(content -> ingest.write(content, content.length));
        }
    }

    /**
     * Fetches what is missing; verifies nothing.
     *
     * @throws PullException if no host can bring it
     */
    public void fill(Ingest ingest) {
        while (ingest.offset() < blob.size()) {
            List<RegistryEndpoint> candidates = endpoints.forContent().stream()
                    .filter(endpoint -> !avoided.contains(endpoint))
                    .toList();
            Failover.Success<BlobStream> opened = open(ingest, candidates);
            long before = ingest.offset();
            long start = System.nanoTime();
            try (BlobStream stream = opened.value()) {
                copy(stream, opened.endpoint(), ingest);
            } catch (HostFailure e) {
                goOnAfter(e, opened.endpoint(), ingest, before, Duration.ofNanos(System.nanoTime() - start));
            }
        }
    }

    private Failover.Success<BlobStream> open(Ingest ingest, List<RegistryEndpoint> candidates) {
        try {
            return failover.first(
                    "blob",
                    candidates,
                    budget,
                    endpoint -> BlobStream.open(endpoint, image, blob, ingest.offset(), scope));
        } catch (HostsExhausted e) {
            failures.addAll(e.failures());
            HostFailure broken = lastBroken;
            if (avoided.isEmpty() || broken == null) {
                throw exhausted();
            }
            // Those whose stream broke are the only ones left: they get another chance, after a pause.
            failover.pause(budget.next(broken).orElseThrow(this::exhausted));
            avoided.clear();
            return open(ingest, endpoints.forContent());
        }
    }

    private void copy(BlobStream stream, RegistryEndpoint endpoint, Ingest ingest) throws HostFailure {
        lastHost = endpoint.origin();
        listener.onEvent(new PullEvent.BlobStarted(
                Instant.now(), image.toString(), blob.digest(), ingest.offset(), blob.size(), lastHost));
        byte[] buffer = new byte[(int) Math.min(BUFFER, blob.size() - ingest.offset() + 1)];
        try {
            while (ingest.offset() < blob.size()) {
                // One byte more than is missing, to notice a blob that is too long.
                long missing = blob.size() - ingest.offset();
                int read = stream.fill(buffer, (int) Math.min(buffer.length, missing + 1));
                if (read == 0) {
                    throw HostFailure.malformed(
                            stream.shownUrl(),
                            stream.status(),
                            "the blob ended after " + ingest.offset() + " bytes, but its descriptor says "
                                    + blob.size());
                }
                if (read > missing) {
                    throw surplus(stream, ingest);
                }
                fetched += read;
                contributors.add(endpoint);
                ingest.write(buffer, read);
                reportProgress(ingest);
            }
            refuseSurplus(stream, ingest);
        } catch (IOException e) {
            throw HostFailure.of(e, stream.shownUrl());
        }
    }

    /** The end was reached exactly: the body must end there too. */
    private void refuseSurplus(BlobStream stream, Ingest ingest) throws HostFailure {
        try {
            if (stream.fill(new byte[1], 1) > 0) {
                throw surplus(stream, ingest);
            }
        } catch (IOException e) {
            return; // all bytes are here: what breaks the connection after them does no harm
        }
    }

    /** A blob that is too long is another blob: what came of it is thrown away. */
    private HostFailure surplus(BlobStream stream, Ingest ingest) {
        ingest.discard();
        contributors.clear();
        return HostFailure.malformed(
                stream.shownUrl(),
                stream.status(),
                "it sends more than the " + blob.size() + " bytes of the descriptor");
    }

    /** A stream broke: the same host goes on if it brought something, others if it did not. */
    private void goOnAfter(
            HostFailure failure, RegistryEndpoint endpoint, Ingest ingest, long before, Duration elapsed) {
        if (scope.isCancelled()) {
            throw new PullCancelledException("the pull was cancelled", failure);
        }
        Attempt attempt = failure.toAttempt(endpoint.origin(), "blob", elapsed);
        failures.add(new FailedAttempt(attempt, failure.failureClass()));
        Duration pause = Duration.ZERO;
        if (ingest.offset() > before && reopenings < MAX_REOPENINGS) {
            budget.reset();
            avoided.clear();
        } else {
            avoided.add(endpoint);
            lastBroken = failure;
            if (avoided.containsAll(endpoints.forContent())) {
                pause = budget.next(failure).orElseThrow(this::exhausted);
                avoided.clear();
            }
        }
        reopenings++;
        listener.onEvent(new PullEvent.BlobRetry(
                Instant.now(), image.toString(), blob.digest(), ingest.offset(), blob.size(), attempt, pause));
        if (!pause.isZero()) {
            failover.pause(pause);
        }
    }

    /** Gives the blob its name, or finds out whom not to believe. */
    private boolean commit(Ingest ingest, long resumed) {
        if (ingest.commit()) {
            return true;
        }
        mismatches++;
        boolean fromOneHost = contributors.size() == 1 && (resumed == 0 || mismatches > 1);
        Attempt attempt = new Attempt(
                lastHost,
                "",
                "blob",
                0,
                "the content of " + blob.digest() + " does not have that digest",
                Duration.ZERO);
        listener.onEvent(new PullEvent.Fallback(Instant.now(), image.toString(), attempt));
        if (fromOneHost) {
            RegistryEndpoint liar = contributors.iterator().next();
            failures.add(new FailedAttempt(attempt, FailureClass.MALFORMED));
            boolean others = endpoints.forContent().stream().anyMatch(endpoint -> !endpoint.equals(liar));
            if (others) {
                endpoints.setAside(liar);
            } else if (mismatches > 2 || resumed == 0 && mismatches > 1) {
                throw exhausted();
            }
        } else if (mismatches > MAX_MISMATCHES) {
            throw exhausted();
        }
        contributors.clear();
        avoided.clear();
        return false;
    }

    private PullException exhausted() {
        return new HostsExhausted("blob", failures).toPullException("the blob " + blob.digest() + " of " + image);
    }

    private void reportProgress(Ingest ingest) {
        long now = System.nanoTime();
        if (now - lastProgress >= PROGRESS_INTERVAL_NANOS || ingest.offset() == blob.size()) {
            lastProgress = now;
            listener.onEvent(new PullEvent.BlobProgress(
                    Instant.now(), image.toString(), blob.digest(), ingest.offset(), blob.size()));
        }
    }
}
