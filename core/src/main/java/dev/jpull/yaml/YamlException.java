// SPDX-License-Identifier: Apache-2.0
package dev.jpull.yaml;

/** A document that is not YAML, or beyond the limits. */
public final class YamlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient YamlMistake mistake;

    YamlException(YamlMistake mistake) {
        super(mistake.position() + ": " + mistake.message());
        this.mistake = mistake;
    }

    /** What is wrong, and where. */
    public YamlMistake mistake() {
        return mistake;
    }
}
