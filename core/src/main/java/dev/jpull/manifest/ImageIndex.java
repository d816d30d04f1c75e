// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index: the manifests of one image for several platforms (OCI image-spec, image-index.md).
 *
 * @param mediaType the OCI or the docker type
 * @param manifests the manifests, in order of preference
 * @param subject what the index refers to, or null
 * @param artifactType what kind of artifact it is; empty for an image
 */
public record ImageIndex(
        MediaType mediaType,
        List<Descriptor> manifests,
        @Nullable Descriptor subject,
        String artifactType) implements ImageDocument {
    /** Copies the list. */
    public ImageIndex {
        manifests = List.copyOf(manifests);
    }

    @Override
    public List<Descriptor> children() {
        return manifests;
    }
}
