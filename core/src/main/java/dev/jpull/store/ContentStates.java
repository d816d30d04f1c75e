// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDetails.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of manifests and indexes is in a store. For use by one thread.
 *
 * @param store the store
 * @param graph its documents
 * @param known what was looked at before
 */
record ContentStates(ImageStore store, StoreGraph graph, Map<Digest, State> known) {
    /** How deep indexes may be nested; pulls refuse what is deeper. */
    private static final int MAX_DEPTH = 8;

    ContentStates(ImageStore store, StoreGraph graph) {
        this(store, graph, new HashMap<>());
    }

    /** How much of some content is there, with all that it points to. */
    State of(Descriptor descriptor) {
        return of(descriptor, 0);
    }

    private State of(Descriptor descriptor, int depth) {
        State before = known.get(descriptor.digest());
        if (before != null) {
            return before;
        }
        State state = look(descriptor, depth);
        known.put(descriptor.digest(), state);
        return state;
    }

    private State look(Descriptor descriptor, int depth) {
        if (!descriptor.mediaType().isManifestOrIndex()) {
            return store.has(descriptor) ? State.COMPLETE : State.ABSENT;
        }
        StoreGraph.Links links = graph.links(descriptor).orElse(null);
        if (links == null) {
            return store.has(descriptor) ? State.INCOMPLETE : State.ABSENT;
        }
        List<Descriptor> blobs = new ArrayList<>(links.children());
        List<Descriptor> documents = blobs.stream()
                .filter(child -> child.mediaType().isManifestOrIndex())
                .toList();
        blobs.removeIf(child -> child.mediaType().isManifestOrIndex());
        boolean complete = store.missing(blobs).isEmpty()
                && depth < MAX_DEPTH
                && documents.stream().allMatch(child -> of(child, depth + 1) == State.COMPLETE);
        return complete ? State.COMPLETE : State.INCOMPLETE;
    }
}
