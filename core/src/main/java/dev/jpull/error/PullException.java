// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import dev.jpull.text.ForeignText;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A failure with a kind, a human-readable sentence, one {@link Attempt} for each request that led to it, and remedies. Contains no
 * secrets and no control characters: what hosts, images and files contribute is escaped. Serializable with its attempts if its
 * causes are serializable.
 *
 * <p>Later versions may add kinds of failure, each with its type, so that a {@code switch} over the types needs a {@code default}
 * branch.
 *
 * @since 0.1.0
 */
public abstract sealed class PullException extends RuntimeException
        permits ConfigurationException,
                ImageNotFoundException,
                IntegrityException,
                InternalException,
                LockException,
                PullCancelledException,
                ReferenceException,
                RegistryAccessDeniedException,
                RegistryUnavailableException,
                StoreException {
    private static final long serialVersionUID = 1L;

    /** The kind of the failure. */
    private final FailureKind kind;

    /** The requests that were made. */
    @SuppressWarnings("serial") // an immutable list of the JDK, which is serializable
    private final List<Attempt> attempts;

    /** What can be done. */
    @SuppressWarnings("serial") // an immutable list of the JDK, which is serializable
    private final List<Remedy> remedies;

    PullException(FailureKind kind, FailureDetails details) {
        super(details.lines().stream().map(ForeignText::message).collect(Collectors.joining("\n")), details.cause());
        this.kind = kind;
        this.attempts = details.attempts();
        this.remedies = details.remedies();
    }

    /**
     * {@return a failure of a kind; the kind decides the type of the exception}
     *
     * @param kind the kind of the failure
     * @param details the message, and what belongs to it
     */
    public static PullException of(FailureKind kind, FailureDetails details) {
        return switch (kind) {
            case ACCESS_DENIED -> new RegistryAccessDeniedException(details);
            case CONFIGURATION -> new ConfigurationException(details);
            case NOT_FOUND -> new ImageNotFoundException(details);
            case INTEGRITY -> new IntegrityException(details);
            case CANCELLED -> new PullCancelledException(details);
            case USAGE -> new ReferenceException(details);
            case UNAVAILABLE -> new RegistryUnavailableException(details);
            case STORE -> new StoreException(details);
            case LOCK -> new LockException(details);
            case INTERNAL -> new InternalException(details);
        };
    }

    /** {@return the kind of failure} */
    public FailureKind kind() {
        return kind;
    }

    /** {@return the requests that were made, in order; empty when no host was asked} */
    public List<Attempt> attempts() {
        return attempts;
    }

    /** {@return what can be done about the failure, the most useful first; empty when the message says everything} */
    public List<Remedy> remedies() {
        return remedies;
    }
}
