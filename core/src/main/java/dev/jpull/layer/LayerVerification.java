// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Compares the uncompressed content of layers with their diff IDs, and does nothing else with it.
 *
 * @param decoding how they are decoded
 * @param warnings takes a line for a layer that cannot be verified
 */
public record LayerVerification(LayerDecoding decoding, Consumer<String> warnings) implements LayerConsumers {
    /**
     * The verification of a layer; empty for a type that has no uncompressed form.
     *
     * @throws PullException if the layer is encrypted
     */
    @Override
    public Optional<LayerConsumer> consumerOf(PlannedLayer layer) {
        requireReadable(layer);
        if (layer.blob().mediaType().layerCompression().isEmpty()) {
            warnings.accept(
                    "the diff ID of " + layer.label() + " is not verified: nothing is known about layers of the type "
                            + layer.blob().mediaType());
            return Optional.empty();
        }
        return Optional.of((compressed, cancelled) -> {
            try (VerifiedLayer content = VerifiedLayer.open(layer, compressed, decoding)) {
                content.drain();
            }
        });
    }

    /**
     * Refuses a layer with content that cannot be read.
     *
     * @throws IntegrityException if it is encrypted
     */
    public static void requireReadable(PlannedLayer layer) {
        if (layer.blob().mediaType().isEncrypted()) {
            throw new IntegrityException(
                    layer.label() + " is encrypted (" + layer.blob().mediaType()
                            + "), and jpull has no keys for it: pull it without verifying or unpacking its layers");
        }
    }
}
