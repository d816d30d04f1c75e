// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import java.io.Serializable;

/**
 * An attempt and the kind of its failure.
 *
 * @param attempt the attempt, for people
 * @param failureClass the kind, for decisions
 */
public record FailedAttempt(Attempt attempt, FailureClass failureClass) implements Serializable {}
