// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.error.PullCancelledException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The attempts of one request at one host: waits for the end of the host's back-off, asks, records the outcome, and asks again as
 * {@link RetryRules} and the budget allow.
 *
 * @param hosts is told of the outcome
 * @param pauses lets the time before a retry pass
 * @param phase what the request is for
 * @param endpoint the host
 * @param last whether there is no other host to ask
 * @param budget how many retries are left
 * @param failures gets every failed attempt
 */
record EndpointAttempts(
        HostStates hosts,
        Pauses pauses,
        Phase phase,
        RegistryEndpoint endpoint,
        boolean last,
        RetryBudget budget,
        List<FailedAttempt> failures) {

    /**
     * Asks until the host answers or no retry is left.
     *
     * @return the answer, or empty when the last attempt failed
     * @throws PullCancelledException if the request was cancelled
     */
    <T> Optional<T> ask(Failover.Operation<T> operation) {
        return phase == Phase.BLOB ? measured(operation) : retried(operation);
    }

    /** While a request for a blob waits for its answer, pauses included, the host sends nothing: that counts for its rate. */
    private <T> Optional<T> measured(Failover.Operation<T> operation) {
        HostRates rates = hosts.rates();
        rates.begin(origin());
        try {
            Optional<T> answer = retried(operation);
            if (answer.isEmpty()
                    && failures.get(failures.size() - 1).failureClass().isAnswer()) {
                rates.answered(origin());
            }
            return answer;
        } finally {
            rates.end(origin());
        }
    }

    private <T> Optional<T> retried(Failover.Operation<T> operation) {
        while (awaitBackoff()) {
            long start = hosts.nanoTime().getAsLong();
            HostFailure failure;
            try {
                T answer = operation.ask(endpoint, pauses.cancellation());
                hosts.succeeded(endpoint, elapsedSince(start));
                return Optional.of(answer);
            } catch (HostFailure e) {
                failure = e;
            } catch (IOException e) {
                failure = HostFailure.of(e, "");
            }
            if (pauses.cancellation().isCancelled() || failure.isCancellation()) {
                throw new PullCancelledException("the pull was cancelled", failure);
            }
            record(failure, elapsedSince(start));
            if (!RetryRules.mayRetry(failure, last, budget)) {
                rememberBackoff(failure);
                break;
            }
            if (!pauseBeforeRetry(failure)) {
                break;
            }
        }
        return Optional.empty();
    }

    /** Waits while the host is throttled. Returns whether it is asked after that. */
    private boolean awaitBackoff() {
        Duration backoff = hosts.backoffs().remaining(origin());
        if (!RetryRules.isWaitedFor(backoff, last)) {
            Attempt attempt = new Attempt(
                    origin(), "", phase.label(), AttemptKind.THROTTLED, 0, "not asked: it is throttled", Duration.ZERO);
            failures.add(new FailedAttempt(attempt, FailureClass.THROTTLED));
            return false;
        }
        if (!backoff.isZero()) {
            pauses.pause(backoff);
        }
        return true;
    }

    private void record(HostFailure failure, Duration elapsed) {
        Attempt attempt = failure.toAttempt(endpoint, phase, elapsed);
        failures.add(new FailedAttempt(attempt, failure));
        hosts.failed(endpoint, failure, last, attempt);
        if (failure.isSilence()) {
            budget.waited(elapsed);
        }
    }

    /** A host that wants to be left alone for longer than a request waits is not asked by the other requests either. */
    private void rememberBackoff(HostFailure failure) {
        if (failure.failureClass() == FailureClass.THROTTLED) {
            hosts.backoffs().backOff(origin(), budget.pauseAfter(failure));
        }
    }

    /** Takes a retry from the budget. Returns whether there was one. */
    private boolean pauseBeforeRetry(HostFailure failure) {
        Optional<Duration> pause = budget.next(failure);
        if (pause.isEmpty()) {
            return false;
        }
        if (failure.failureClass() == FailureClass.THROTTLED) {
            hosts.backoffs()
                    .backOff(origin(), pause.get()); // for all requests to the host; the next attempt waits for it
        } else {
            pauses.pause(pause.get());
        }
        return true;
    }

    private Duration elapsedSince(long start) {
        return Duration.ofNanos(hosts.nanoTime().getAsLong() - start);
    }

    private String origin() {
        return endpoint.host().origin();
    }
}
