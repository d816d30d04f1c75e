// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure that has a name, a sentence for people and, when hosts were asked, one {@link Attempt} for each of them.
 * Nothing secret is ever part of it. Serializable with its attempts, as long as its causes are.
 */
public abstract sealed class PullException extends RuntimeException
        permits AccessDeniedException,
                ConfigurationException,
                ImageNotFoundException,
                IntegrityException,
                InternalException,
                PullCancelledException,
                ReferenceException,
                RegistryUnavailableException,
                StoreException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    @SuppressWarnings("serial") // an immutable list of the JDK, which is serializable
    private final List<Attempt> attempts;

    PullException(FailureKind kind, String message, @Nullable Throwable cause, List<Attempt> attempts) {
        super(message, cause);
        this.kind = kind;
        this.attempts = List.copyOf(attempts);
    }

    /** The kind of failure. */
    public FailureKind kind() {
        return kind;
    }

    /** What was tried, in order; empty when no host was asked. */
    public List<Attempt> attempts() {
        return attempts;
    }
}
