// SPDX-License-Identifier: Apache-2.0
package dev.jpull.json;

import dev.jpull.text.ForeignText;

/** A document that is not JSON, or not of the shape that was expected. The message says where in the document. */
public final class JsonException extends Exception {
    private static final long serialVersionUID = 1L;

    JsonException(String message) {
        super(ForeignText.line(message));
    }
}
