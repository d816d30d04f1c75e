// SPDX-License-Identifier: Apache-2.0
package dev.jpull.json;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a JSON file in which the places of values matter, because mistakes are reported with them. Bounded as {@link JsonValue}
 * is.
 */
public final class JsonFile {
    private static final int MAX_DEPTH = 32;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(64)
                    .build())
            .build();

    private final JsonParser parser;
    private int nodes;

    private JsonFile(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads a text; the caller has bounded its size.
     *
     * @return the document, or null when there is nothing but blanks
     * @throws JsonException if it is no JSON, or beyond the limits; says where
     */
    public static @Nullable JsonNode read(String text) throws JsonException {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                return null;
            }
            JsonNode document = new JsonFile(parser).node();
            if (parser.nextToken() != null) {
                throw failure("something follows the end of the document", parser.currentTokenLocation());
            }
            return document;
        } catch (JacksonException e) {
            throw failure("not valid JSON: " + e.getOriginalMessage(), e.getLocation());
        }
    }

    private static JsonException failure(String message, @Nullable TokenStreamLocation location) {
        return location == null
                ? new JsonException(message)
                : new JsonException(message, location.getLineNr(), location.getColumnNr());
    }

    /** The value that begins with the current token. */
    private JsonNode node() throws JsonException {
        TokenStreamLocation start = parser.currentTokenLocation();
        if (++nodes > JsonValue.MAX_VALUES) {
            throw failure("the document has more than " + JsonValue.MAX_VALUES + " values", start);
        }
        int line = start.getLineNr();
        int column = start.getColumnNr();
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                List<JsonNode.Member> members = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    TokenStreamLocation name = parser.currentTokenLocation();
                    String text = parser.currentName();
                    parser.nextToken();
                    members.add(new JsonNode.Member(name.getLineNr(), name.getColumnNr(), text, node()));
                }
                yield new JsonNode.Members(line, column, members);
            }
            case START_ARRAY -> {
                List<JsonNode> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(node());
                }
                yield new JsonNode.Array(line, column, items);
            }
            case VALUE_STRING -> new JsonNode.Text(line, column, parser.getString());
            default -> new JsonNode.Literal(line, column, parser.getString());
        };
    }
}
