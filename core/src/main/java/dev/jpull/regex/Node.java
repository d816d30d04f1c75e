// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

import java.util.List;

/** A part of a regular expression. */
sealed interface Node {
    /** Whether it can match the empty text. */
    boolean matchesNothing();

    /** One character of a set. */
    record Characters(AsciiSet set) implements Node {
        @Override
        public boolean matchesNothing() {
            return false;
        }
    }

    /** A place between characters. */
    record Place(Boundary boundary) implements Node {
        @Override
        public boolean matchesNothing() {
            return true;
        }
    }

    /** A group that captures; the first one has the number 1. */
    record Group(int number, Node content) implements Node {
        @Override
        public boolean matchesNothing() {
            return content.matchesNothing();
        }
    }

    /** One after the other; the empty text when there are none. */
    record Sequence(List<Node> parts) implements Node {
        @Override
        public boolean matchesNothing() {
            return parts.stream().allMatch(Node::matchesNothing);
        }
    }

    /** The first that matches. */
    record Alternatives(List<Node> choices) implements Node {
        @Override
        public boolean matchesNothing() {
            return choices.stream().anyMatch(Node::matchesNothing);
        }
    }

    /**
     * The same several times.
     *
     * @param max the largest number, or {@link #UNLIMITED}
     * @param greedy whether more are tried before fewer
     */
    record Repeat(Node content, int min, int max, boolean greedy) implements Node {
        static final int UNLIMITED = -1;

        @Override
        public boolean matchesNothing() {
            return min == 0 || content.matchesNothing();
        }
    }
}
