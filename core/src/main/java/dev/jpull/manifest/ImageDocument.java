// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A manifest or an index: a document that points to more content. Type confusion is refused: a body must be what its
 * descriptor says, and only one of both (docs/containerd.md section 10.2; CVE-2021-41190).
 */
public sealed interface ImageDocument permits ImageManifest, ImageIndex {
    /** The largest document that is read, in bytes; the limit that containerd has. */
    int MAX_SIZE = 4_393_216;

    /** The largest number of entries in one document. */
    int MAX_ENTRIES = 10_000;

    /** The type of the document. */
    MediaType mediaType();

    /** What the document points to, in order; not its {@link #subject()}. */
    List<Descriptor> children();

    /** What the document refers to, as a signature does to an image; null for nothing. */
    @Nullable
    Descriptor subject();

    /** What kind of artifact it is, in the words of its author; empty for an image. */
    String artifactType();

    /**
     * Reads a document.
     *
     * @param content the bytes; their digest was checked
     * @param declared the type under which it is known: from its descriptor or Content-Type
     * @throws IntegrityException if the body is not a document of that type
     */
    static ImageDocument parse(byte[] content, MediaType declared) {
        try {
            JsonValue json = JsonValue.parse(content);
            String own = json.text("mediaType");
            refuseConfusion(json, own == null ? null : new MediaType(own), declared);
            JsonValue refersTo = json.get("subject");
            Descriptor subject = refersTo == null ? null : DescriptorJson.descriptor(refersTo);
            String artifactType = json.text("artifactType");
            return declared.isIndex()
                    ? new ImageIndex(
                            declared, list(json.get("manifests")), subject, artifactType == null ? "" : artifactType)
                    : ImageManifest.of(
                            declared,
                            DescriptorJson.descriptor(json.require("config")),
                            list(json.get("layers")),
                            subject,
                            artifactType == null ? "" : artifactType);
        } catch (JsonException e) {
            throw new IntegrityException("the " + declared + " document is not usable: " + e.getMessage());
        }
    }

    private static void refuseConfusion(JsonValue json, @Nullable MediaType own, MediaType declared)
            throws JsonException {
        if (json.has("fsLayers") || declared.equals(MediaType.DOCKER_SCHEMA1)) {
            throw json.invalid("is a docker schema 1 manifest, which is no longer supported: push the image again");
        }
        if (!declared.isManifestOrIndex()) {
            throw json.invalid("is neither an image manifest nor an index");
        }
        if (own != null && !own.equals(declared)) {
            throw json.invalid("has the media type " + own + ", and was announced as " + declared);
        }
        if (declared.isManifest() && json.has("manifests")) {
            throw json.invalid("has \"manifests\", which a manifest must not have");
        }
        if (declared.isIndex() && (json.has("layers") || json.has("config"))) {
            throw json.invalid("has \"config\" or \"layers\", which an index must not have");
        }
    }

    private static List<Descriptor> list(@Nullable JsonValue array) throws JsonException {
        if (array == null) {
            return List.of();
        }
        List<Descriptor> descriptors = DescriptorJson.descriptors(array);
        if (descriptors.size() > MAX_ENTRIES) {
            throw array.invalid("has more than " + MAX_ENTRIES + " entries");
        }
        return descriptors;
    }
}
