// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of one image: its configuration and its layers (OCI image-spec, manifest.md).
 *
 * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
 *
 * @param mediaType the OCI or the docker type
 * @param config the configuration
 * @param layers the layers, base first
 * @param subject what the manifest refers to, or null
 * @param artifactType what kind of artifact it is, by the manifest, else by the type of its configuration; empty for an image
 * @param annotations its own annotations, in document order
 * @since 0.1.0
 */
public record ImageManifest(
        MediaType mediaType,
        Descriptor config,
        List<Descriptor> layers,
        @Nullable Descriptor subject,
        String artifactType,
        Map<String, String> annotations)
        implements ImageDocument, Serializable {
    /** Copies the collections. */
    public ImageManifest {
        Objects.requireNonNull(mediaType, "mediaType");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(artifactType, "artifactType");
        layers = List.copyOf(layers);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** {@return the same without its annotations and those of its descriptors, for keeping: there may be any number of them} */
    public ImageManifest withoutAnnotations() {
        return new ImageManifest(
                mediaType,
                config.withoutAnnotations(),
                layers.stream().map(Descriptor::withoutAnnotations).toList(),
                subject == null ? null : subject.withoutAnnotations(),
                artifactType,
                Map.of());
    }

    /** The configuration, and then the layers. */
    @Override
    public List<Descriptor> children() {
        List<Descriptor> children = new ArrayList<>(layers.size() + 1);
        children.add(config);
        children.addAll(layers);
        return children;
    }
}
