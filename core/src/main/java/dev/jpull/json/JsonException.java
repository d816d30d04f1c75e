// SPDX-License-Identifier: Apache-2.0
package dev.jpull.json;

import dev.jpull.text.ForeignText;

/** A document that is not JSON, or not of the shape that was expected. The message says where in the document. */
public final class JsonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    JsonException(String message) {
        this(message, 0, 0);
    }

    JsonException(String message, int line, int column) {
        super(ForeignText.line(message));
        this.line = line;
        this.column = column;
    }

    /** The line, from 1; 0 when the message says where, or the whole document is meant. */
    public int line() {
        return line;
    }

    /** The column, from 1, or 0. */
    public int column() {
        return column;
    }
}
