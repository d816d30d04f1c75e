// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageConfig.Execution;
import dev.jpull.image.ImageConfig.Healthcheck;
import dev.jpull.image.ImageConfig.Step;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration of an image in full (OCI image-spec, config.md). As in Go, in which its readers are written, null stands
 * for what is empty; and as docker does, a command may be one text.
 */
public final class ConfigJson {
    private ConfigJson() {}

    /**
     * Reads a configuration.
     *
     * @param content the bytes; the caller has bounded their number
     * @param layers how many layers the manifest has
     * @throws IntegrityException if it is not one
     */
    public static ImageConfig parse(byte[] content, int layers) {
        try {
            JsonValue json = JsonValue.parse(content);
            LayerConfig basics = LayerConfig.of(json);
            return new ImageConfig(
                    basics.platform(),
                    text(json, "created"),
                    text(json, "author"),
                    execution(json.get("config")),
                    basics.diffIds(),
                    history(json.get("history"), layers));
        } catch (JsonException e) {
            throw new IntegrityException("the image configuration is not usable: " + e.getMessage());
        }
    }

    private static Execution execution(@Nullable JsonValue config) throws JsonException {
        return new Execution(
                text(config, "User"),
                text(config, "WorkingDir"),
                words(config, "Entrypoint"),
                words(config, "Cmd"),
                texts(config, "Env"),
                keys(config, "ExposedPorts"),
                keys(config, "Volumes"),
                text(config, "StopSignal"),
                labels(config),
                healthcheck(config),
                words(config, "Shell"),
                texts(config, "OnBuild"));
    }

    private static @Nullable Healthcheck healthcheck(@Nullable JsonValue config) throws JsonException {
        JsonValue check = config == null ? null : config.get("Healthcheck");
        return check == null
                ? null
                : new Healthcheck(
                        words(check, "Test"),
                        Duration.ofNanos(number(check, "Interval")),
                        Duration.ofNanos(number(check, "Timeout")),
                        Duration.ofNanos(number(check, "StartPeriod")),
                        Duration.ofNanos(number(check, "StartInterval")),
                        number(check, "Retries"));
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

    private static long number(JsonValue object, String name) throws JsonException {
        JsonValue number = object.get(name);
        return number == null ? 0 : number.asLong();
    }

    /** A list of texts, or one text. */
    private static List<String> words(@Nullable JsonValue object, String name) throws JsonException {
        JsonValue member = object == null ? null : object.get(name);
        return member != null && member.toPlain() instanceof String text ? List.of(text) : texts(object, name);
    }

    private static List<String> texts(@Nullable JsonValue object, String name) throws JsonException {
        JsonValue member = object == null ? null : object.get(name);
        List<String> texts = new ArrayList<>();
        for (JsonValue element : member == null ? List.<JsonValue>of() : member.elements()) {
            texts.add(textOrNull(element));
        }
        return texts;
    }

    private static List<String> keys(@Nullable JsonValue object, String name) throws JsonException {
        JsonValue member = object == null ? null : object.get(name);
        return member == null ? List.of() : List.copyOf(member.members().keySet());
    }

    private static Map<String, String> labels(@Nullable JsonValue config) throws JsonException {
        JsonValue member = config == null ? null : config.get("Labels");
        Map<String, String> labels = new LinkedHashMap<>();
        if (member != null) {
            for (Map.Entry<String, JsonValue> entry : member.members().entrySet()) {
                labels.put(entry.getKey(), textOrNull(entry.getValue()));
            }
        }
        return labels;
    }

    private static String textOrNull(JsonValue value) throws JsonException {
        return value.toPlain() == null ? "" : value.asText();
    }
}
