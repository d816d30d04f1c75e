// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.PullException;
import java.util.Optional;

/** Says what is done with the layers of an image while they are downloaded. Safe for use by several threads. */
@FunctionalInterface
public interface LayerConsumers {
    /**
     * The consumer of a layer. Asked once for each place of a layer in each image, when the configuration of the image is there;
     * a blob that an image has twice has two consumers. Does not block.
     *
     * @return the consumer, or empty for a layer that needs none
     * @throws PullException if the layer cannot be used, which ends the pull
     */
    Optional<LayerConsumer> consumerOf(PlannedLayer layer);
}
