// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import java.io.Serializable;

/**
 * An attempt and the kind of its failure.
 *
 * @param attempt the attempt, for people
 * @param failureClass the kind, for decisions
 * @param remedy what to do about it; empty when there is nothing special to do
 */
public record FailedAttempt(Attempt attempt, FailureClass failureClass, String remedy) implements Serializable {
    /** An attempt whose failure has no remedy of its own. */
    public FailedAttempt(Attempt attempt, FailureClass failureClass) {
        this(attempt, failureClass, "");
    }
}
