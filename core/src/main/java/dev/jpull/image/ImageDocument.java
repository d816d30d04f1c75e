// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A manifest or an index: a document that points to more content (OCI image-spec). Immutable.
 *
 * @since 0.1.0
 */
public sealed interface ImageDocument permits ImageManifest, ImageIndex {
    /** {@return the type of the document} */
    MediaType mediaType();

    /** {@return what the document points to, in order; not its {@link #subject()}} */
    List<Descriptor> children();

    /** {@return what the document refers to, as a signature does to an image; null for nothing} */
    @Nullable
    Descriptor subject();

    /** {@return what kind of artifact it is, in the words of its author; empty for an image} */
    String artifactType();

    /** {@return the annotations of the document itself, in its order} */
    Map<String, String> annotations();
}
