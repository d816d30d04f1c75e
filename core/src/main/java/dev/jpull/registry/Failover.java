// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import dev.jpull.http.Cancellation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the hosts of one pull in order until one answers (docs/containerd.md sections 5 to 7). A throttled host is asked again
 * after its back-off, any other failure leads to the next host, and the last host is asked again as long as the budget lasts.
 *
 * <p>Safe for use by several threads, each with a budget of its own.
 */
public final class Failover {
    private final HostStates hosts;
    private final Pauses pauses;
    private final FallbackReports fallbacks;
    private final SkippedHosts skippedHosts;
    private final @Nullable Hedge hedge;

    /** A request that one host can answer. */
    @FunctionalInterface
    public interface Operation<T> {
        /** Asks the host. */
        T ask(RegistryEndpoint endpoint, Cancellation cancellation) throws IOException, HostFailure;
    }

    /**
     * The answer of a host.
     *
     * @param endpoint the host
     * @param value the answer
     */
    public record Success<T>(RegistryEndpoint endpoint, T value) {}

    /**
     * The fail-over of one pull.
     *
     * @param hosts what is known of the hosts
     * @param sleeper lets pauses pass
     * @param fallbacks is called when a host failed and another one is asked
     * @param cancellation ends all requests
     * @param hedge sends a second request when the first one is late; null for no second request
     */
    public Failover(
            HostStates hosts,
            Sleeper sleeper,
            Consumer<Attempt> fallbacks,
            Cancellation cancellation,
            @Nullable Hedge hedge) {
        this(hosts, new Pauses(sleeper, cancellation), new FallbackReports(fallbacks), hedge);
    }

    private Failover(HostStates hosts, Pauses pauses, FallbackReports fallbacks, @Nullable Hedge hedge) {
        this.hosts = hosts;
        this.pauses = pauses;
        this.fallbacks = fallbacks;
        this.skippedHosts = new SkippedHosts(hosts.breakers(), fallbacks);
        this.hedge = hedge;
    }

    /** The same fail-over for requests that are cancelled together. */
    public Failover within(Cancellation other) {
        return new Failover(hosts, new Pauses(pauses.sleeper(), other), fallbacks, hedge);
    }

    /** How fast the hosts send blobs. */
    public HostRates rates() {
        return hosts.rates();
    }

    /** The clock by which hosts are measured, in nanoseconds. */
    public LongSupplier nanoTime() {
        return hosts.nanoTime();
    }

    /** A host failed in the middle of its answer, and a later one is asked instead. */
    public void fellBack(Attempt attempt) {
        fallbacks.report(attempt);
    }

    /** A later host is asked because of an earlier failure of a host, which may have been in another pull. */
    public void fellBackEarlier(Attempt attempt) {
        fallbacks.reportRemembered(attempt);
    }

    /** Whether the host could not be reached a short while ago. */
    public boolean isDown(RegistryEndpoint endpoint) {
        return hosts.breakers().of(endpoint).isOpen();
    }

    /** Whether the host is throttled. */
    public boolean isThrottled(RegistryEndpoint endpoint) {
        return !hosts.backoffs().remaining(endpoint.host().origin()).isZero();
    }

    /** A request outside this fail-over failed: if it was throttled, all requests to the host back off. */
    public void backOff(RegistryEndpoint endpoint, HostFailure failure) {
        if (failure.failureClass() == FailureClass.THROTTLED) {
            hosts.backoffs().backOff(endpoint.host().origin(), new RetryBudget().pauseAfter(failure));
        }
    }

    /**
     * Waits.
     *
     * @throws dev.jpull.error.PullCancelledException if the pull was cancelled
     */
    public void pause(Duration duration) {
        pauses.pause(duration);
    }

    /**
     * Asks the hosts in order. When the first one is late, the next ones are asked as well, and the first good answer counts. Not
     * for the digest of a tag, which the first host decides.
     *
     * @param endpoints the hosts that may be asked, in order
     * @param discard is given an answer that came too late
     * @throws HostsExhausted if all of them failed
     */
    public <T> Success<T> hedged(
            Phase phase,
            List<RegistryEndpoint> endpoints,
            RetryBudget budget,
            Operation<T> operation,
            Consumer<T> discard)
            throws HostsExhausted {
        List<RegistryEndpoint> askable = skippedHosts.notOpen(endpoints);
        if (hedge == null || askable.size() < 2) {
            return first(phase, endpoints, budget, operation);
        }
        RegistryEndpoint head = askable.get(0);
        List<RegistryEndpoint> others = askable.subList(1, askable.size());
        Duration late = hosts.responseTimes().lateAfter(head.host().origin());
        AtomicReference<RegistryEndpoint> askedByFirst = new AtomicReference<>(head);
        Success<T> success = hedge.race(
                pauses.cancellation(),
                late,
                within -> unhedged(within).ask(phase, endpoints, budget, operation, askedByFirst::set),
                within -> unhedged(within)
                        .ask(
                                phase,
                                leaveToFirst(others, askedByFirst.get()),
                                new RetryBudget(),
                                operation,
                                endpoint -> {}),
                answer -> discard.accept(answer.value()),
                () -> {
                    hosts.wasLate(head);
                    fallbacks.reportLate(phase, head.host().origin(), late);
                });
        skippedHosts.reportBefore(phase, endpoints, success.endpoint());
        return success;
    }

    private Failover unhedged(Cancellation other) {
        return new Failover(hosts, new Pauses(pauses.sleeper(), other), fallbacks, null);
    }

    /**
     * The first request may have gone on to one of the other hosts. While it tests that host, the second request would only wait
     * for it. A test by another request is waited for: its outcome counts for this one.
     */
    private List<RegistryEndpoint> leaveToFirst(List<RegistryEndpoint> others, RegistryEndpoint askedByFirst) {
        return others.stream()
                .filter(endpoint -> !endpoint.equals(askedByFirst)
                        || !hosts.breakers().of(endpoint).isTested())
                .toList();
    }

    /**
     * Asks the hosts in order.
     *
     * @param endpoints the hosts that may be asked, in order
     * @throws HostsExhausted if all of them failed
     */
    public <T> Success<T> first(
            Phase phase, List<RegistryEndpoint> endpoints, RetryBudget budget, Operation<T> operation)
            throws HostsExhausted {
        return ask(phase, endpoints, budget, operation, endpoint -> {});
    }

    /**
     * The loop over the hosts.
     *
     * @param next is given each host before it is asked
     */
    private <T> Success<T> ask(
            Phase phase,
            List<RegistryEndpoint> endpoints,
            RetryBudget budget,
            Operation<T> operation,
            Consumer<RegistryEndpoint> next)
            throws HostsExhausted {
        List<FailedAttempt> failures = new ArrayList<>();
        List<RegistryEndpoint> askable = skippedHosts.leaveOut(phase, endpoints, failures);
        boolean asked = false;
        for (int i = 0; i < askable.size(); i++) {
            RegistryEndpoint endpoint = askable.get(i);
            boolean last = i == askable.size() - 1;
            next.accept(endpoint);
            try (CircuitBreaker.Permit permit = acquire(endpoint)) {
                // When no other host was asked, the last host is asked even if its breaker is open.
                if (permit.state() == CircuitBreaker.State.OPEN && (asked || !last)) {
                    failures.add(skippedHosts.attempt(phase, endpoint));
                    if (!last) {
                        fallbacks.reportRemembered(latest(failures));
                    }
                    continue;
                }
                asked = true;
                Optional<T> answer =
                        new EndpointAttempts(hosts, pauses, phase, endpoint, last, budget, failures).ask(operation);
                if (answer.isPresent()) {
                    skippedHosts.reportBefore(phase, endpoints, endpoint);
                    return new Success<>(endpoint, answer.get());
                }
            }
            if (!last) {
                fallbacks.report(latest(failures));
            }
        }
        throw new HostsExhausted(phase, failures);
    }

    private CircuitBreaker.Permit acquire(RegistryEndpoint endpoint) {
        try {
            return hosts.breakers().of(endpoint).acquire(endpoint::hasAnswered, pauses.cancellation());
        } catch (InterruptedException e) {
            throw Pauses.interrupted(e);
        }
    }

    private static Attempt latest(List<FailedAttempt> failures) {
        return failures.get(failures.size() - 1).attempt();
    }
}
