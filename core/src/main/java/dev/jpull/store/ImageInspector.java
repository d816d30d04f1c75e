// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDetails;
import dev.jpull.image.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells all that a store knows about one image. For use by one thread; pulls may go on meanwhile. */
public final class ImageInspector {
    private final ImageStore store;

    /** An inspector for a store. */
    public ImageInspector(ImageStore store) {
        this.store = store;
    }

    /**
     * Looks at an image.
     *
     * @param image its name as it is listed or as it is written for a pull, its digest, or the first digits of it, at least four
     * @param platforms of an index, the platforms to look at; all when there are none
     * @throws ImageNotFoundException if the store has no such image, or the image no such platform
     * @throws ReferenceException if the text is no name and no digest, or the first digits of several
     * @throws IntegrityException if the image has too many manifests
     */
    public ImageDetails inspect(String image, List<Platform> platforms) {
        LayoutIndex.Contents contents = store.index().contents();
        StoreGraph graph = StoreGraph.lenient(store, contents.referrers());
        ForeignReferrers.addTo(graph, contents.entries());
        Descriptor root = new ImageLookup(store, contents, graph).find(image);
        ContentStates states = new ContentStates(store, graph);
        ManifestWalk walk = new ManifestWalk(store, states, platforms);
        walk.from(root);
        if (!platforms.isEmpty() && walk.images().isEmpty()) {
            throw new ImageNotFoundException(FailureDetails.of("the image " + root.digest() + " in " + store.root()
                            + " has no manifest for "
                            + platforms.stream().map(Platform::formatAll).collect(Collectors.joining(", "))
                            + ", only for " + walk.offered()
                            + ": choose one of these platforms")
                    .with(Remedy.CHOOSE_PLATFORM));
        }
        Map<Digest, StoreCleaner.Blob> blobs = new StoreCleaner(store).blobs();
        Set<Digest> alone = graph.neededAlone(List.of(root)).keySet();
        long bytes = StoreListing.size(blobs, alone);
        StoreCleaner.Blob file = blobs.get(root.digest());
        return new ImageDetails(
                contents.entries().stream()
                        .filter(entry -> entry.root().digest().equals(root.digest())
                                && !entry.name().isEmpty())
                        .map(LayoutIndex.Entry::name)
                        .toList(),
                root,
                bytes,
                StoreListing.size(blobs, graph.needed(List.of(root)).keySet()) - bytes,
                file == null ? Instant.EPOCH : file.used(),
                walk.manifests(),
                new ReferrerTree(graph, states, blobs).below(walk.documents()));
    }

    /**
     * The bytes of a small document: a manifest, an index or a configuration. Their digest is right.
     *
     * @param maxSize the size from which a document is no small one, in bytes
     * @throws StoreException if it is not there, is damaged, or is larger
     */
    public byte[] document(Digest digest, int maxSize) {
        return store.document(digest, maxSize)
                .orElseThrow(() -> new StoreException(FailureDetails.of("the content " + digest + " is not in "
                                + store.root() + ", is damaged, or is larger than " + maxSize + " bytes")
                        .with(Remedy.REPAIR_STORE)));
    }
}
