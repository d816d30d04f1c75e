// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDetails;
import dev.jpull.manifest.Referrer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What refers to an image, as a tree. Each referrer stands there once for each subject, and what refers to it once in all, so that a
 * ring of referrers, as another program may have written it, ends. For use by one thread.
 */
final class ReferrerTree {
    /** How deep the tree is; pulls bring less, and what is deeper is left out. */
    private static final int MAX_DEPTH = 16;

    private final StoreGraph graph;
    private final ContentStates states;
    private final Map<Digest, StoreCleaner.Blob> blobs;
    private final Set<Digest> expanded = new HashSet<>();

    /**
     * A tree.
     *
     * @param graph documents and referrers of a store
     * @param states how much of them is there
     * @param blobs what the store has
     */
    ReferrerTree(StoreGraph graph, ContentStates states, Map<Digest, StoreCleaner.Blob> blobs) {
        this.graph = graph;
        this.states = states;
        this.blobs = blobs;
    }

    /** What refers to some manifests and indexes. */
    List<ImageDetails.Referrer> below(List<Descriptor> subjects) {
        List<ImageDetails.Referrer> top = new ArrayList<>();
        subjects.forEach(subject -> top.addAll(below(subject.digest(), 0)));
        return top;
    }

    private List<ImageDetails.Referrer> below(Digest subject, int depth) {
        if (depth == MAX_DEPTH || !expanded.add(subject)) {
            return List.of();
        }
        Set<Digest> seen = new HashSet<>();
        List<ImageDetails.Referrer> list = new ArrayList<>();
        for (Referrer referrer : graph.referrersOf(subject)) {
            Descriptor descriptor = referrer.descriptor();
            if (seen.add(descriptor.digest())) {
                list.add(new ImageDetails.Referrer(
                        descriptor,
                        artifactType(referrer),
                        subject,
                        referrer.tag(),
                        StoreListing.size(
                                blobs, graph.neededAlone(List.of(descriptor)).keySet()),
                        states.of(descriptor),
                        below(descriptor.digest(), depth + 1)));
            }
        }
        return list;
    }

    private String artifactType(Referrer referrer) {
        return referrer.artifactType().isEmpty()
                ? graph.links(referrer.descriptor())
                        .map(StoreGraph.Links::artifactType)
                        .orElse("")
                : referrer.artifactType();
    }
}
