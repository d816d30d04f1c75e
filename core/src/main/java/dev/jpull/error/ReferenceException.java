// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An image reference, digest or platform that cannot be understood. */
public final class ReferenceException extends PullException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     */
    public ReferenceException(String message) {
        this(message, null, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     */
    public ReferenceException(String message, @Nullable Throwable cause) {
        this(message, cause, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     * @param attempts what was tried, in order
     */
    public ReferenceException(String message, @Nullable Throwable cause, List<Attempt> attempts) {
        super(FailureKind.USAGE, message, cause, attempts);
    }
}
