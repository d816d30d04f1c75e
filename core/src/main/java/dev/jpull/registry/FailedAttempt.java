// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import java.io.Serializable;

/**
 * An attempt and the kind of its failure.
 *
 * @param attempt the attempt, human-readable
 * @param failureClass the kind, which decides the next request
 * @param remedy what to do about it; empty when there is nothing special to do
 */
public record FailedAttempt(Attempt attempt, FailureClass failureClass, String remedy) implements Serializable {
    /** An attempt whose failure has no remedy. */
    public FailedAttempt(Attempt attempt, FailureClass failureClass) {
        this(attempt, failureClass, "");
    }
}
