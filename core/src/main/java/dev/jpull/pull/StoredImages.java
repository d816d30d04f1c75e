// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.Remedy;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageReference;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.Referrer;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.resolve.PullPlan;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import dev.jpull.store.StoreCleaner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds images that earlier pulls left. Sends no request and writes nothing.
 *
 * @param image the reference that is looked for
 */
public record StoredImages(ImageReference image, ImageStore store) implements PullPlan.DocumentReader {
    /** An image whose blobs are all there. */
    private record Found(String name, Descriptor root, PullPlan plan) {}

    /**
     * The image, which must be complete. Nothing is done with the content of its layers.
     *
     * @throws ImageNotFoundException if it is not there, or not all that is wanted of it
     */
    public PulledContent find(CallOptions request) {
        return content(request, found(request, null), new FinishedLayers());
    }

    /**
     * The image, which must be complete.
     *
     * @param wantedRoot the digest that it must have; null for any
     * @param planned gets the plan of the image once all of its blobs are seen to be there, before the work on its layers
     * @param layerWork what is done with the content of its layers
     */
    PulledContent find(
            CallOptions request,
            @Nullable Digest wantedRoot,
            Consumer<PullPlan> planned,
            LayerWork layerWork,
            Cancellation cancellation) {
        Found found = found(request, wantedRoot);
        planned.accept(found.plan());
        try (LayerPipeline layers = layerWork.start(found.name(), found.plan(), store, cancellation)) {
            found.plan().blobs().forEach(layers::present);
            if (!layers.await()) {
                throw missing("a layer of " + found.name());
            }
        }
        return content(request, found, layerWork.finished());
    }

    private Found found(CallOptions request, @Nullable Digest wantedRoot) {
        String other = request.entry().name();
        String name = other == null ? image.toString() : other;
        Descriptor root = store.index()
                .find(name)
                .or(this::pinned)
                .filter(there -> wantedRoot == null || there.digest().equals(wantedRoot))
                .orElseThrow(() -> missing(name));
        PullPlan plan = PullPlan.walk(name, root, request.content().planWithoutMetadata(), this);
        for (Descriptor blob : store.missing(plan.blobs())) {
            throw missing("the blob " + blob.digest() + " of " + name);
        }
        return new Found(name, root, plan);
    }

    private PulledContent content(CallOptions request, Found found, FinishedLayers finished) {
        String name = found.name();
        List<PulledContent.PlatformContent> platforms = new PulledParts(name, store, finished)
                .platforms(found.plan(), Map.of())
                .orElseThrow(() -> missing("a readable configuration of " + name));
        List<Referrer> referrers =
                referrers(request.content().referrers(), found.plan().documents(), name);
        return new PulledContent(store.root(), name, found.root(), null, platforms, referrers, 0, 0, List.of(), 0);
    }

    /** What refers to an image, and the attestations in its index. */
    private List<Referrer> referrers(@Nullable ReferrerSelection selection, List<Descriptor> documents, String name) {
        if (selection == null) {
            return List.of();
        }
        StoredReferrers stored = new StoredReferrers(store);
        List<Referrer> found = new ArrayList<>(stored.attestations(documents, selection));
        List<Descriptor> subjects = new ArrayList<>(documents);
        found.forEach(attestation -> subjects.add(attestation.descriptor()));
        for (Referrer referrer : stored.of(subjects, selection)) {
            requireComplete(referrer.descriptor(), name);
            found.add(referrer);
        }
        return found;
    }

    /** What refers to an image was pulled with all that belongs to it. */
    private void requireComplete(Descriptor referrer, String name) {
        for (Descriptor part :
                new StoreCleaner(store).needed(List.of(referrer), List.of()).values()) {
            if (!store.has(part)) {
                throw missing("the blob " + part.digest() + ", which belongs to what refers to " + name + ",");
            }
        }
    }

    private ImageNotFoundException missing(String what) {
        return missing(what, store.root());
    }

    /** The failure of a search for something that a store does not have. */
    static ImageNotFoundException missing(String what, Path store) {
        return new ImageNotFoundException(FailureDetails.of(what + " is not in the store " + store + ": pull it first")
                .with(Remedy.PULL_IMAGE));
    }

    /** An image that has another name in the store. */
    private Optional<Descriptor> pinned() {
        Digest digest = image.digest();
        return store.index().list().stream()
                .map(LayoutIndex.Entry::root)
                .filter(root -> root.digest().equals(digest))
                .findFirst();
    }

    @Override
    public List<ImageDocument> read(List<Descriptor> descriptors) {
        return descriptors.stream()
                .map(descriptor -> document(descriptor)
                        .orElseThrow(() -> missing("the manifest " + descriptor.digest() + " of " + image)))
                .toList();
    }

    private Optional<ImageDocument> document(Descriptor descriptor) {
        return store.document(descriptor.digest(), DocumentJson.MAX_SIZE)
                .map(content -> DocumentJson.parse(content, descriptor.mediaType()));
    }
}
