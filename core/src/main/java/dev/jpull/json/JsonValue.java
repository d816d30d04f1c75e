// SPDX-License-Identifier: Apache-2.0
package dev.jpull.json;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * A value in a JSON document of another program, together with its path in that document, so that every error
 * names the path. Reading is bounded: nesting to 32 levels, 200,000 values, strings to the size of the document, no duplicate keys. Read and
 * written token by token: binding to objects would need more time to set up than a small pull has for all its documents.
 */
public final class JsonValue {
    private static final int MAX_DEPTH = 32;
    /** The largest number of values in a document: a value takes up to 200 bytes of memory, and two bytes of a document. */
    public static final int MAX_VALUES = 200_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(64)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** A number that is not whole, as it was written: nothing needs its value, which may not fit any type. */
    private record Fraction(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** A map, a list, a string, a number, a boolean or null. */
    private final @Nullable Object value;

    private final String path;

    private JsonValue(@Nullable Object value, String path) {
        this.value = value;
        this.path = path;
    }

    /** Reads a document; the caller has bounded its size. */
    public static JsonValue parse(byte[] document) throws JsonException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), document)) {
            if (parser.nextToken() == null) {
                throw new JsonException("the document is empty");
            }
            Object value = new Reading(parser).next();
            if (parser.nextToken() != null) {
                throw new JsonException("not valid JSON: something follows the end of the document"
                        + where(parser.currentTokenLocation()));
            }
            return new JsonValue(value, "");
        } catch (JacksonException e) {
            throw new JsonException("not valid JSON: " + e.getOriginalMessage() + where(e.getLocation()));
        }
    }

    private static String where(@Nullable TokenStreamLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    /** Reads a document from its first token. */
    private static final class Reading {
        private final JsonParser parser;
        private int values;

        Reading(JsonParser parser) {
            this.parser = parser;
        }

        /** The value that begins with the current token. */
        @Nullable
        Object next() throws JsonException {
            if (++values > MAX_VALUES) {
                throw new JsonException("the document has more than " + MAX_VALUES + " values");
            }
            return switch (parser.currentToken()) {
                case START_OBJECT -> {
                    Map<String, @Nullable Object> members = new LinkedHashMap<>();
                    while (parser.nextToken() != JsonToken.END_OBJECT) {
                        String name = parser.currentName();
                        parser.nextToken();
                        members.put(name, next());
                    }
                    yield members;
                }
                case START_ARRAY -> {
                    List<@Nullable Object> elements = new ArrayList<>();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        elements.add(next());
                    }
                    yield elements;
                }
                case VALUE_NUMBER_INT -> parser.getNumberValue();
                case VALUE_NUMBER_FLOAT -> new Fraction(parser.getString());
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                case VALUE_NULL -> null;
                default -> parser.getString();
            };
        }
    }

    /** Whether the object has this member with a value other than null. */
    public boolean has(String name) {
        return value instanceof Map<?, ?> members && members.get(name) != null;
    }

    /** The member, or null when it is absent or null. */
    public @Nullable JsonValue get(String name) throws JsonException {
        Object member = object().get(name);
        return member == null ? null : new JsonValue(member, child(name));
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
        if (value instanceof String text) {
            return text;
        }
        throw wrongType("a string");
    }

    /** This value as a whole number that fits a long. */
    public long asLong() throws JsonException {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw wrongType("a whole number");
    }

    /** The elements of this array. */
    public List<JsonValue> elements() throws JsonException {
        if (!(value instanceof List<?> list)) {
            throw wrongType("an array");
        }
        List<JsonValue> elements = new ArrayList<>(list.size());
        for (Object element : list) {
            elements.add(new JsonValue(element, path + "[" + elements.size() + "]"));
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
        Map<String, JsonValue> members = new LinkedHashMap<>();
        object().forEach((name, member) -> members.put((String) name, new JsonValue(member, child((String) name))));
        return members;
    }

    /** This value as maps, lists, strings, numbers and booleans, for writing it again. */
    public @Nullable Object toPlain() {
        return value;
    }

    /** How many values a document has that is written from this, each map and list counted as one and with what it holds. */
    public static int count(@Nullable Object plain) {
        int count = 1;
        if (plain instanceof Map<?, ?> members) {
            for (Object member : members.values()) {
                count += count(member);
            }
        } else if (plain instanceof Iterable<?> elements) {
            for (Object element : elements) {
                count += count(element);
            }
        }
        return count;
    }

    /** Writes maps, lists, strings, numbers and booleans as a document. */
    public static byte[] write(Object plain) {
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), document)) {
            write(plain, generator);
        }
        return document.toByteArray();
    }

    private static void write(@Nullable Object plain, JsonGenerator generator) {
        if (plain instanceof Map<?, ?> members) {
            generator.writeStartObject();
            members.forEach((name, member) -> {
                generator.writeName(String.valueOf(name));
                write(member, generator);
            });
            generator.writeEndObject();
        } else if (plain instanceof Iterable<?> elements) {
            generator.writeStartArray();
            elements.forEach(element -> write(element, generator));
            generator.writeEndArray();
        } else if (plain instanceof Integer || plain instanceof Long) {
            generator.writeNumber(((Number) plain).longValue());
        } else if (plain instanceof BigInteger number) {
            generator.writeNumber(number);
        } else if (plain instanceof Fraction number) {
            generator.writeNumber(number.text());
        } else if (plain instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (plain == null) {
            generator.writeNull();
        } else if (plain instanceof String text) {
            generator.writeString(text);
        } else {
            throw new IllegalArgumentException(
                    "no JSON for a " + plain.getClass().getName());
        }
    }

    /** An error about this value. */
    public JsonException invalid(String what) {
        return new JsonException((path.isEmpty() ? "the document" : "\"" + path + "\"") + " " + what);
    }

    private Map<?, ?> object() throws JsonException {
        if (value instanceof Map<?, ?> members) {
            return members;
        }
        throw wrongType("an object");
    }

    private JsonException wrongType(String wanted) {
        return invalid("is not " + wanted);
    }

    private String child(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
