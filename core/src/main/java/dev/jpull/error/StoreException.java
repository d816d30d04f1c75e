// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import org.jspecify.annotations.Nullable;

/**
 * The local store cannot be read or written.
 *
 * @since 0.1.0
 */
public final class StoreException extends PullException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with a message: one sentence that says what failed, where, and what to do.
     *
     * @param message one sentence that says what failed, where, and what to do
     */
    public StoreException(String message) {
        this(FailureDetails.of(message));
    }

    /**
     * A failure with a message and its cause.
     *
     * @param message one sentence that says what failed, where, and what to do
     * @param cause what led to it; null when nothing did
     */
    public StoreException(String message, @Nullable Throwable cause) {
        this(FailureDetails.of(message).causedBy(cause));
    }

    /**
     * A failure with all its details.
     *
     * @param details the message, and what belongs to it
     */
    public StoreException(FailureDetails details) {
        super(FailureKind.STORE, details);
    }
}
