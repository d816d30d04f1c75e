// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import java.time.Duration;
import java.util.List;

/**
 * The hosts that the requests of one pull skip because their circuit breakers are open.
 *
 * @param breakers the breakers of the hosts
 * @param reports is told of the skipped hosts
 */
record SkippedHosts(CircuitBreakers breakers, FallbackReports reports) {
    /** The hosts with a breaker that is not open. */
    List<RegistryEndpoint> notOpen(List<RegistryEndpoint> endpoints) {
        return endpoints.stream()
                .filter(endpoint -> !breakers.of(endpoint).isOpen())
                .toList();
    }

    /**
     * The hosts that a request is sent to: those with a breaker that is not open, or all when every breaker is open.
     *
     * @param failures gets an attempt for every skipped host
     */
    List<RegistryEndpoint> leaveOut(Phase phase, List<RegistryEndpoint> endpoints, List<FailedAttempt> failures) {
        List<RegistryEndpoint> asked = notOpen(endpoints);
        if (asked.isEmpty() || asked.size() == endpoints.size()) {
            return endpoints;
        }
        for (RegistryEndpoint endpoint : endpoints) {
            if (!asked.contains(endpoint)) {
                failures.add(attempt(phase, endpoint));
            }
        }
        return asked;
    }

    /** Reports the skipped hosts that come before the one that served. */
    void reportBefore(Phase phase, List<RegistryEndpoint> endpoints, RegistryEndpoint served) {
        for (RegistryEndpoint endpoint : endpoints) {
            if (endpoint.equals(served)) {
                return;
            }
            if (breakers.of(endpoint).isOpen()) {
                reports.reportRemembered(attempt(phase, endpoint).attempt());
            }
        }
    }

    /** What takes the place of a request to a skipped host. */
    FailedAttempt attempt(Phase phase, RegistryEndpoint endpoint) {
        Attempt attempt = new Attempt(
                endpoint.host().origin(),
                "",
                phase.label(),
                AttemptKind.UNREACHABLE,
                0,
                "not asked again: " + breakers.of(endpoint).reason(),
                Duration.ZERO);
        return new FailedAttempt(attempt, FailureClass.UNREACHABLE);
    }
}
