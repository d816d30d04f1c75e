// SPDX-License-Identifier: Apache-2.0
package dev.jpull.vectors;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What jpull made of a vector, in the terms of its expectation.
 *
 * @param actual what came out
 * @param findings the codes of the findings that were reported
 */
public record Outcome(ObjectNode actual, List<String> findings) {
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Starts an outcome. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** An outcome without findings. */
    public static Outcome of(ObjectNode actual) {
        return new Outcome(actual, List.of());
    }

    /** A failure of a kind. */
    public static Outcome error(String kind) {
        return of(object().put("error", kind));
    }

    /** A failure. */
    public static Outcome error() {
        return of(object().put("error", true));
    }

    /** The texts in an array. */
    public static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        if (array != null) {
            array.forEach(element -> texts.add(element.stringValue()));
        }
        return texts;
    }

    /** An array of texts. */
    public static ArrayNode array(Iterable<?> texts) {
        ArrayNode array = MAPPER.createArrayNode();
        texts.forEach(text -> array.add(String.valueOf(text)));
        return array;
    }

    /** A text in an object, or a default. */
    public static String text(JsonNode object, String name, String otherwise) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? otherwise : value.stringValue();
    }

    /** A flag in an object; false when it is absent. */
    public static boolean flag(JsonNode object, String name) {
        JsonNode value = object.get(name);
        return value != null && value.booleanValue();
    }

    /** Whether the outcome is a failure. */
    public boolean failed() {
        return actual.has("error");
    }
}
