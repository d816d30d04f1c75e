// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageIndex;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads manifests and indexes. Type confusion is refused: a body must be what its descriptor says, and only one of both
 * (docs/containerd.md section 10.2; CVE-2021-41190).
 */
public final class DocumentJson {
    /** The largest document that is read, in bytes; the limit that containerd has. */
    public static final int MAX_SIZE = 4_393_216;

    /** The largest number of entries in one document. */
    public static final int MAX_ENTRIES = 10_000;

    private DocumentJson() {}

    /**
     * Reads a document.
     *
     * @param content the bytes; their digest was checked
     * @param declared the type under which it is known: from its descriptor or Content-Type
     * @throws IntegrityException if the body is not a document of that type
     */
    public static ImageDocument parse(byte[] content, MediaType declared) {
        try {
            JsonValue json = JsonValue.parse(content);
            String own = json.text("mediaType");
            refuseConfusion(json, own == null ? null : new MediaType(own), declared);
            JsonValue refersTo = json.get("subject");
            Descriptor subject = refersTo == null ? null : DescriptorJson.descriptor(refersTo);
            String type = json.text("artifactType");
            String artifactType = type == null ? "" : type;
            if (declared.isIndex()) {
                return new ImageIndex(declared, list(json.get("manifests")), subject, artifactType, annotations(json));
            }
            Descriptor config = DescriptorJson.descriptor(json.require("config"));
            return new ImageManifest(
                    declared,
                    config,
                    list(json.get("layers")),
                    subject,
                    artifactType.isEmpty() ? typeByConfig(config) : artifactType,
                    annotations(json));
        } catch (JsonException e) {
            throw new IntegrityException("the " + declared + " document is not usable: " + e.getMessage());
        }
    }

    /**
     * A manifest that names no type of artifact has the type of its configuration, unless that is the configuration of an image
     * (OCI image-spec, manifest.md "Guidelines for Artifact Usage").
     */
    private static String typeByConfig(Descriptor config) {
        return config.mediaType().isKnownConfig() ? "" : config.mediaType().value();
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

    /** The annotations of the document itself; what is no text is left out, because a pull does not need it. */
    private static Map<String, String> annotations(JsonValue document) throws JsonException {
        JsonValue member = document.get("annotations");
        if (member == null || !(member.toPlain() instanceof Map<?, ?> annotations)) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>();
        annotations.forEach((name, value) -> {
            if (value instanceof String text) {
                texts.put(String.valueOf(name), text);
            }
        });
        return texts;
    }
}
