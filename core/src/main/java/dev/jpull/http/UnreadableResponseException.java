// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.text.ForeignText;
import java.net.ProtocolException;

/** A host sent something that is no HTTP answer, or one that no part of the HTTP stack can read. */
public final class UnreadableResponseException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    UnreadableResponseException(String message) {
        super(message);
    }

    /** The reader of the answer gave up in a way of its own. */
    UnreadableResponseException(Throwable cause) {
        super("the answer cannot be read: "
                + ForeignText.line(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()));
        initCause(cause);
    }
}
