// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.hosts.Capability;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.image.ImageReference;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which hosts of a namespace a request of a pull may go to, by their capabilities, in the order of the configuration.
 * The only such rule: pull, explanation and probe use it alike. Content needs its capability too, unlike in containerd
 * (Q-FETCH-1 in docs/containerd.md).
 */
public enum EndpointOrder {
    /** Requests for the digest of a tag: the host needs {@code pull} and {@code resolve}. */
    TAGS,
    /** Requests for manifests and blobs by digest: the host needs {@code pull}. */
    CONTENT,
    /** Requests for the referrers of a manifest, or for the tags that stand for them: the host needs {@code referrers}. */
    REFERRERS;

    private Set<Capability> needed() {
        return switch (this) {
            case TAGS -> Set.of(Capability.PULL, Capability.RESOLVE);
            case CONTENT -> Set.of(Capability.PULL);
            case REFERRERS -> Set.of(Capability.REFERRERS);
        };
    }

    /** The order for the first request of a pull: by digest when the reference has one. */
    public static EndpointOrder forReference(ImageReference image) {
        return image.digest() == null ? TAGS : CONTENT;
    }

    /** Whether these capabilities are enough. */
    public boolean admits(Set<Capability> capabilities) {
        return capabilities.containsAll(needed());
    }

    /** Whether a host may get such requests. */
    public boolean admits(RegistryHost host) {
        return host.can(needed());
    }

    /** The capabilities that a host lacks for such requests; empty when it may get them. */
    public Set<Capability> missing(RegistryHost host) {
        Set<Capability> missing = new TreeSet<>(needed());
        missing.removeAll(host.capabilities());
        return missing;
    }

    /** The candidates with a host that may get such requests, in their order. */
    public <T> List<T> of(List<T> candidates, Function<T, RegistryHost> hostOf) {
        return candidates.stream()
                .filter(candidate -> admits(hostOf.apply(candidate)))
                .toList();
    }
}
