// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.util.function.LongSupplier;

/**
 * What an engine has observed of its hosts, shared by all its pulls. Safe for use by several threads.
 *
 * @param nanoTime the clock of all observations, in nanoseconds
 * @param breakers which hosts could not be reached
 * @param rates how fast the hosts send blobs
 */
public record HostStates(LongSupplier nanoTime, CircuitBreakers breakers, HostRates rates) {
    /** Nothing observed yet, by the clock of the system. */
    public HostStates() {
        this(System::nanoTime);
    }

    /** Nothing observed yet, by another clock. */
    public HostStates(LongSupplier nanoTime) {
        this(nanoTime, new CircuitBreakers(nanoTime), new HostRates(nanoTime));
    }
}
