// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of one image: its configuration and its layers (OCI image-spec, manifest.md).
 *
 * @param mediaType the OCI or the docker type
 * @param config the configuration
 * @param layers the layers, base first
 * @param subject what the manifest refers to, or null
 * @param artifactType what kind of artifact it is; empty for an image
 */
public record ImageManifest(
        MediaType mediaType,
        Descriptor config,
        List<Descriptor> layers,
        @Nullable Descriptor subject,
        String artifactType)
        implements ImageDocument {
    /** Copies the list. */
    public ImageManifest {
        layers = List.copyOf(layers);
    }

    /**
     * The manifest of these parts. One that names no type of artifact has the type of its configuration, unless that is the
     * configuration of an image (OCI image-spec, manifest.md "Guidelines for Artifact Usage").
     */
    static ImageManifest of(
            MediaType mediaType,
            Descriptor config,
            List<Descriptor> layers,
            @Nullable Descriptor subject,
            String artifactType) {
        String type = artifactType.isEmpty() && !config.mediaType().isKnownConfig()
                ? config.mediaType().value()
                : artifactType;
        return new ImageManifest(mediaType, config, layers, subject, type);
    }

    /** The same without the annotations of its descriptors. */
    public ImageManifest withoutAnnotations() {
        return new ImageManifest(
                mediaType,
                config.withoutAnnotations(),
                layers.stream().map(Descriptor::withoutAnnotations).toList(),
                subject == null ? null : subject.withoutAnnotations(),
                artifactType);
    }

    @Override
    public List<Descriptor> children() {
        List<Descriptor> children = new ArrayList<>(layers.size() + 1);
        children.add(config);
        children.addAll(layers);
        return children;
    }
}
