// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Digest;
import dev.jpull.layer.PlannedLayer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The layers of one pull that their consumers are through with. Safe for use by several threads. */
final class FinishedLayers {
    private final Set<PlannedLayer> finished = ConcurrentHashMap.newKeySet();
    private final Set<Claim> compared = ConcurrentHashMap.newKeySet();

    /** That a blob has a diff ID. */
    record Claim(Digest blob, Digest diffId) {
        static Claim of(PlannedLayer layer) {
            return new Claim(layer.blob().digest(), layer.diffId());
        }
    }

    void add(PlannedLayer layer) {
        finished.add(layer);
        compared.add(Claim.of(layer));
    }

    /** Whether the consumer of the layer, in this place of the image, was through with it. */
    boolean has(PlannedLayer layer) {
        return finished.contains(layer);
    }

    /** Whether the content of a blob was compared with a diff ID, which was right. */
    boolean hasCompared(Digest blob, Digest diffId) {
        return compared.contains(new Claim(blob, diffId));
    }
}
