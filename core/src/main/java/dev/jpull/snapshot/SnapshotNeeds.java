// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.ChainId;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.store.ImageStore;
import dev.jpull.store.StoreCleaner;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which snapshots images need: those of the chain IDs of their layers, for all platforms whose configuration is in the store.
 *
 * @param store the store
 */
record SnapshotNeeds(ImageStore store) {
    /** The chain IDs of the layers of images, those of lower layers included. */
    Set<Digest> chainsOf(Collection<Descriptor> roots) {
        Set<Digest> chains = new HashSet<>();
        for (Descriptor needed :
                new StoreCleaner(store).needed(roots, List.of()).values()) {
            if (needed.mediaType().isImageConfig()) {
                chains.addAll(ChainId.chain(diffIds(needed)));
            }
        }
        return chains;
    }

    private List<Digest> diffIds(Descriptor config) {
        byte[] content = store.document(config.digest(), LayerConfig.MAX_SIZE).orElse(null);
        if (content == null) {
            return List.of();
        }
        try {
            return LayerConfig.parse(content).diffIds();
        } catch (IntegrityException e) {
            return List.of(); // no pull has made snapshots for it
        }
    }
}
