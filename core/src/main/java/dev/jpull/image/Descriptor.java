// SPDX-License-Identifier: Apache-2.0
package dev.jpull.image;

import dev.jpull.error.ReferenceException;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Names some content by type, digest and size (OCI image-spec, descriptor.md).
 *
 * @param mediaType the type of the content
 * @param digest the digest that the content must have
 * @param size the exact number of bytes, never negative
 * @param platform the platform of a manifest in an index, or null
 * @param urls where the content of a foreign layer may also be; never followed by default
 * @param annotations annotations, in document order
 * @param data the content itself in base64, embedded by its author, or null
 */
public record Descriptor(
        MediaType mediaType,
        Digest digest,
        long size,
        @Nullable Platform platform,
        List<String> urls,
        Map<String, String> annotations,
        @Nullable String data) {

    /** Copies the collections. */
    public Descriptor {
        urls = List.copyOf(urls);
        annotations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** A descriptor with type, digest and size alone. */
    public Descriptor(MediaType mediaType, Digest digest, long size) {
        this(mediaType, digest, size, null, List.of(), Map.of(), null);
    }

    /** The same without annotations, for keeping: there may be any number of them. */
    public Descriptor withoutAnnotations() {
        return annotations.isEmpty() ? this : new Descriptor(mediaType, digest, size, platform, urls, Map.of(), data);
    }

    /** Reads a descriptor from a manifest, an index or a layout. */
    public static Descriptor of(JsonValue json) throws JsonException {
        long size = json.require("size").asLong();
        if (size < 0) {
            throw json.require("size").complain("is negative");
        }
        String text = json.require("digest").asText();
        if (Digest.check(text) != null) {
            throw json.require("digest").complain("is not a digest: \"" + abbreviate(text) + "\"");
        }
        String mediaType = json.require("mediaType").asText();
        if (mediaType.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw json.require("mediaType").complain("is not a media type"); // it becomes part of a request
        }
        JsonValue platform = json.get("platform");
        Map<String, String> annotations = new LinkedHashMap<>();
        JsonValue annotated = json.get("annotations");
        if (annotated != null) {
            for (Map.Entry<String, JsonValue> entry : annotated.members().entrySet()) {
                annotations.put(entry.getKey(), entry.getValue().asText());
            }
        }
        return new Descriptor(
                new MediaType(mediaType),
                Digest.parse(text),
                size,
                platform == null ? null : Platform.of(platform),
                json.texts("urls"),
                annotations,
                json.text("data"));
    }

    /** Reads an array of descriptors. */
    static List<Descriptor> listOf(JsonValue array) throws JsonException {
        List<Descriptor> descriptors = new ArrayList<>();
        for (JsonValue element : array.elements()) {
            descriptors.add(of(element));
        }
        return descriptors;
    }

    /** The embedded content, when there is some, it is whole and it has the right digest. */
    public Optional<byte[]> embeddedData() {
        if (data == null) {
            return Optional.empty();
        }
        try {
            byte[] content = Base64.getDecoder().decode(data);
            return content.length == size && digest.matches(content) ? Optional.of(content) : Optional.empty();
        } catch (IllegalArgumentException e) {
            // Not base64: as good as absent, because the content can be fetched by its digest.
            return Optional.empty();
        }
    }

    /** Whether it is a build attestation rather than something to run. */
    public boolean isAttestation() {
        return "attestation-manifest".equals(annotations.get("vnd.docker.reference.type"));
    }

    /**
     * A descriptor for content at hand.
     *
     * @throws ReferenceException never, because the digest is computed
     */
    public static Descriptor forContent(MediaType mediaType, byte[] content) {
        return new Descriptor(mediaType, Digest.sha256(content), content.length);
    }

    private static String abbreviate(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
