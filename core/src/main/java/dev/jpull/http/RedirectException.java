// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.Remedy;
import java.io.IOException;
import java.util.List;

/** A redirect that is not followed. */
public final class RedirectException extends IOException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // an immutable list of the JDK, which is serializable
    private final List<Remedy> remedies;

    RedirectException(String message) {
        this(message, List.of());
    }

    RedirectException(String message, List<Remedy> remedies) {
        super(message);
        this.remedies = List.copyOf(remedies);
    }

    /** What to do about it, for programs. */
    List<Remedy> remedies() {
        return remedies;
    }
}
