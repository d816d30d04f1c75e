// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pull was cancelled; what was fetched so far is kept for the next one. */
public final class PullCancelledException extends PullException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     */
    public PullCancelledException(String message) {
        this(message, null, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     */
    public PullCancelledException(String message, @Nullable Throwable cause) {
        this(message, cause, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     * @param attempts what was tried, in order
     */
    public PullCancelledException(String message, @Nullable Throwable cause, List<Attempt> attempts) {
        super(FailureKind.CANCELLED, message, cause, attempts);
    }
}
