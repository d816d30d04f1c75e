// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The circuit breakers of the hosts of an engine. Safe for use by several threads. */
final class CircuitBreakers {
    private final LongSupplier nanoTime;
    private final Map<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    /** All hosts are untested. */
    CircuitBreakers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The breaker of a host. */
    CircuitBreaker of(RegistryEndpoint endpoint) {
        return of(endpoint.host().origin());
    }

    /** The breaker of the host with this origin. */
    CircuitBreaker of(String origin) {
        return breakers.computeIfAbsent(origin, unseen -> new CircuitBreaker(nanoTime));
    }
}
