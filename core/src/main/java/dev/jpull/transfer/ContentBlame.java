// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import dev.jpull.image.Digest;
import dev.jpull.registry.Failover;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.Phase;
import dev.jpull.registry.RegistryEndpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Finds out which host sent something else than the blob that was asked for. For use by one thread. */
final class ContentBlame {
    private static final int MAX_MISMATCHES = 3;
    /** A host may be wrong once by chance. */
    private static final int HOPELESS = 2;

    private final Digest digest;
    private final ImageEndpoints endpoints;
    private final HostChoice hosts;
    private final Failover failover;
    /** How often a host has sent something that this blob is not. */
    private final Map<RegistryEndpoint, Integer> wrong = new HashMap<>();
    /** Those whose content was wrong together; empty when some of it was of an earlier pull. */
    private Set<RegistryEndpoint> together = Set.of();

    private int mismatches;

    ContentBlame(Digest digest, ImageEndpoints endpoints, HostChoice hosts, Failover failover) {
        this.digest = digest;
        this.endpoints = endpoints;
        this.hosts = hosts;
        this.failover = failover;
    }

    /** How often the content had another digest. */
    int mismatches() {
        return mismatches;
    }

    /** A host sent more or less than the blob has. */
    void malformed(RegistryEndpoint endpoint) {
        wrong.merge(endpoint, 1, Integer::sum);
    }

    /** A host broke off; when it was to send the whole alone, it took part in wrong content, and alone it brings none at all. */
    void brokeAlone(RegistryEndpoint endpoint) {
        if (hosts.isTriedAlone(endpoint)) {
            hosts.tryAlone(null);
            if (endpoints.forContent().size() > 1) {
                endpoints.setAside(endpoint);
            }
        }
    }

    /** Whether the host has been wrong too often. */
    boolean isHopeless(RegistryEndpoint endpoint) {
        return wrong.getOrDefault(endpoint, 0) >= HOPELESS;
    }

    /** The content was right: of two hosts that had been wrong together, it was the other one. */
    void right(Set<RegistryEndpoint> senders) {
        if (senders.size() == 1 && together.size() == 2 && together.containsAll(senders)) {
            together.stream().filter(host -> !senders.contains(host)).forEach(this::setAside);
        }
    }

    /**
     * The content was wrong.
     *
     * @param senders the hosts that sent it
     * @param earlier whether some of it was there before
     * @return whether there is a host to try
     */
    boolean wrong(Set<RegistryEndpoint> senders, boolean earlier) {
        mismatches++;
        if (senders.size() != 1 || earlier) {
            // A host that sends the right content when it sends the whole alone was not it.
            hosts.tryAlone(senders.isEmpty() ? null : hosts.quickest(senders));
            together = earlier ? Set.of() : senders;
            return mismatches <= MAX_MISMATCHES;
        }
        RegistryEndpoint liar = senders.iterator().next();
        malformed(liar);
        hosts.tryAlone(null);
        if (endpoints.forContent().stream().anyMatch(endpoint -> !endpoint.equals(liar))) {
            setAside(liar);
            return true;
        }
        return !isHopeless(liar);
    }

    /** Wrong content as an attempt, for people and for results. */
    Attempt attempt(String host) {
        return new Attempt(
                host,
                "",
                Phase.BLOB.label(),
                AttemptKind.MALFORMED,
                0,
                "the content of " + digest + " does not have that digest",
                Duration.ZERO);
    }

    private void setAside(RegistryEndpoint liar) {
        endpoints.setAside(liar);
        failover.fellBack(attempt(liar.origin()));
    }
}
