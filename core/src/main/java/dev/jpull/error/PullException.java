// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import dev.jpull.text.ForeignText;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A failure that has a name, a sentence for people and, when hosts were asked, one {@link Attempt} for each of them.
 * Nothing secret is ever part of it, and nothing that acts on a terminal: what hosts, images and files have a part in is
 * shown with escapes. Serializable with its attempts, as long as its causes are.
 */
public abstract sealed class PullException extends RuntimeException
        permits RegistryAccessDeniedException,
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
        this(kind, List.of(message), cause, attempts);
    }

    /** A failure that has several things to say, each on a line of its own. */
    PullException(FailureKind kind, List<String> lines, @Nullable Throwable cause, List<Attempt> attempts) {
        super(lines.stream().map(ForeignText::message).collect(Collectors.joining("\n")), cause);
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
