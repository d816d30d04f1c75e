// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Host configuration, certificates or credential files that cannot be used; it is never skipped in silence. */
public final class ConfigurationException extends PullException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the failure of a configuration with several mistakes.
     *
     * @param mistakes a line for each: what is wrong, where, and what to do
     * @param cause what led to it, or null
     */
    public ConfigurationException(List<String> mistakes, @Nullable Throwable cause) {
        super(FailureKind.CONFIGURATION, mistakes, cause, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     */
    public ConfigurationException(String message) {
        this(message, null, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     */
    public ConfigurationException(String message, @Nullable Throwable cause) {
        this(message, cause, List.of());
    }

    /**
     * Creates the failure.
     *
     * @param message one sentence: what failed, where, and what to do
     * @param cause what led to it, or null
     * @param attempts what was tried, in order
     */
    public ConfigurationException(String message, @Nullable Throwable cause, List<Attempt> attempts) {
        super(FailureKind.CONFIGURATION, message, cause, attempts);
    }
}
