// SPDX-License-Identifier: Apache-2.0
package dev.jpull.yaml;

import dev.jpull.finding.SourcePosition;
import java.util.List;

/** A part of a YAML document with its position. An alias is the node that it stands for. */
public sealed interface YamlNode {
    /** Where it begins. */
    SourcePosition position();

    /**
     * A text.
     *
     * @param quoted whether it is quoted or a block: {@code "true"} is a text, {@code true} a truth value
     */
    record Scalar(SourcePosition position, String text, boolean quoted) implements YamlNode {
        /** Whether it says that there is no value. */
        public boolean isNull() {
            return !quoted && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    /** A list of nodes. */
    record Sequence(SourcePosition position, List<YamlNode> items) implements YamlNode {}

    /** Keys with their values, in the order of the document. */
    record Mapping(SourcePosition position, List<Member> members) implements YamlNode {}

    /** A key with its value. */
    record Member(Scalar key, YamlNode value) {}
}
