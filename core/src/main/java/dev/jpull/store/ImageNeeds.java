// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.PlatformMatcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one listed image needs to be complete, as far as the stored documents show. Of an index, these are the manifests
 * that were pulled: the index of the store says which. Without that note, as of other programs, it is enough that one manifest is
 * complete.
 */
final class ImageNeeds {
    private static final String SEPARATOR = " ";

    private final ImageStore store;
    private final StoreGraph graph;
    /** Everything that the documents mention, and whether or not it was pulled. */
    private final List<Descriptor> mentioned = new ArrayList<>();

    private final Map<Digest, Descriptor> required = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
    private final List<Descriptor> absentIndexes = new ArrayList<>();

    /**
     * The needs of an image.
     *
     * @param graph the documents of the store
     */
    ImageNeeds(ImageStore store, StoreGraph graph, Descriptor root) {
        this(store, graph, root, false);
    }

    private ImageNeeds(ImageStore store, StoreGraph graph, Descriptor root, boolean whole) {
        this.store = store;
        this.graph = graph;
        walk(root);
        require(root);
        if (whole) {
            mentioned.forEach(this::require);
        } else if (root.mediaType().isIndex()) {
            pulledManifests(root).forEach(this::requireManifest);
        } else {
            requireManifest(root);
        }
    }

    /** The needs of a referrer, which is pulled with everything that it points to. */
    static ImageNeeds ofReferrer(ImageStore store, StoreGraph graph, Descriptor root) {
        return new ImageNeeds(store, graph, root, true);
    }

    /** Notes which manifests of an index were pulled. */
    static String note(List<Digest> manifests) {
        StringBuilder note = new StringBuilder();
        for (Digest manifest : manifests) {
            note.append(note.isEmpty() ? "" : SEPARATOR).append(manifest);
        }
        return note.toString();
    }

    /** The manifests of a note; what is no digest, as another program may have written, is left out. */
    static List<Digest> noted(String note) {
        List<Digest> manifests = new ArrayList<>();
        for (String digest : note.split(SEPARATOR)) {
            if (Digest.check(digest) == null) {
                manifests.add(Digest.parse(digest));
            }
        }
        return manifests;
    }

    /** All descriptors that the documents of the image have, also of platforms that were not pulled. */
    List<Descriptor> mentioned() {
        return mentioned;
    }

    /** What must be there. */
    List<Descriptor> required() {
        return List.copyOf(required.values());
    }

    private void require(Descriptor descriptor) {
        required.putIfAbsent(descriptor.digest(), descriptor);
    }

    private void walk(Descriptor root) {
        Set<Descriptor> seen = new HashSet<>();
        Deque<Descriptor> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Descriptor next = open.remove();
            if (!seen.add(next)) {
                continue;
            }
            mentioned.add(next);
            if (next.mediaType().isManifest()) {
                manifests.putIfAbsent(next.digest(), next);
            }
            Optional<StoreGraph.Links> links = graph.links(next);
            links.ifPresent(found -> open.addAll(found.children()));
            if (links.isEmpty() && next.mediaType().isIndex()) {
                absentIndexes.add(next);
            }
        }
    }

    private void requireManifest(Descriptor manifest) {
        require(manifest);
        graph.links(manifest).ifPresent(links -> links.children().forEach(this::require));
    }

    private List<Descriptor> pulledManifests(Descriptor index) {
        String note = index.annotations().get(LayoutIndex.PULLED);
        if (note != null) {
            List<Descriptor> pulled = new ArrayList<>();
            for (Digest digest : noted(note)) {
                Descriptor manifest = manifests.get(digest);
                if (manifest != null) {
                    pulled.add(manifest);
                } else {
                    absentIndexes.forEach(this::require); // one of them leads to it
                }
            }
            return pulled;
        }
        if (manifests.isEmpty() || manifests.values().stream().anyMatch(this::isComplete)) {
            return List.of();
        }
        List<Descriptor> all = List.copyOf(manifests.values());
        List<Descriptor> ofThisMachine =
                PlatformMatcher.only(Platform.host(), Platform.host()).select(all, 1);
        return ofThisMachine.isEmpty() ? all.subList(0, 1) : ofThisMachine;
    }

    private boolean isComplete(Descriptor manifest) {
        return graph.links(manifest)
                .filter(links -> store.missing(links.children()).isEmpty())
                .isPresent();
    }
}
