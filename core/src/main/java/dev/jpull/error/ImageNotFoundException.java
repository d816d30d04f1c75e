// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** No host has the image, or the image has no manifest for the platform. */
public final class ImageNotFoundException extends PullException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     */
    public ImageNotFoundException(String message) {
        this(message, null, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     */
    public ImageNotFoundException(String message, @Nullable Throwable cause) {
        this(message, cause, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     * @param attempts what was tried, in order
     */
    public ImageNotFoundException(String message, @Nullable Throwable cause, List<Attempt> attempts) {
        super(FailureKind.NOT_FOUND, message, cause, attempts);
    }
}
