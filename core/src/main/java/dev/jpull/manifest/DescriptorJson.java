// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.image.Platform;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads descriptors and platforms from JSON (OCI image-spec, descriptor.md and image-index.md). */
public final class DescriptorJson {
    private DescriptorJson() {}

    /**
     * Reads a descriptor from a manifest, an index or a layout.
     *
     * @throws JsonException if a field is missing or has a value that it must not have
     */
    public static Descriptor descriptor(JsonValue json) throws JsonException {
        long size = json.require("size").asLong();
        if (size < 0) {
            throw json.require("size").invalid("is negative");
        }
        String text = json.require("digest").asText();
        if (Digest.check(text) != null) {
            throw json.require("digest").invalid("is not a digest: \"" + abbreviate(text) + "\"");
        }
        String mediaType = json.require("mediaType").asText();
        if (mediaType.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw json.require("mediaType").invalid("is not a media type"); // it becomes part of a request
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
                platform == null ? null : platform(platform),
                json.texts("urls"),
                annotations,
                json.text("data"));
    }

    /** Reads an array of descriptors. */
    static List<Descriptor> descriptors(JsonValue array) throws JsonException {
        List<Descriptor> descriptors = new ArrayList<>();
        for (JsonValue element : array.elements()) {
            descriptors.add(descriptor(element));
        }
        return descriptors;
    }

    /** Reads a platform from an index entry or from an image configuration. */
    static Platform platform(JsonValue json) throws JsonException {
        return new Platform(
                orEmpty(json, "os"),
                orEmpty(json, "architecture"),
                orEmpty(json, "variant"),
                orEmpty(json, "os.version"),
                json.texts("os.features"));
    }

    private static String orEmpty(JsonValue json, String name) throws JsonException {
        String text = json.text(name);
        return text == null ? "" : text;
    }

    private static String abbreviate(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
