// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import dev.jpull.error.Remedy;
import java.io.Serializable;
import java.util.List;

/**
 * An attempt and the kind of its failure.
 *
 * @param attempt the attempt, human-readable
 * @param failureClass the kind, which decides the next request
 * @param remedy what to do about it, as a part of the message; empty when there is nothing special to do
 * @param remedies what to do about it, for programs
 */
public record FailedAttempt(Attempt attempt, FailureClass failureClass, String remedy, List<Remedy> remedies)
        implements Serializable {
    /** An attempt that failed without a remedy of its own. */
    public FailedAttempt(Attempt attempt, FailureClass failureClass) {
        this(attempt, failureClass, "", List.of());
    }

    /** An attempt with the remedies of its failure. */
    FailedAttempt(Attempt attempt, HostFailure failure) {
        this(attempt, failure.failureClass(), failure.remedy(), failure.remedies());
    }
}
