// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An index: the manifests of one image for several platforms (OCI image-spec, image-index.md).
 *
 * <p>Later versions may add components: read the accessors; constructors and record patterns may change.
 *
 * @param mediaType the OCI or the docker type
 * @param manifests the manifests, in order of preference
 * @param subject what the index refers to, or null
 * @param artifactType what kind of artifact it is; empty for an image
 * @param annotations its own annotations, in document order
 * @since 0.1.0
 */
public record ImageIndex(
        MediaType mediaType,
        List<Descriptor> manifests,
        @Nullable Descriptor subject,
        String artifactType,
        Map<String, String> annotations)
        implements ImageDocument, Serializable {
    /** Copies the collections. */
    public ImageIndex {
        Objects.requireNonNull(mediaType, "mediaType");
        Objects.requireNonNull(artifactType, "artifactType");
        manifests = List.copyOf(manifests);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** The manifests; the same as {@link #manifests()}. */
    @Override
    public List<Descriptor> children() {
        return manifests;
    }
}
