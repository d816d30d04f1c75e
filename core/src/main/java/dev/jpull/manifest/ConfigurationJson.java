// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.ImageDetails.Configuration;
import dev.jpull.image.ImageDetails.Step;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads how an image is run and how it was built from its configuration (OCI image-spec, config.md). */
public final class ConfigurationJson {
    private ConfigurationJson() {}

    /**
     * Reads a configuration.
     *
     * @param layers how many layers the manifest has
     * @throws IntegrityException if it is not one
     */
    public static Configuration parse(byte[] content, int layers) {
        try {
            JsonValue json = JsonValue.parse(content);
            JsonValue config = json.get("config");
            return new Configuration(
                    text(json, "created"),
                    text(json, "author"),
                    text(config, "User"),
                    text(config, "WorkingDir"),
                    texts(config, "Entrypoint"),
                    texts(config, "Cmd"),
                    texts(config, "Env"),
                    keys(config, "ExposedPorts"),
                    keys(config, "Volumes"),
                    text(config, "StopSignal"),
                    config == null ? Map.of() : textMap(config, "Labels"),
                    history(json.get("history"), layers));
        } catch (JsonException e) {
            throw new IntegrityException("the image configuration is not usable: " + e.getMessage());
        }
    }

    private static List<Step> history(@Nullable JsonValue array, int layers) throws JsonException {
        if (array == null) {
            return List.of();
        }
        List<JsonValue> elements = array.elements();
        int made = 0;
        for (JsonValue element : elements) {
            made += isEmptyLayer(element) ? 0 : 1;
        }
        List<Step> steps = new ArrayList<>();
        int layer = 0;
        for (JsonValue element : elements) {
            boolean empty = isEmptyLayer(element);
            steps.add(new Step(
                    text(element, "created"),
                    text(element, "created_by"),
                    text(element, "author"),
                    text(element, "comment"),
                    empty,
                    empty || made != layers ? null : Integer.valueOf(layer++)));
        }
        return steps;
    }

    private static boolean isEmptyLayer(JsonValue step) throws JsonException {
        JsonValue empty = step.get("empty_layer");
        return empty != null && Boolean.TRUE.equals(empty.toPlain());
    }

    private static String text(@Nullable JsonValue object, String name) throws JsonException {
        String text = object == null ? null : object.text(name);
        return text == null ? "" : text;
    }

    private static List<String> texts(@Nullable JsonValue object, String name) throws JsonException {
        return object == null ? List.of() : object.texts(name);
    }

    private static List<String> keys(@Nullable JsonValue object, String name) throws JsonException {
        JsonValue member = object == null ? null : object.get(name);
        return member == null ? List.of() : List.copyOf(member.members().keySet());
    }

    private static Map<String, String> textMap(JsonValue object, String name) throws JsonException {
        JsonValue member = object.get(name);
        Map<String, String> texts = new LinkedHashMap<>();
        if (member != null) {
            for (Map.Entry<String, JsonValue> entry : member.members().entrySet()) {
                texts.put(entry.getKey(), entry.getValue().asText());
            }
        }
        return texts;
    }

    /**
     * The annotations of a manifest or index itself; what is no text is left out.
     *
     * @param document a document that was parsed before
     */
    public static Map<String, String> annotations(byte[] document) {
        Map<String, String> texts = new LinkedHashMap<>();
        try {
            JsonValue annotations = JsonValue.parse(document).get("annotations");
            if (annotations != null) {
                annotations.members().forEach((key, value) -> {
                    if (value.toPlain() instanceof String text) {
                        texts.put(key, text);
                    }
                });
            }
        } catch (JsonException e) {
            throw new IntegrityException("the annotations are not usable: " + e.getMessage());
        }
        return texts;
    }
}
