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
import dev.jpull.store.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings one blob into the store: from where an earlier pull stopped, over broken connections and failing hosts, until
 * its digest is right. For use by one thread.
 */
public final class BlobDownload {
    private static final int MAX_REOPENINGS = 10_000;
    private static final int MAX_MISMATCHES = 3;
    /** A host may be wrong once by chance. */
    private static final int HOPELESS = 2;

    private static final long POLL_MILLIS = 100;
    private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

    private final ImageReference image;
    private final Descriptor blob;
    private final ImageEndpoints endpoints;
    private final Failover failover;
    private final CallScope scope;
    private final PullListener listener;
    private final Assistants assistants;

    private final RetryBudget budget = new RetryBudget();
    private final List<FailedAttempt> failures = new ArrayList<>();
    /** Hosts whose stream of this blob broke before it brought anything. */
    private final Set<RegistryEndpoint> avoided = new HashSet<>();
    /** How often a host has sent something that this blob is not. */
    private final Map<RegistryEndpoint, Integer> wrong = new HashMap<>();
    /** After wrong content of several hosts: the one that is tried alone. */
    private @Nullable RegistryEndpoint suspect;
    /** Those whose content was wrong together; empty when some of it was of an earlier pull. */
    private Set<RegistryEndpoint> accomplices = Set.of();

    private @Nullable HostFailure lastBroken;
    private String lastHost = "";
    private int reopenings;
    private int mismatches;
    private long lastLook;

    /** A download of one blob of an image. */
    public BlobDownload(
            ImageReference image,
            Descriptor blob,
            ImageEndpoints endpoints,
            Failover failover,
            CallScope scope,
            PullListener listener,
            Assistants assistants) {
        this.image = image;
        this.blob = blob;
        this.endpoints = endpoints;
        this.failover = failover;
        this.scope = scope;
        this.listener = listener;
        this.assistants = assistants;
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
        Optional<Ingest> opened = store.ingest(blob, waiting(store));
        if (opened.isEmpty()) {
            if (!store.has(blob)) {
                throw new PullCancelledException("the pull was cancelled");
            }
            store.touch(blob.digest());
            listener.onEvent(new PullEvent.BlobPresent(Instant.now(), image.toString(), blob.digest(), blob.size()));
            return new BlobReport(blob, "", 0, 0, 0, true);
        }
        try (Ingest ingest = opened.get()) {
            long resumed = ingest.count();
            listener.onEvent(new PullEvent.BlobQueued(
                    Instant.now(), image.toString(), blob.digest(), blob.mediaType(), resumed, blob.size()));
            takeEmbedded(ingest);
            long fetched = fetch(ingest, resumed);
            listener.onEvent(new PullEvent.BlobCompleted(
                    Instant.now(), image.toString(), blob.digest(), fetched, blob.size(), lastHost));
            return new BlobReport(
                    blob, lastHost, fetched, mismatches == 0 ? resumed : 0, budget.total() + reopenings, false);
        }
    }

    private Waiting waiting(ImageStore store) {
        return new Waiting() {
            @Override
            public boolean isCancelled() {
                return followed(store);
            }

            @Override
            public void waitsFor(String text) {
                listener.onEvent(new PullEvent.Warning(Instant.now(), image.toString(), text));
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
                listener.onEvent(
                        new PullEvent.BlobProgress(Instant.now(), image.toString(), blob.digest(), there, blob.size()));
            }
        }
        return scope.isCancelled();
    }

    /** Content that its author embedded needs no request. */
    private void takeEmbedded(Ingest ingest) {
        if (ingest.count() == 0) {
            blob.embeddedData().ifPresent(content -> ingest.write(0, content, content.length));
        }
    }

    /** Fetches what is missing until the whole is right; returns how many bytes came. */
    private long fetch(Ingest ingest, long resumed) {
        BlobInFlight flight = new BlobInFlight(image, ingest, scope, listener, assistants, failover, helpingHosts());
        try {
            do {
                fill(flight);
            } while (!commit(ingest, flight, resumed));
        } finally {
            flight.stopHelpers();
        }
        return flight.fetched();
    }

    /**
     * Fetches what is missing; verifies nothing.
     *
     * @throws PullException if no host can bring it
     */
    public void fill(Ingest ingest) {
        BlobInFlight flight = new BlobInFlight(image, ingest, scope, listener, assistants, failover, helpingHosts());
        try {
            fill(flight);
        } finally {
            flight.stopHelpers();
        }
    }

    private void fill(BlobInFlight flight) {
        while (!flight.segments().isDone()) {
            Segments.Segment segment = flight.segments().takeOrSplit();
            if (segment == null) {
                awaitHelpers(flight);
                continue;
            }
            try {
                stream(flight, segment);
            } finally {
                flight.segments().leave(segment);
            }
        }
        flight.rethrow();
    }

    /** Helpers are at the last pieces: too little to split. */
    private void awaitHelpers(BlobInFlight flight) {
        flight.rethrow();
        if (scope.isCancelled()) {
            throw new PullCancelledException("the pull was cancelled");
        }
        try {
            flight.segments().awaitChange(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the pull was interrupted", e);
        }
    }

    /** Fetches a segment, and what follows it as long as the host sends it anyway and nobody else fetches it. */
    private void stream(BlobInFlight flight, Segments.Segment segment) {
        Failover.Success<BlobStream> opened = open(flight, segment, candidates());
        RegistryEndpoint endpoint = opened.endpoint();
        String origin = endpoint.host().origin();
        lastHost = endpoint.origin();
        long before = flight.present();
        long start = System.nanoTime();
        assistants.connections().enter(origin);
        try (BlobStream stream = opened.value()) {
            listener.onEvent(new PullEvent.BlobStarted(
                    Instant.now(), image.toString(), blob.digest(), stream.position(), blob.size(), lastHost));
            flight.servedBy(endpoint);
            boolean more = flight.copy(stream, segment, endpoint);
            while (more && stream.isWhole()) {
                // This host does not do ranges: the other gaps are in the same stream.
                Segments.Segment next = flight.segments().takeFrom(stream.position());
                if (next == null) {
                    break;
                }
                try {
                    stream.skipTo(flight.segments().position(next));
                    more = flight.copy(stream, next, endpoint);
                } finally {
                    flight.segments().leave(next);
                }
            }
        } catch (HostFailure e) {
            goOnAfter(e, endpoint, flight, before, Duration.ofNanos(System.nanoTime() - start));
        } finally {
            assistants.connections().leave(origin);
        }
    }

    private List<RegistryEndpoint> candidates() {
        List<RegistryEndpoint> capable = endpoints.forContent();
        if (suspect != null && capable.contains(suspect)) {
            return List.of(suspect);
        }
        return capable.stream().filter(endpoint -> !avoided.contains(endpoint)).toList();
    }

    private Failover.Success<BlobStream> open(
            BlobInFlight flight, Segments.Segment segment, List<RegistryEndpoint> candidates) {
        try {
            return failover.hedged(
                    "blob",
                    candidates,
                    budget,
                    (endpoint, within) -> BlobStream.open(
                            endpoint,
                            image,
                            blob,
                            flight.segments().position(segment),
                            flight.segments().end(segment),
                            within),
                    BlobStream::close);
        } catch (HostsExhausted e) {
            failures.addAll(e.failures());
            if (suspect != null) {
                suspect = null;
                return open(flight, segment, candidates());
            }
            HostFailure broken = lastBroken;
            if (avoided.isEmpty() || broken == null) {
                throw exhausted();
            }
            // Those whose stream broke are the only ones left: they get another chance, after a pause.
            failover.pause(budget.next(broken).orElseThrow(this::exhausted));
            avoided.clear();
            return open(flight, segment, endpoints.forContent());
        }
    }

    /** A stream broke: the same host goes on if it brought something, others if it did not. */
    private void goOnAfter(
            HostFailure failure, RegistryEndpoint endpoint, BlobInFlight flight, long before, Duration elapsed) {
        if (scope.isCancelled()) {
            throw new PullCancelledException("the pull was cancelled", failure);
        }
        Attempt attempt = failure.toAttempt(endpoint, "blob", elapsed);
        failures.add(new FailedAttempt(attempt, failure.failureClass()));
        assistants.connections().complained(endpoint.host().origin());
        Duration pause = Duration.ZERO;
        boolean progress = flight.present() > before;
        if (progress && reopenings < MAX_REOPENINGS) {
            budget.reset();
            avoided.clear();
        } else {
            avoided.add(endpoint);
            lastBroken = failure;
            if (failure.failureClass() == FailureClass.MALFORMED) {
                wrong.merge(endpoint, 1, Integer::sum);
            }
            List<RegistryEndpoint> capable = endpoints.forContent();
            if (endpoint.equals(suspect)) {
                // It took part in wrong content, and alone it brings none at all.
                suspect = null;
                if (capable.size() > 1) {
                    endpoints.setAside(endpoint);
                }
            }
            if (avoided.containsAll(capable)) {
                if (capable.stream().allMatch(this::isHopeless)) {
                    throw exhausted(); // waiting makes no honest hosts of them
                }
                pause = budget.next(failure).orElseThrow(this::exhausted);
                avoided.clear();
            }
        }
        reopenings++;
        listener.onEvent(new PullEvent.BlobRetry(
                Instant.now(), image.toString(), blob.digest(), flight.present(), blob.size(), attempt, pause));
        if (!pause.isZero()) {
            failover.pause(pause);
        }
    }

    /** Gives the blob its name, or finds out whom not to believe. */
    private boolean commit(Ingest ingest, BlobInFlight flight, long resumed) {
        if (ingest.commit()) {
            accuseTheOther(flight.contributors());
            return true;
        }
        mismatches++;
        Set<RegistryEndpoint> senders = flight.contributors();
        boolean mixed = senders.size() != 1 || resumed > 0 && mismatches == 1;
        Attempt attempt = new Attempt(
                lastHost,
                "",
                "blob",
                0,
                "the content of " + blob.digest() + " does not have that digest",
                Duration.ZERO);
        listener.onEvent(new PullEvent.Fallback(Instant.now(), image.toString(), attempt));
        failures.add(new FailedAttempt(attempt, FailureClass.MALFORMED));
        if (!mixed) {
            RegistryEndpoint liar = senders.iterator().next();
            wrong.merge(liar, 1, Integer::sum);
            suspect = null;
            boolean others = endpoints.forContent().stream().anyMatch(endpoint -> !endpoint.equals(liar));
            if (others) {
                endpoints.setAside(liar);
            } else if (isHopeless(liar)) {
                throw exhausted();
            }
        } else if (mismatches > MAX_MISMATCHES) {
            throw exhausted();
        } else {
            // Somebody lied: whoever does not when alone was not it.
            suspect = senders.isEmpty() ? null : senders.iterator().next();
            accomplices = resumed > 0 && mismatches == 1 ? Set.of() : senders;
        }
        avoided.clear();
        flight.startAnew(helpingHosts());
        return false;
    }

    /** One of two was tried alone, and did not lie. */
    private void accuseTheOther(Set<RegistryEndpoint> senders) {
        if (senders.size() == 1 && accomplices.size() == 2 && accomplices.containsAll(senders)) {
            accomplices.stream().filter(host -> !senders.contains(host)).forEach(endpoints::setAside);
        }
    }

    private boolean isHopeless(RegistryEndpoint endpoint) {
        return wrong.getOrDefault(endpoint, 0) >= HOPELESS;
    }

    /** The hosts that parts of the blob may be fetched from beside the one that sends it: only those when somebody lies. */
    private List<RegistryEndpoint> helpingHosts() {
        return assistants.isSpread() && suspect == null ? endpoints.forContent() : List.of();
    }

    private PullException exhausted() {
        return new HostsExhausted("blob", failures).toPullException("the blob " + blob.digest() + " of " + image);
    }
}
