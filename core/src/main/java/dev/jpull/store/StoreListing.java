// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.Referrer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lists the images of a store with their sizes. For use by one thread; pulls may go on meanwhile. */
public final class StoreListing {
    private final ImageStore store;

    /** A listing of a store. */
    public StoreListing(ImageStore store) {
        this.store = store;
    }

    /**
     * An image of the index.
     *
     * @param name its name; empty when another program gave it none
     * @param root its manifest or index
     * @param bytes how many bytes of it are there, those that it shares with other images included
     * @param referrers how many manifests and indexes refer to it, to its manifests, or to one of these
     * @param referrerBytes how many bytes these have that the image has not
     * @param used when it was pulled last
     */
    public record Listed(String name, Descriptor root, long bytes, int referrers, long referrerBytes, Instant used) {}

    /**
     * The images in the order of the index. A nameless entry of another program is none when its manifest refers to an image
     * that is listed: it counts as a referrer of that image.
     */
    public List<Listed> images() {
        LayoutIndex.Contents contents = store.index().contents();
        StoreGraph graph = StoreGraph.lenient(store, contents.referrers());
        Set<Digest> attached = ForeignReferrers.addTo(graph, contents.entries());
        Map<Digest, StoreCleaner.Blob> blobs = new StoreCleaner(store).blobs();
        List<Listed> images = new ArrayList<>();
        for (LayoutIndex.Entry entry : contents.entries()) {
            if (!entry.name().isEmpty() || !attached.contains(entry.root().digest())) {
                images.add(listed(entry, graph, blobs));
            }
        }
        return images;
    }

    /**
     * What refers to images and to other referrers, in the order of the index: what pulls and imports have brought, then the nameless
     * entries of other programs whose manifests say so.
     */
    public List<Referrer> referrers() {
        LayoutIndex.Contents contents = store.index().contents();
        List<Referrer> referrers = new ArrayList<>(contents.referrers());
        StoreGraph graph = StoreGraph.lenient(store, contents.referrers());
        for (Referrer foreign : ForeignReferrers.in(graph, contents.entries()).values()) {
            Descriptor listed = foreign.descriptor();
            // The size in an entry of another program may be wrong, and the content was verified.
            store.document(listed.digest(), DocumentJson.MAX_SIZE)
                    .map(content -> new Descriptor(listed.mediaType(), listed.digest(), content.length))
                    .ifPresent(descriptor -> referrers.add(
                            new Referrer(descriptor, foreign.artifactType(), foreign.subject(), foreign.tag())));
        }
        return referrers;
    }

    private static Listed listed(LayoutIndex.Entry entry, StoreGraph graph, Map<Digest, StoreCleaner.Blob> blobs) {
        List<Descriptor> roots = List.of(entry.root());
        long bytes = size(blobs, graph.neededAlone(roots).keySet());
        List<Referrer> referrers = graph.referrersBelow(entry.root());
        long all = referrers.isEmpty() ? bytes : size(blobs, graph.needed(roots).keySet());
        StoreCleaner.Blob root = blobs.get(entry.root().digest());
        return new Listed(
                entry.name(),
                entry.root(),
                bytes,
                referrers.size(),
                all - bytes,
                root == null ? Instant.EPOCH : root.used());
    }

    /** How many bytes of some content are there. */
    static long size(Map<Digest, StoreCleaner.Blob> blobs, Set<Digest> digests) {
        return digests.stream()
                .map(blobs::get)
                .filter(blob -> blob != null)
                .mapToLong(StoreCleaner.Blob::size)
                .sum();
    }
}
