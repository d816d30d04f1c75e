// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.BlobRequest;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fail-over of one blob: which endpoint sends the next bytes after a stream broke, was too slow, or sent wrong content, and
 * when the endpoints are exhausted. Keeps the failures for the error of the download. For use by one thread.
 */
final class BlobFailover {
    /** A stream with fewer bytes counts as an attempt without progress. */
    private static final int MIN_PROGRESS = 16 << 10;

    private final ImageReference image;
    private final Descriptor blob;
    private final ImageEndpoints endpoints;
    private final EventSink events;
    private final SegmentWorkers threads;
    private final Failover pullFailover;
    private final SenderTrust<RegistryEndpoint> trust = new SenderTrust<>();
    private final SourceSelection sources;
    private final RetryBudget budget = new RetryBudget();
    private final List<FailedAttempt> failures = new ArrayList<>();

    private Failover failover;
    private Cancellation calls;
    private @Nullable HostFailure lastBroken;
    private boolean fruitless;
    private int reopenings;

    BlobFailover(PullContext pull, Descriptor blob, SegmentWorkers threads) {
        this.image = pull.image();
        this.blob = blob;
        this.endpoints = pull.endpoints();
        this.events = pull.events();
        this.threads = threads;
        this.pullFailover = pull.failover();
        this.failover = pullFailover;
        this.calls = pull.cancellation();
        this.sources = new SourceSelection(endpoints, pullFailover, trust);
    }

    /** The scope of the requests that follow. */
    void within(Cancellation scope) {
        calls = scope;
        failover = pullFailover.within(scope);
    }

    /** Whether no content had another digest so far. */
    boolean isTrusted() {
        return trust.mismatches() == 0;
    }

    /** How often a request was repeated, a stream opened again, or the blob fetched anew. */
    int retries() {
        return budget.total() + reopenings + trust.mismatches();
    }

    /** The endpoints that workers may ask beside the one that the download uses; none while a sender is tried alone. */
    List<RegistryEndpoint> spread() {
        return threads.isSpread() && trust.alone().isEmpty() ? endpoints.forContent() : List.of();
    }

    /**
     * Opens a stream for a segment.
     *
     * @return the stream; null when another stream has taken the segment over before the request was sent
     * @throws PullException if the endpoints are exhausted
     */
    Failover.@Nullable Success<OpenBlob> open(SegmentPlan plan, Segment segment) {
        List<RegistryEndpoint> asked = sources.candidates();
        for (List<RegistryEndpoint> candidates = asked; ; candidates = sources.candidates()) {
            // The first permit is waited for before the time of an answer begins.
            try (FirstPermit first = new FirstPermit(threads.connections(), reachable(candidates), calls)) {
                if (plan.isOver(segment)) {
                    return null;
                }
                Failover.Success<OpenBlob> opened = failover.hedged(
                        Phase.BLOB,
                        first.order(candidates),
                        budget,
                        (endpoint, within) -> OpenBlob.by(
                                request(plan, segment, endpoint),
                                endpoint,
                                within,
                                first.permit(endpoint, within),
                                failover.nanoTime()),
                        OpenBlob::close);
                sources.served(asked, opened.endpoint());
                return opened;
            } catch (HostsExhausted e) {
                failures.addAll(e.failures());
                widen();
            }
        }
    }

    /** From a host that may not serve ranges, a blob is wanted as a whole: it is cut when others fetch parts of it. */
    private BlobRequest request(SegmentPlan plan, Segment segment, RegistryEndpoint endpoint) {
        long start = plan.position(segment);
        boolean whole = start == 0
                && !threads.connections().servesRanges(endpoint.host().origin());
        return new BlobRequest(image, blob, start, whole ? blob.size() : plan.end(segment));
    }

    /** The endpoints that can be reached, as far as is known. */
    private List<RegistryEndpoint> reachable(List<RegistryEndpoint> candidates) {
        return candidates.stream()
                .filter(endpoint -> !failover.isDown(endpoint))
                .toList();
    }

    /** The candidates are exhausted: those that were left out are candidates again. */
    private void widen() {
        if (trust.alone().isPresent()) {
            trust.unavailable();
            return;
        }
        HostFailure broken = lastBroken;
        if (!sources.isAnyAvoided() || broken == null) {
            throw exhausted();
        }
        failover.pause(budget.next(broken).orElseThrow(this::exhausted));
        sources.clearAvoided();
    }

    /** An endpoint serves the transfer: measures it by the rate that it has to reach. */
    void serves(RegistryEndpoint endpoint, BlobTransfer transfer) {
        transfer.servedBy(endpoint, sources.floor(endpoint));
        if (fruitless && budget.total() <= RetryBudget.MAX_RETRIES) {
            transfer.rate().measureAnew();
        }
        fruitless = false;
    }

    /** The source sends too little: another one continues, unless the whole download is too slow. */
    void tooSlow(BlobTransfer transfer, RegistryEndpoint endpoint, HostFailure failure, Duration elapsed) {
        Attempt attempt = noted(failure, endpoint, elapsed);
        if (transfer.rate().verdict() == RateCheck.Verdict.SLOW_DOWNLOAD) {
            throw exhausted();
        }
        sources.leave(endpoint, transfer.rate().bytesPerSecond());
        transfer.leaveSource();
        retry(transfer, endpoint, attempt, Duration.ZERO);
    }

    /**
     * A stream broke: the same source continues if bytes arrived on the stream, another one if none did.
     *
     * @param brought how many bytes came since the stream was opened
     */
    void brokeOff(
            BlobTransfer transfer, RegistryEndpoint endpoint, HostFailure failure, long brought, Duration elapsed) {
        Attempt attempt = noted(failure, endpoint, elapsed);
        Duration pause = Duration.ZERO;
        if (brought >= MIN_PROGRESS) {
            budget.reset();
            sources.clearAvoided();
        } else {
            pause = avoid(endpoint, failure);
        }
        retry(transfer, endpoint, attempt, pause);
    }

    /** A stream broke before any byte arrived: the others are asked first. Returns the pause before the next request. */
    private Duration avoid(RegistryEndpoint endpoint, HostFailure failure) {
        trust.brokeOff(endpoint, endpoints.forContent().size() > 1).ifPresent(endpoints::setAside);
        sources.avoid(endpoint);
        lastBroken = failure;
        fruitless = true;
        if (failure.failureClass() == FailureClass.MALFORMED) {
            trust.wrongLength(endpoint);
        }
        if (!sources.areAllAvoided()) {
            return Duration.ZERO;
        }
        if (endpoints.forContent().stream().allMatch(trust::isDistrusted)) {
            throw exhausted(); // each of them sent wrong content twice: a pause changes nothing
        }
        Duration pause = budget.next(failure).orElseThrow(this::exhausted);
        sources.clearAvoided();
        return pause;
    }

    private Attempt noted(HostFailure failure, RegistryEndpoint endpoint, Duration elapsed) {
        Attempt attempt = failure.toAttempt(endpoint, Phase.BLOB, elapsed);
        failures.add(new FailedAttempt(attempt, failure.failureClass()));
        return attempt;
    }

    private void retry(BlobTransfer transfer, RegistryEndpoint endpoint, Attempt attempt, Duration pause) {
        reopenings++;
        if (sources.leadsOn(endpoint)) {
            failover.fellBack(attempt);
        }
        report(transfer.present(), attempt, pause);
        if (!pause.isZero()) {
            failover.pause(pause);
        }
    }

    private void report(long present, Attempt attempt, Duration pause) {
        events.emit(header -> new PullEvent.BlobRetry(header, blob.digest(), present, blob.size(), attempt, pause));
    }

    /** The content of these senders was right. */
    void right(Set<RegistryEndpoint> senders) {
        trust.right(senders).ifPresent(this::setAside);
    }

    /**
     * The content had another digest than the blob.
     *
     * @param senders the endpoints that sent it
     * @param earlier whether a part of it came from an earlier pull
     * @param lastHost the endpoint that sent the last of it; empty for none
     * @throws PullException if another attempt cannot succeed
     */
    void wrong(Set<RegistryEndpoint> senders, boolean earlier, String lastHost) {
        Attempt attempt = mismatch(lastHost);
        failures.add(new FailedAttempt(attempt, FailureClass.MALFORMED));
        SenderTrust.Decision<RegistryEndpoint> decision =
                trust.wrong(sources.quickestFirst(senders), earlier, endpoints.forContent());
        decision.blamed().ifPresent(this::setAside);
        if (!decision.retry()) {
            throw exhausted();
        }
        report(0, attempt, Duration.ZERO);
        sources.clearAvoided();
    }

    private void setAside(RegistryEndpoint blamed) {
        endpoints.setAside(blamed);
        failover.fellBack(mismatch(blamed.origin()));
    }

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

    private PullException exhausted() {
        return new HostsExhausted(Phase.BLOB, failures).toPullException("the blob " + blob.digest() + " of " + image);
    }
}
