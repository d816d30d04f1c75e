// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Snapshotter;
import dev.jpull.layer.LayerConsumers;
import org.jspecify.annotations.Nullable;

/**
 * What is done with the uncompressed content of layers.
 *
 * @param verify whether it is compared with the diff IDs; consumers and snapshots do that as well
 * @param snapshotter the form of the snapshots that are made of the layers; null for none
 * @param consumers what is done with it while the layers come; null for nothing else
 */
public record LayerUse(
        boolean verify,
        @Nullable Snapshotter snapshotter,
        @Nullable LayerConsumers consumers) {
    /** Nothing. */
    public static final LayerUse NONE = new LayerUse(false, null, null);

    /** The same with something that is done with it while the layers come. */
    LayerUse with(LayerConsumers wanted) {
        return new LayerUse(verify, snapshotter, wanted);
    }
}
