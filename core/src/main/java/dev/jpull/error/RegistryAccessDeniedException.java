// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registry refused access, or credentials would have had to go where they must not. */
public final class RegistryAccessDeniedException extends PullException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     */
    public RegistryAccessDeniedException(String message) {
        this(message, null, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     */
    public RegistryAccessDeniedException(String message, @Nullable Throwable cause) {
        this(message, cause, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     * @param attempts what was tried, in order
     */
    public RegistryAccessDeniedException(String message, @Nullable Throwable cause, List<Attempt> attempts) {
        super(FailureKind.ACCESS_DENIED, message, cause, attempts);
    }
}
