// SPDX-License-Identifier: Apache-2.0
package dev.jpull.json;

import java.util.List;

/** A part of a JSON document with its position: line and column, from 1. */
public sealed interface JsonNode {
    /** The line on which it begins. */
    int line();

    /** The column at which it begins. */
    int column();

    /** A string. */
    record Text(int line, int column, String text) implements JsonNode {}

    /** A number, {@code true}, {@code false} or {@code null}, as it is written. */
    record Literal(int line, int column, String text) implements JsonNode {
        /** Whether it says that there is no value. */
        public boolean isNull() {
            return text.equals("null");
        }
    }

    /** An array. */
    record Array(int line, int column, List<JsonNode> items) implements JsonNode {
        /** Copies the list. */
        public Array {
            items = List.copyOf(items);
        }
    }

    /** An object, with its members in the order of the document; a name may be there more than once. */
    record Members(int line, int column, List<Member> members) implements JsonNode {
        /** Copies the list. */
        public Members {
            members = List.copyOf(members);
        }
    }

    /**
     * A name and its value.
     *
     * @param line the line of the name
     * @param column the column of the name
     */
    record Member(int line, int column, String name, JsonNode value) {}
}
