// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageManifest;
import java.io.Serializable;
import java.util.Objects;

/**
 * A manifest or index that refers to another one, such as a signature, an SBOM or an attestation (OCI distribution-spec,
 * "Listing Referrers").
 *
 * @param descriptor the manifest or index that refers; its annotations are those of the list in which it was found
 * @param artifactType what kind of artifact it is, in the words of its author; may be empty
 * @param subject the manifest or index that it refers to
 * @param tag the tag under which it was found, such as {@code sha256-2cf24d….sig}, when nothing but that tag ties it to its
 *     subject; else empty
 */
public record Referrer(Descriptor descriptor, String artifactType, Digest subject, String tag) implements Serializable {
    /** The length of the longest media type (RFC 6838). */
    private static final int MAX_TYPE = 255;

    /** Checks that the parts are there. */
    public Referrer {
        Objects.requireNonNull(descriptor, "descriptor");
        Objects.requireNonNull(artifactType, "artifactType");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(tag, "tag");
    }

    /** The type of an artifact as its manifest says; empty when the manifest says none, or one that is too long. */
    public static String type(ImageDocument document) {
        String type = document.artifactType();
        return type.length() > MAX_TYPE ? "" : type;
    }

    /**
     * The type of an artifact that looks like an image: the signatures of cosign 2 and the attestations of BuildKit have the
     * configuration of an image, and layers of their own types.
     *
     * @return what the manifest says, else the type of its first layer; may be empty
     */
    public static String typeByLayers(ImageDocument document) {
        if (!document.artifactType().isEmpty()
                || !(document instanceof ImageManifest manifest)
                || manifest.layers().isEmpty()) {
            return type(document);
        }
        String type = manifest.layers().get(0).mediaType().value();
        return type.length() > MAX_TYPE ? "" : type;
    }
}
