// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks one host after the other until one does (docs/containerd.md sections 5 to 7). A host that asks for patience is
 * asked again after a pause, any other failure leads to the next host, and the last host is asked again as long as the
 * budget lasts.
 *
 * <p>Safe for use by several threads, each with a budget of its own.
 */
public final class Failover {
    private static final Duration PATIENCE_WITH_A_MIRROR = Duration.ofSeconds(2);

    private final HostStates hosts;
    private final CircuitBreakers health;
    private final Sleeper sleeper;
    private final FallbackReports fallbacks;
    private final LongSupplier nanoTime;
    private final Cancellation cancellation;
    private final @Nullable Hedge hedge;

    /** Something that one host can do. */
    @FunctionalInterface
    public interface Operation<T> {
        /** Asks the host. */
        T ask(RegistryEndpoint endpoint) throws IOException, HostFailure;
    }

    /** Something that one host can do, and that can be given up for itself. */
    @FunctionalInterface
    public interface ScopedOperation<T> {
        /** Asks the host within a scope. */
        T ask(RegistryEndpoint endpoint, Cancellation cancellation) throws IOException, HostFailure;
    }

    /**
     * What a host gave.
     *
     * @param endpoint the host
     * @param value what it gave
     */
    public record Success<T>(RegistryEndpoint endpoint, T value) {}

    /**
     * A way through the hosts of one pull.
     *
     * @param hosts what is known of the hosts
     * @param sleeper lets pauses pass
     * @param fallbacks is called when a host failed and another one is asked
     * @param cancellation ends all requests
     * @param hedge asks a second host when the first one is late; null for no second request
     */
    public Failover(
            HostStates hosts,
            Sleeper sleeper,
            Consumer<Attempt> fallbacks,
            Cancellation cancellation,
            @Nullable Hedge hedge) {
        this(hosts, sleeper, new FallbackReports(fallbacks), cancellation, hedge);
    }

    private Failover(
            HostStates hosts,
            Sleeper sleeper,
            FallbackReports fallbacks,
            Cancellation cancellation,
            @Nullable Hedge hedge) {
        this.hosts = hosts;
        this.health = hosts.breakers();
        this.sleeper = sleeper;
        this.fallbacks = fallbacks;
        this.cancellation = cancellation;
        this.hedge = hedge;
        this.nanoTime = hosts.nanoTime();
    }

    /** The same way within another scope, without a hedge of its own. */
    Failover unhedged(Cancellation other) {
        return new Failover(hosts, sleeper, fallbacks, other, null);
    }

    /** The same way within another scope. */
    public Failover within(Cancellation other) {
        return new Failover(hosts, sleeper, fallbacks, other, hedge);
    }

    /** How fast the hosts send blobs. */
    public HostRates rates() {
        return hosts.rates();
    }

    /** The clock by which hosts are measured, in nanoseconds. */
    public LongSupplier nanoTime() {
        return nanoTime;
    }

    /** A host did not do in the middle of its answer, and a later one is asked instead. */
    public void fellBack(Attempt attempt) {
        fallbacks.report(attempt);
    }

    /** A later host is asked because of what a host did earlier, which may have been in another pull. */
    public void fellBackEarlier(Attempt attempt) {
        fallbacks.reportRemembered(attempt);
    }

    /** Whether a request finds out at this moment whether the host can be reached at all. */
    boolean isTested(RegistryEndpoint endpoint) {
        return health.isTested(endpoint.host().origin());
    }

    /** Whether the host could not be reached a short while ago. */
    public boolean isDown(RegistryEndpoint endpoint) {
        return health.isDown(endpoint.host().origin());
    }

    /**
     * Asks the hosts in order, and does not wait long for one that is late: the next ones are asked as well then, and the first
     * good answer counts. Not for what the first host has to decide.
     *
     * @param phase what is wanted, for people
     * @param endpoints the hosts that may be asked, in order
     * @param unwanted is given what came too late
     * @throws HostsExhausted if none of them did
     */
    public <T> Success<T> hedged(
            Phase phase,
            List<RegistryEndpoint> endpoints,
            RetryBudget budget,
            ScopedOperation<T> operation,
            Consumer<T> unwanted)
            throws HostsExhausted {
        List<RegistryEndpoint> up = endpoints.stream()
                .filter(endpoint -> !health.isDown(endpoint.host().origin()))
                .toList();
        if (hedge == null || up.size() < 2) {
            return first(phase, endpoints, budget, endpoint -> operation.ask(endpoint, cancellation));
        }
        String origin = up.get(0).host().origin();
        Duration late = health.late(origin);
        Success<T> success = hedge.race(
                this,
                cancellation,
                late,
                new Hedge.Runner<>(phase, endpoints, up.subList(1, up.size()), budget, operation, unwanted),
                () -> {
                    health.wasLate(origin);
                    fallbacks.report(new Attempt(
                            origin,
                            "",
                            phase.label(),
                            AttemptKind.LATE,
                            0,
                            "no answer for " + late.toMillis() + " ms: another host was asked too",
                            late));
                });
        reportUnasked(phase, endpoints, success.endpoint());
        return success;
    }

    /**
     * Asks the hosts in order.
     *
     * @param phase what is wanted, for people
     * @param endpoints the hosts that may be asked, in order
     * @throws HostsExhausted if none of them did
     */
    public <T> Success<T> first(
            Phase phase, List<RegistryEndpoint> endpoints, RetryBudget budget, Operation<T> operation)
            throws HostsExhausted {
        List<FailedAttempt> failures = new ArrayList<>();
        List<RegistryEndpoint> usable = usable(phase, endpoints, failures);
        boolean asked = false;
        for (int i = 0; i < usable.size(); i++) {
            RegistryEndpoint endpoint = usable.get(i);
            boolean last = i == usable.size() - 1;
            String origin = endpoint.host().origin();
            if (admit(endpoint) == CircuitBreakers.Admission.DOWN && (asked || !last)) {
                FailedAttempt skipped = notAskedAgain(phase, origin);
                failures.add(skipped);
                if (!last) {
                    fallbacks.reportRemembered(skipped.attempt());
                }
            } else {
                asked = true;
                try {
                    T value = measured(phase, endpoint, last, budget, operation, failures);
                    if (value != null) {
                        reportUnasked(phase, endpoints, endpoint);
                        return new Success<>(endpoint, value);
                    }
                } finally {
                    health.leaveOpen(origin);
                }
                if (!last) {
                    fallbacks.report(failures.get(failures.size() - 1).attempt());
                }
            }
        }
        throw new HostsExhausted(phase, failures);
    }

    private CircuitBreakers.Admission admit(RegistryEndpoint endpoint) {
        try {
            return health.admit(endpoint.host().origin(), endpoint::hasAnswered, cancellation);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the pull was interrupted", e);
        }
    }

    private FailedAttempt notAskedAgain(Phase phase, String origin) {
        Attempt attempt = new Attempt(
                origin,
                "",
                phase.label(),
                AttemptKind.UNREACHABLE,
                0,
                "not asked again: " + health.reason(origin),
                Duration.ZERO);
        return new FailedAttempt(attempt, FailureClass.UNREACHABLE);
    }

    /** Hosts that were down a moment ago are left out, unless nobody else is there to ask. */
    private List<RegistryEndpoint> usable(Phase phase, List<RegistryEndpoint> endpoints, List<FailedAttempt> failures) {
        List<RegistryEndpoint> up = endpoints.stream()
                .filter(endpoint -> !health.isDown(endpoint.host().origin()))
                .toList();
        if (up.isEmpty() || up.size() == endpoints.size()) {
            return endpoints;
        }
        for (RegistryEndpoint endpoint : endpoints) {
            if (!up.contains(endpoint)) {
                failures.add(notAskedAgain(phase, endpoint.host().origin()));
            }
        }
        return up;
    }

    /** Of the hosts before the one that served, those that were left out because of what happened earlier. */
    private void reportUnasked(Phase phase, List<RegistryEndpoint> endpoints, RegistryEndpoint served) {
        for (RegistryEndpoint endpoint : endpoints) {
            if (endpoint.equals(served)) {
                return;
            }
            String origin = endpoint.host().origin();
            if (health.isDown(origin)) {
                fallbacks.reportRemembered(notAskedAgain(phase, origin).attempt());
            }
        }
    }

    /** The wait for a blob, with all its pauses, is time in which the host sends nothing. */
    private <T> @Nullable T measured(
            Phase phase,
            RegistryEndpoint endpoint,
            boolean last,
            RetryBudget budget,
            Operation<T> operation,
            List<FailedAttempt> failures) {
        if (phase != Phase.BLOB) {
            return askPatiently(phase, endpoint, last, budget, operation, failures);
        }
        String origin = endpoint.host().origin();
        rates().begin(origin);
        try {
            T value = askPatiently(phase, endpoint, last, budget, operation, failures);
            if (value == null
                    && failures.get(failures.size() - 1).failureClass().isAnswer()) {
                rates().answered(origin);
            }
            return value;
        } finally {
            rates().end(origin);
        }
    }

    private <T> @Nullable T askPatiently(
            Phase phase,
            RegistryEndpoint endpoint,
            boolean last,
            RetryBudget budget,
            Operation<T> operation,
            List<FailedAttempt> failures) {
        while (true) {
            if (!waitForPatience(phase, endpoint, last, failures)) {
                return null;
            }
            long start = nanoTime.getAsLong();
            HostFailure failure;
            try {
                T value = operation.ask(endpoint);
                health.answered(endpoint.host().origin(), Duration.ofNanos(nanoTime.getAsLong() - start));
                return value;
            } catch (HostFailure e) {
                failure = e;
            } catch (IOException e) {
                failure = HostFailure.of(e, "");
            }
            stopIfCancelled(failure);
            Attempt attempt = failure.toAttempt(endpoint, phase, Duration.ofNanos(nanoTime.getAsLong() - start));
            failures.add(new FailedAttempt(attempt, failure.failureClass(), failure.remedy()));
            noteHealth(endpoint, failure, last, attempt);
            if (failure.isSilence()) {
                budget.waited(attempt.elapsed());
            }
            if (!mayAskAgain(failure, last, budget) || !pauseBeforeRetry(endpoint, failure, budget)) {
                return null;
            }
        }
    }

    /** The host has asked somebody for patience: it goes for all. Returns whether the host is to be asked after it. */
    private boolean waitForPatience(
            Phase phase, RegistryEndpoint endpoint, boolean last, List<FailedAttempt> failures) {
        String origin = endpoint.host().origin();
        Duration patience = health.patience(origin);
        if (!last && patience.compareTo(PATIENCE_WITH_A_MIRROR) > 0) {
            failures.add(new FailedAttempt(
                    new Attempt(
                            origin,
                            "",
                            phase.label(),
                            AttemptKind.THROTTLED,
                            0,
                            "not asked: it has asked for patience",
                            Duration.ZERO),
                    FailureClass.THROTTLED));
            return false;
        }
        if (!patience.isZero()) {
            pause(patience);
        }
        return true;
    }

    private static boolean mayAskAgain(HostFailure failure, boolean last, RetryBudget budget) {
        if (failure.isOverdue() || failure.isSilence() && budget.hasWaitedEnough()) {
            return false;
        }
        return switch (failure.failureClass()) {
            case THROTTLED -> last || budget.pauseAfter(failure).compareTo(PATIENCE_WITH_A_MIRROR) <= 0;
            case SERVER_ERROR, TRANSPORT -> last;
            // A cache may have got it wrong once; twice, it means it.
            case MALFORMED -> last && failure.status() > 0 && !budget.hasSeenMalformed();
            // A refused connection is an answer: waiting for a host that is not there helps nobody.
            case UNREACHABLE, NOT_FOUND, DENIED, REJECTED, SLOW -> false;
        };
    }

    private boolean pauseBeforeRetry(RegistryEndpoint endpoint, HostFailure failure, RetryBudget budget) {
        Optional<Duration> pause = budget.next(failure);
        if (pause.isEmpty()) {
            return false;
        }
        if (failure.failureClass() == FailureClass.THROTTLED) {
            health.bePatient(endpoint.host().origin(), pause.get());
        } else {
            pause(pause.get());
        }
        return true;
    }

    /** Somebody who does not ask by this way has met a failure: what it tells of the host goes for all. */
    public void backOff(RegistryEndpoint endpoint, HostFailure failure) {
        if (failure.failureClass() == FailureClass.THROTTLED) {
            health.bePatient(endpoint.host().origin(), new RetryBudget().pauseAfter(failure));
        }
    }

    /** Whether the host has asked for patience. */
    public boolean isThrottled(RegistryEndpoint endpoint) {
        return !health.patience(endpoint.host().origin()).isZero();
    }

    /** Waits; a cancelled pull does not come back from here. */
    public void pause(Duration duration) {
        try {
            sleeper.sleep(duration, cancellation);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the pull was interrupted", e);
        }
        if (cancellation.isCancelled()) {
            throw new PullCancelledException("the pull was cancelled");
        }
    }

    private void stopIfCancelled(HostFailure failure) {
        if (cancellation.isCancelled() || failure.isCancellation()) {
            throw new PullCancelledException("the pull was cancelled", failure);
        }
    }

    private void noteHealth(RegistryEndpoint endpoint, HostFailure failure, boolean last, Attempt attempt) {
        String origin = endpoint.host().origin();
        // A host that let the whole time for an answer pass would do so for the next request as well.
        if (failure.failureClass() == FailureClass.UNREACHABLE || failure.isSilence() && !last) {
            health.markDown(origin, attempt.reason(), attempt.elapsed());
        } else if (failure.status() > 0) {
            health.markUp(origin);
        }
    }
}
