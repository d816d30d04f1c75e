// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import dev.jpull.error.PullCancelledException;
import dev.jpull.http.CallScope;
import dev.jpull.http.Redaction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks one host after the other until one does (spec sections 5 to 7). A host that asks for patience is asked again
 * after a pause, any other failure leads to the next host, and the last host is asked again as long as the budget lasts.
 *
 * <p>Safe for use by several threads, each with a budget of its own.
 */
public final class Failover {
    private static final Duration PATIENCE_WITH_A_MIRROR = Duration.ofSeconds(2);

    private final HostHealth health;
    private final Pauses pauses;
    private final Consumer<Attempt> fallbacks;
    private final CallScope scope;

    /** Lets time pass. */
    @FunctionalInterface
    public interface Pauses {
        /** Waits, or returns early when the scope is cancelled. */
        void pause(Duration duration, CallScope scope) throws InterruptedException;
    }

    /** Something that one host can do. */
    @FunctionalInterface
    public interface Operation<T> {
        /** Asks the host. */
        T ask(RegistryEndpoint endpoint) throws IOException, HostFailure;
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
     * @param fallbacks is told when a host did not do and another one is asked
     * @param scope ends everything when it is cancelled
     */
    public Failover(HostHealth health, Pauses pauses, Consumer<Attempt> fallbacks, CallScope scope) {
        this.health = health;
        this.pauses = pauses;
        this.fallbacks = fallbacks;
        this.scope = scope;
    }

    /**
     * Asks the hosts in order.
     *
     * @param phase what is wanted, for people
     * @param endpoints the hosts that may be asked, in order
     * @throws HostsExhausted if none of them did
     */
    public <T> Success<T> first(
            String phase, List<RegistryEndpoint> endpoints, RetryBudget budget, Operation<T> operation)
            throws HostsExhausted {
        List<FailedAttempt> failures = new ArrayList<>();
        List<RegistryEndpoint> usable = usable(phase, endpoints, failures);
        for (int i = 0; i < usable.size(); i++) {
            RegistryEndpoint endpoint = usable.get(i);
            boolean last = i == usable.size() - 1;
            T value = askPatiently(phase, endpoint, last, budget, operation, failures);
            if (value != null) {
                return new Success<>(endpoint, value);
            }
            if (!last) {
                fallbacks.accept(failures.get(failures.size() - 1).attempt());
            }
        }
        throw new HostsExhausted(phase, failures);
    }

    /** Hosts that were down a moment ago are left out, unless nobody else is there to ask. */
    private List<RegistryEndpoint> usable(
            String phase, List<RegistryEndpoint> endpoints, List<FailedAttempt> failures) {
        List<RegistryEndpoint> up = endpoints.stream()
                .filter(endpoint -> !health.isDown(endpoint.host().origin()))
                .toList();
        if (up.isEmpty() || up.size() == endpoints.size()) {
            return endpoints;
        }
        for (RegistryEndpoint endpoint : endpoints) {
            if (!up.contains(endpoint)) {
                String origin = endpoint.host().origin();
                Attempt attempt =
                        new Attempt(origin, "", phase, 0, "not asked again: " + health.reason(origin), Duration.ZERO);
                failures.add(new FailedAttempt(attempt, FailureClass.UNREACHABLE));
            }
        }
        return up;
    }

    private <T> @Nullable T askPatiently(
            String phase,
            RegistryEndpoint endpoint,
            boolean last,
            RetryBudget budget,
            Operation<T> operation,
            List<FailedAttempt> failures) {
        while (true) {
            long start = System.nanoTime();
            HostFailure failure;
            try {
                T value = operation.ask(endpoint);
                health.markUp(endpoint.host().origin());
                return value;
            } catch (HostFailure e) {
                failure = e;
            } catch (IOException e) {
                failure = HostFailure.of(e, "");
            }
            stopIfCancelled(failure);
            Attempt attempt = failure.toAttempt(endpoint.origin(), phase, Duration.ofNanos(System.nanoTime() - start));
            failures.add(new FailedAttempt(attempt, failure.failureClass()));
            noteHealth(endpoint, failure);
            if (!mayAskAgain(failure, last, budget) || !pauseBeforeRetry(failure, budget)) {
                return null;
            }
        }
    }

    private static boolean mayAskAgain(HostFailure failure, boolean last, RetryBudget budget) {
        return switch (failure.failureClass()) {
            case THROTTLED -> last || budget.pauseAfter(failure).compareTo(PATIENCE_WITH_A_MIRROR) <= 0;
            case SERVER_ERROR, TRANSPORT -> last;
            // A refused connection is an answer: waiting for a host that is not there helps nobody.
            case UNREACHABLE, NOT_FOUND, DENIED, REJECTED, MALFORMED -> false;
        };
    }

    private boolean pauseBeforeRetry(HostFailure failure, RetryBudget budget) {
        Optional<Duration> pause = budget.next(failure);
        if (pause.isEmpty()) {
            return false;
        }
        pause(pause.get());
        return true;
    }

    /** Waits; a cancelled pull does not come back from here. */
    public void pause(Duration duration) {
        try {
            pauses.pause(duration, scope);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the pull was interrupted", e);
        }
        if (scope.isCancelled()) {
            throw new PullCancelledException("the pull was cancelled");
        }
    }

    private void stopIfCancelled(HostFailure failure) {
        if (scope.isCancelled() || failure.isCancellation()) {
            throw new PullCancelledException("the pull was cancelled", failure);
        }
    }

    private void noteHealth(RegistryEndpoint endpoint, HostFailure failure) {
        String origin = endpoint.host().origin();
        if (failure.failureClass() == FailureClass.UNREACHABLE) {
            health.markDown(origin, Redaction.ofServerText(failure.reason()));
        } else if (failure.status() > 0) {
            health.markUp(origin);
        }
    }
}
