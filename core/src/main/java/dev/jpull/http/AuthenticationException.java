// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.Remedy;
import java.io.IOException;
import java.util.List;

/** The way in that a registry describes cannot be taken: the token server refused, or must not be trusted. */
public final class AuthenticationException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    @SuppressWarnings("serial") // an immutable list of the JDK, which is serializable
    private final List<Remedy> remedies;

    AuthenticationException(String message) {
        this(message, 0, List.of());
    }

    AuthenticationException(String message, int status, List<Remedy> remedies) {
        super(message);
        this.status = status;
        this.remedies = List.copyOf(remedies);
    }

    /** The status of the token server, or 0 when it was not asked or answered well. */
    public int status() {
        return status;
    }

    /** What to do about it, for programs. */
    List<Remedy> remedies() {
        return remedies;
    }
}
