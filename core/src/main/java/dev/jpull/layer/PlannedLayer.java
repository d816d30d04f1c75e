// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.ChainId;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A layer in its place in an image, as manifest and configuration describe it.
 *
 * @param image the image, for messages
 * @param manifest the manifest that lists the layer; an index has several
 * @param position its place, 0 for the base layer
 * @param count how many layers the image has
 * @param blob its type, digest and size as it is stored, usually compressed
 * @param diffId the digest that its uncompressed content must have
 * @param chainId names it together with all layers below it
 */
public record PlannedLayer(
        String image, Digest manifest, int position, int count, Descriptor blob, Digest diffId, Digest chainId)
        implements Serializable {
    /** Checks that the parts are there. */
    public PlannedLayer {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(manifest, "manifest");
        Objects.requireNonNull(blob, "blob");
        Objects.requireNonNull(diffId, "diffId");
        Objects.requireNonNull(chainId, "chainId");
    }

    /**
     * The layers of an image, base first.
     *
     * @param layers as the manifest lists them
     * @param diffIds as the configuration lists them, one for each layer
     */
    public static List<PlannedLayer> of(String image, Digest manifest, List<Descriptor> layers, List<Digest> diffIds) {
        List<Digest> chain = ChainId.chain(diffIds);
        List<PlannedLayer> planned = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            Descriptor blob = layers.get(i).withoutAnnotations();
            planned.add(new PlannedLayer(image, manifest, i, layers.size(), blob, diffIds.get(i), chain.get(i)));
        }
        return planned;
    }

    /** The layer in words, for messages: {@code layer 2 of 5 (sha256:…) of docker.io/library/busybox:latest}. */
    public String label() {
        return "layer " + (position + 1) + " of " + count + " (" + blob.digest() + ") of " + image;
    }
}
