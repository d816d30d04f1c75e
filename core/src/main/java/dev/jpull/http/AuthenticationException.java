// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;

/** The way in that a registry describes cannot be taken: the token server refused, or must not be trusted. */
public final class AuthenticationException extends IOException {
    private static final long serialVersionUID = 1L;

    AuthenticationException(String message) {
        super(message);
    }
}
