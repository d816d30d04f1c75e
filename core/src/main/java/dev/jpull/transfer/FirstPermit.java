// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.http.Cancellation;
import dev.jpull.registry.RegistryEndpoint;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The permits of one fail-over: that of the endpoint that is probably asked first is there before the first request, so that
 * the wait for it is not taken for a late answer; the others are waited for when they are needed. Safe for use by the threads of
 * a hedged request.
 */
final class FirstPermit implements AutoCloseable {
    /** A request that is in flight has bounds of its own; this one is for a host that keeps many of them busy. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** The fail-over may hold what the owners of the other permits wait for, such as the test of a host that was down. */
    private static final Duration LONGEST_LATER = Duration.ofSeconds(2);

    private final ConnectionBudget connections;
    private final @Nullable RegistryEndpoint first;
    private final AtomicReference<ConnectionBudget.@Nullable Permit> ready = new AtomicReference<>();

    /**
     * Waits for the permit.
     *
     * @param first the endpoint; null for none
     * @throws dev.jpull.error.PullCancelledException if the calls were cancelled
     */
    FirstPermit(ConnectionBudget connections, @Nullable RegistryEndpoint first, Cancellation calls) {
        this.connections = connections;
        this.first = first;
        if (first != null) {
            ready.set(connections.enter(first.host().origin(), calls, LONGEST));
        }
    }

    /** A permit for a request to an endpoint. */
    ConnectionBudget.Permit permit(RegistryEndpoint endpoint, Cancellation calls) {
        ConnectionBudget.Permit own = endpoint.equals(first) ? ready.getAndSet(null) : null;
        return own != null ? own : connections.enter(endpoint.host().origin(), calls, LONGEST_LATER);
    }

    /** Gives the permit back when it was not used. */
    @Override
    public void close() {
        ConnectionBudget.Permit left = ready.getAndSet(null);
        if (left != null) {
            left.close();
        }
    }
}
