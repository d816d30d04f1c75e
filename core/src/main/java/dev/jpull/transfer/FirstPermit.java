// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.http.Cancellation;
import dev.jpull.registry.RegistryEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    /** The same at a host that has refused requests: one more would be refused as well, and cost one of few attempts. */
    private static final Duration LONGEST_REFUSED = Duration.ofMinutes(1);

    private final ConnectionBudget connections;
    private final @Nullable RegistryEndpoint first;
    private final AtomicReference<ConnectionBudget.@Nullable Permit> ready = new AtomicReference<>();

    /**
     * Waits for the permit.
     *
     * @param candidates the endpoints in order, without those that are down; the first that has room is {@link #first}
     * @throws dev.jpull.error.PullCancelledException if the calls were cancelled
     */
    FirstPermit(ConnectionBudget connections, List<RegistryEndpoint> candidates, Cancellation calls) {
        this.connections = connections;
        if (candidates.isEmpty()) {
            this.first = null;
            return;
        }
        List<String> origins =
                candidates.stream().map(endpoint -> endpoint.host().origin()).toList();
        ConnectionBudget.Entry entry = connections.enterFirst(origins, calls, LONGEST);
        this.first = candidates.get(origins.indexOf(entry.origin()));
        ready.set(entry.permit());
    }

    /** The endpoints in the order in which they are asked: the one with the permit before those that have no room. */
    List<RegistryEndpoint> order(List<RegistryEndpoint> candidates) {
        List<RegistryEndpoint> ordered = new ArrayList<>(candidates);
        if (first != null && ordered.remove(first)) {
            ordered.add(0, first);
        }
        return ordered;
    }

    /** A permit for a request to an endpoint. */
    ConnectionBudget.Permit permit(RegistryEndpoint endpoint, Cancellation calls) {
        ConnectionBudget.Permit own = endpoint.equals(first) ? ready.getAndSet(null) : null;
        if (own != null) {
            return own;
        }
        String origin = endpoint.host().origin();
        return connections.enter(origin, calls, connections.hasRefused(origin) ? LONGEST_REFUSED : LONGEST_LATER);
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
