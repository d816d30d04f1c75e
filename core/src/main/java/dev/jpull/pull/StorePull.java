// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.archive.ArchiveFeed;
import dev.jpull.event.PullEvent;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.resolve.PullPlan;
import dev.jpull.store.ImageStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A pull that takes the image from the store alone: it sends no request, looks up no name, and writes nothing.
 *
 * @param context the call, which has no hosts
 * @param wanted what is asked for
 * @param store the store
 * @param layerWork what is done with the content of layers
 */
record StorePull(CallContext context, CallOptions wanted, ImageStore store, LayerWork layerWork) {
    /**
     * Takes it.
     *
     * @throws dev.jpull.error.ImageNotFoundException if it is not there, or not all of it
     */
    PulledContent pull() {
        return new StoredImages(context.image(), store)
                .find(wanted, null, this::found, layerWork, context.pull().cancellation())
                .numbered(context.events().number());
    }

    private void found(PullPlan plan) {
        Descriptor root = plan.documents().get(0);
        context.reporter().resolved(root, "");
        context.reporter().planned(plan.blobs(), List.of());
        for (Descriptor blob : plan.blobs()) {
            context.reporter().emit(header -> new PullEvent.BlobPresent(header, blob.digest(), blob.size()));
        }
        feed(plan, root);
    }

    /** All that an archive waits for is there. */
    private void feed(PullPlan plan, Descriptor root) {
        ArchiveFeed feed = wanted.feed();
        if (feed != null) {
            Set<Digest> blobs = new HashSet<>();
            plan.blobs().forEach(blob -> blobs.add(blob.digest()));
            feed.planned(wanted.storeName(), root, blobs);
            blobs.forEach(feed::came);
        }
    }
}
