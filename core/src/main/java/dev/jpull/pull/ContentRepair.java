// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.PullException;
import dev.jpull.image.Descriptor;
import dev.jpull.resolve.Documents;
import dev.jpull.store.ImageStore;
import dev.jpull.transfer.BlobDownload;
import dev.jpull.transfer.TransferPool;
import java.util.ArrayList;
import java.util.List;

/**
 * Fetches contents of an image again, which the store has lost or has damaged.
 *
 * @param context the call
 * @param store the store with the damage
 * @param pool the threads that move content
 */
record ContentRepair(CallContext context, ImageStore store, TransferPool pool) {
    /**
     * Fetches them, instead of what the store has under their names.
     *
     * @throws PullException if one of them cannot be fetched
     */
    void repair(List<Descriptor> contents) {
        ImageStore repaired =
                store.distrusting(contents.stream().map(Descriptor::digest).toList());
        Documents documents = new Documents(context.pull(), repaired);
        List<TransferPool.Task<Descriptor>> tasks = new ArrayList<>();
        for (Descriptor content : contents) {
            BlobDownload download = new BlobDownload(context.pull(), content, pool.workers());
            tasks.add(slot -> {
                if (content.mediaType().isManifestOrIndex()) {
                    documents.read(content);
                } else {
                    download.into(repaired, slot);
                }
                return content;
            });
        }
        try {
            pool.runAll(tasks, context.pull().cancellation());
        } catch (PullException e) {
            throw context.outcome().masked(e);
        }
    }
}
