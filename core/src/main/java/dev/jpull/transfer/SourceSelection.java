// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostRates;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.Phase;
import dev.jpull.registry.RegistryEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which endpoints one blob is fetched from, in which order, and which rate they have to reach. The order of the configuration is
 * changed by what the streams of the blob and the measurements of the engine have shown. For use by one thread.
 */
final class SourceSelection {
    /** For how long an endpoint that did not serve the blob when it was asked does not count as an alternative. */
    private static final long PASSED_OVER = Duration.ofSeconds(30).toNanos();

    /** A slow endpoint is preferred to an earlier slow one when it is faster by this factor. */
    private static final double CLEARLY = 1.5;

    /** A slow endpoint is left for another slow one when it sends less than this part of what the other sent. */
    private static final double MUCH_LESS = 0.5;

    private final ImageEndpoints endpoints;
    private final Failover failover;
    private final SenderTrust<RegistryEndpoint> trust;
    /** The endpoints to avoid: their last streams broke before any byte arrived. */
    private final Set<RegistryEndpoint> avoided = new HashSet<>();
    /** The endpoints that were too slow for this blob, with the bytes a second that they sent. */
    private final Map<RegistryEndpoint, Double> slow = new HashMap<>();

    private final Map<RegistryEndpoint, Long> passedOver = new HashMap<>();

    SourceSelection(ImageEndpoints endpoints, Failover failover, SenderTrust<RegistryEndpoint> trust) {
        this.trust = trust;
        this.endpoints = endpoints;
        this.failover = failover;
    }

    /** The endpoints to ask now, in order. */
    List<RegistryEndpoint> candidates() {
        return endpoints.forContent(capable -> {
            Optional<RegistryEndpoint> only = trust.alone().filter(capable::contains);
            return only.map(List::of)
                    .orElseGet(() -> inOrder(capable.stream()
                            .filter(endpoint -> !avoided.contains(endpoint))
                            .toList()));
        });
    }

    /** The endpoints that are not slow, then the slow ones, of which the first is about as fast as the fastest. */
    private List<RegistryEndpoint> inOrder(List<RegistryEndpoint> wanted) {
        List<RegistryEndpoint> ordered = new ArrayList<>();
        List<RegistryEndpoint> rest = new ArrayList<>();
        for (RegistryEndpoint endpoint : wanted) {
            (isSlow(endpoint) ? rest : ordered).add(endpoint);
        }
        double fastest = rest.stream().mapToDouble(this::rate).max().orElse(0);
        rest.stream()
                .filter(endpoint -> rate(endpoint) * CLEARLY >= fastest)
                .findFirst()
                .ifPresent(first -> {
                    rest.remove(first);
                    rest.add(0, first);
                });
        ordered.addAll(rest);
        return ordered;
    }

    private boolean isSlow(RegistryEndpoint endpoint) {
        return slow.containsKey(endpoint)
                || failover.rates().isSlow(endpoint.host().origin());
    }

    private double rate(RegistryEndpoint endpoint) {
        Double known = slow.get(endpoint);
        return known != null ? known : failover.rates().rate(endpoint.host().origin());
    }

    /**
     * The rate that the serving endpoint has to reach, in bytes a second in sum over its downloads: that of an endpoint that is not
     * slow, while there is another one to ask; else a part of what the best of the others sent; 0 when there are no others.
     */
    double floor(RegistryEndpoint serving) {
        double least = 0;
        long now = failover.nanoTime().getAsLong();
        for (RegistryEndpoint other : endpoints.forContent()) {
            Long until = passedOver.get(other);
            boolean possible = !other.equals(serving)
                    && !avoided.contains(other)
                    && !failover.isDown(other)
                    && (until == null || now - until >= 0);
            if (possible && !isSlow(other)) {
                return HostRates.FLOOR;
            }
            if (possible) {
                least = Math.max(least, Math.min(HostRates.FLOOR, rate(other)) * MUCH_LESS);
            }
        }
        return least;
    }

    /** An endpoint answered; those that were asked before it did not. */
    void served(List<RegistryEndpoint> asked, RegistryEndpoint endpoint) {
        long now = failover.nanoTime().getAsLong();
        passedOver.remove(endpoint);
        for (RegistryEndpoint before : asked) {
            if (before.equals(endpoint)) {
                break;
            }
            passedOver.put(before, now + PASSED_OVER);
        }
        for (RegistryEndpoint before : endpoints.forContent()) {
            if (before.equals(endpoint)) {
                return;
            }
            if (isSlow(before)) {
                failover.fellBackEarlier(new Attempt(
                        before.origin(),
                        "",
                        Phase.BLOB.label(),
                        AttemptKind.SLOW,
                        0,
                        "not asked first: it sent too little a short while ago",
                        Duration.ZERO));
            }
        }
    }

    /** The endpoint sends too little of this blob. */
    void leave(RegistryEndpoint endpoint, double rate) {
        slow.put(endpoint, rate);
        trust.tooSlow(endpoint);
    }

    /** The stream of the endpoint broke before any byte arrived: the others are asked first. */
    void avoid(RegistryEndpoint endpoint) {
        avoided.add(endpoint);
    }

    /** Whether any endpoint is avoided. */
    boolean isAnyAvoided() {
        return !avoided.isEmpty();
    }

    /** Whether each endpoint that may be asked is avoided. */
    boolean areAllAvoided() {
        return avoided.containsAll(endpoints.forContent());
    }

    /** Avoided endpoints may be asked again. */
    void clearAvoided() {
        avoided.clear();
    }

    /** Senders in the order in which they are likely to send the whole blob, the quickest first. */
    List<RegistryEndpoint> quickestFirst(Set<RegistryEndpoint> senders) {
        List<RegistryEndpoint> ordered = new ArrayList<>(endpoints.forContent());
        ordered.retainAll(senders);
        ordered.sort(Comparator.comparingInt((RegistryEndpoint sender) -> isSlow(sender) ? 1 : 0)
                .thenComparing(Comparator.comparingDouble(this::rate).reversed()));
        senders.stream().filter(sender -> !ordered.contains(sender)).forEach(ordered::add);
        return ordered;
    }

    /** Whether the next endpoint to ask comes after this one in the configuration. */
    boolean leadsOn(RegistryEndpoint endpoint) {
        List<RegistryEndpoint> next = candidates();
        if (next.isEmpty() || next.get(0).equals(endpoint)) {
            return false;
        }
        List<RegistryEndpoint> configured = endpoints.forContent();
        int position = configured.indexOf(endpoint);
        return position < 0 || position < configured.indexOf(next.get(0));
    }
}
