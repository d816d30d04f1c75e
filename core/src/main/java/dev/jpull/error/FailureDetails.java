// SPDX-License-Identifier: Apache-2.0
package dev.jpull.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The details of a failure. Immutable; the methods return changed copies.
 *
 * @param lines the message: one sentence, or one line for each mistake
 * @param cause what led to the failure, or null
 * @param attempts the requests that were made, in order
 * @param remedies what can be done about the failure, the most useful first
 * @since 0.1.0
 */
public record FailureDetails(
        List<String> lines, @Nullable Throwable cause, List<Attempt> attempts, List<Remedy> remedies) {
    /** Copies the lists. */
    public FailureDetails {
        lines = List.copyOf(lines);
        attempts = List.copyOf(attempts);
        remedies = remedies.stream().distinct().toList();
    }

    /**
     * Details that are a message of one sentence.
     *
     * @param message one sentence that says what failed, where, and what to do
     * @return details without attempts and remedies
     */
    public static FailureDetails of(String message) {
        return new FailureDetails(List.of(message), null, List.of(), List.of());
    }

    /**
     * {@return the same with a cause, or without one when it is null}
     *
     * @param other the cause, or null
     */
    public FailureDetails causedBy(@Nullable Throwable other) {
        return new FailureDetails(lines, other, attempts, remedies);
    }

    /**
     * {@return the same with the requests that were made, in order}
     *
     * @param others the requests
     */
    public FailureDetails after(List<Attempt> others) {
        return new FailureDetails(lines, cause, others, remedies);
    }

    /**
     * {@return the same with what can be done about the failure}
     *
     * @param others what can be done
     */
    public FailureDetails withRemedies(List<Remedy> others) {
        return new FailureDetails(lines, cause, attempts, others);
    }

    /**
     * {@return the same with one thing that can be done about the failure}
     *
     * @param remedy what can be done
     */
    public FailureDetails with(Remedy remedy) {
        return withRemedies(List.of(remedy));
    }
}
