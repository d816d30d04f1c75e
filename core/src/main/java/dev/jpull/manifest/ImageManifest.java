// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import java.util.ArrayList;
import java.util.List;

/**
 * The manifest of one image: its configuration and its layers (OCI image-spec, manifest.md).
 *
 * @param mediaType the OCI or the docker type
 * @param config the configuration
 * @param layers the layers, base first
 */
public record ImageManifest(MediaType mediaType, Descriptor config, List<Descriptor> layers) implements ImageDocument {
    /** Copies the list. */
    public ImageManifest {
        layers = List.copyOf(layers);
    }

    /** The same without the annotations of its descriptors. */
    public ImageManifest withoutAnnotations() {
        return new ImageManifest(
                mediaType,
                config.withoutAnnotations(),
                layers.stream().map(Descriptor::withoutAnnotations).toList());
    }

    @Override
    public List<Descriptor> children() {
        List<Descriptor> children = new ArrayList<>(layers.size() + 1);
        children.add(config);
        children.addAll(layers);
        return children;
    }
}
