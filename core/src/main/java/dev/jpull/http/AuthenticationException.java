// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;

/** The way in that a registry describes cannot be taken: the token server refused, or must not be trusted. */
public final class AuthenticationException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    AuthenticationException(String message) {
        this(message, 0);
    }

    AuthenticationException(String message, int status) {
        super(message);
        this.status = status;
    }

    /** The status of the token server, or 0 when it was not asked or answered well. */
    public int status() {
        return status;
    }
}
