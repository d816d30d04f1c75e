// SPDX-License-Identifier: Apache-2.0
package dev.jpull.diagnose;

import dev.jpull.error.Remedy;
import dev.jpull.text.ForeignText;
import java.time.Duration;
import java.util.List;

/**
 * One step of probing an endpoint.
 *
 * @param name {@code asked}, {@code dns}, {@code tcp}, {@code tls}, {@code api}, {@code tag}, {@code digest} or
 *     {@code blob}
 * @param outcome how it ended
 * @param detail what was seen
 * @param remedy what to do about it; empty when there is nothing to do
 * @param remedies the same for programs, as far as there are codes
 * @param elapsed how long it took
 */
public record ProbeStep(
        String name, Outcome outcome, String detail, String remedy, List<Remedy> remedies, Duration elapsed) {
    /** Makes text from a host harmless. */
    public ProbeStep {
        detail = ForeignText.message(detail);
        remedy = ForeignText.message(remedy);
        remedies = List.copyOf(remedies);
    }

    /** How a step ended. */
    public enum Outcome {
        /** As expected. */
        OK,
        /** A pull works, but slower or less safely than it could. */
        WARNING,
        /** A pull from this endpoint fails here. */
        FAILED,
        /** Not tried, because of an earlier step. */
        SKIPPED
    }
}
