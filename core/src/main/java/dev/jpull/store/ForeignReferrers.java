// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.Referrer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The nameless entries of other programs (oras, regclient) whose manifests refer to an image of the store. They are shown with
 * that image, and kept as every entry of another program is.
 */
final class ForeignReferrers {
    private ForeignReferrers() {}

    /**
     * Adds them to a graph.
     *
     * @param entries all entries of the index
     * @return the digests of those that refer, directly or through others, to something that has a name
     */
    static Set<Digest> addTo(StoreGraph graph, List<LayoutIndex.Entry> entries) {
        Map<Digest, Referrer> found = in(graph, entries);
        if (found.isEmpty()) {
            return Set.of();
        }
        found.values().forEach(graph::add);
        List<Descriptor> named = new ArrayList<>();
        entries.stream().filter(entry -> !entry.name().isEmpty()).forEach(entry -> named.add(entry.root()));
        Set<Digest> attached = new HashSet<>(graph.needed(named).keySet());
        attached.retainAll(found.keySet());
        return attached;
    }

    /** The nameless entries whose manifests refer to something, by their digests. */
    static Map<Digest, Referrer> in(StoreGraph graph, List<LayoutIndex.Entry> entries) {
        Map<Digest, Referrer> found = new LinkedHashMap<>();
        for (LayoutIndex.Entry entry : entries) {
            if (entry.name().isEmpty()) {
                graph.links(entry.root()).ifPresent(links -> {
                    if (links.subject() != null) {
                        found.put(
                                entry.root().digest(),
                                new Referrer(entry.root(), links.artifactType(), links.subject(), ""));
                    }
                });
            }
        }
        return found;
    }
}
