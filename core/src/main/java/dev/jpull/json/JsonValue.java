// SPDX-License-Identifier: Apache-2.0
package dev.jpull.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A value in a JSON document that somebody else wrote, together with its path in that document, so that every complaint
 * says where. Reading is bounded: nesting to 32 levels, strings to the size of the document, no duplicate keys.
 */
public final class JsonValue {
    private static final int MAX_DEPTH = 32;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(64)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode node;
    private final String path;

    private JsonValue(JsonNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /** Reads a document, whose size the caller has bounded. */
    public static JsonValue parse(byte[] document) throws JsonException {
        try {
            JsonNode node = MAPPER.readTree(document);
            if (node.isMissingNode()) {
                throw new JsonException("the document is empty");
            }
            return new JsonValue(node, "");
        } catch (JacksonException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " (line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")";
            throw new JsonException("not valid JSON: " + e.getOriginalMessage() + where);
        }
    }

    /** Whether the object has this member with a value other than null. */
    public boolean has(String name) {
        JsonNode member = node.get(name);
        return member != null && !member.isNull();
    }

    /** The member, or null when it is absent or null. */
    public @Nullable JsonValue get(String name) throws JsonException {
        requireObject();
        JsonNode member = node.get(name);
        return member == null || member.isNull() ? null : new JsonValue(member, child(name));
    }

    /** The member, which must be there. */
    public JsonValue require(String name) throws JsonException {
        JsonValue member = get(name);
        if (member == null) {
            throw new JsonException("\"" + child(name) + "\" is missing");
        }
        return member;
    }

    /** The text of a member, or null when it is absent. */
    public @Nullable String text(String name) throws JsonException {
        JsonValue member = get(name);
        return member == null ? null : member.asText();
    }

    /** This value as text. */
    public String asText() throws JsonException {
        if (!node.isString()) {
            throw wrongType("a string");
        }
        return node.stringValue();
    }

    /** This value as a whole number that fits a long. */
    public long asLong() throws JsonException {
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw wrongType("a whole number");
        }
        return node.longValue();
    }

    /** The elements of this array. */
    public List<JsonValue> elements() throws JsonException {
        if (!node.isArray()) {
            throw wrongType("an array");
        }
        List<JsonValue> elements = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            elements.add(new JsonValue(node.get(i), path + "[" + i + "]"));
        }
        return elements;
    }

    /** The elements of a member that is an array of strings; empty when it is absent. */
    public List<String> texts(String name) throws JsonException {
        JsonValue member = get(name);
        if (member == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (JsonValue element : member.elements()) {
            texts.add(element.asText());
        }
        return texts;
    }

    /** The members of this object, in document order. */
    public Map<String, JsonValue> members() throws JsonException {
        requireObject();
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            members.put(member.getKey(), new JsonValue(member.getValue(), child(member.getKey())));
        }
        return members;
    }

    /** This value as maps, lists, strings, numbers and booleans, for writing it again. */
    public Object toPlain() {
        return MAPPER.convertValue(node, Object.class);
    }

    /** Writes maps, lists, strings, numbers and booleans as a document. */
    public static byte[] write(Object plain) {
        return MAPPER.writeValueAsBytes(plain);
    }

    /** A complaint about this value. */
    public JsonException complain(String what) {
        return new JsonException((path.isEmpty() ? "the document" : "\"" + path + "\"") + " " + what);
    }

    private void requireObject() throws JsonException {
        if (!node.isObject()) {
            throw wrongType("an object");
        }
    }

    private JsonException wrongType(String wanted) {
        return complain("is not " + wanted);
    }

    private String child(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
