// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.hosts.RegistryHost;
import dev.jpull.text.ForeignText;
import java.time.Duration;
import java.util.List;

/**
 * How each endpoint of an image answered, step by step.
 *
 * @param name the reference in full
 * @param endpoints the endpoints, in the order in which a pull asks them
 */
public record ProbeReport(String name, List<Endpoint> endpoints) {
    /** Copies the list. */
    public ProbeReport {
        endpoints = List.copyOf(endpoints);
    }

    /** How a step ended. */
    public enum Outcome {
        /** As it should be. */
        OK,
        /** A pull works, but not as well as it could. */
        WARNING,
        /** A pull from this endpoint fails here. */
        FAILED,
        /** Not tried, because of what was before. */
        SKIPPED
    }

    /**
     * A step.
     *
     * @param name {@code asked}, {@code dns}, {@code tcp}, {@code tls}, {@code api}, {@code tag}, {@code digest} or
     *     {@code blob}
     * @param outcome how it ended
     * @param detail what was seen
     * @param remedy what to do about it; empty when there is nothing to do
     * @param elapsed how long it took
     */
    public record Step(String name, Outcome outcome, String detail, String remedy, Duration elapsed) {
        /** Makes harmless what a host has a part in. */
        public Step {
            detail = ForeignText.message(detail);
            remedy = ForeignText.message(remedy);
        }
    }

    /**
     * An endpoint.
     *
     * @param host the host with its settings
     * @param steps the steps in order
     */
    public record Endpoint(RegistryHost host, List<Step> steps) {
        /** Copies the list. */
        public Endpoint {
            steps = List.copyOf(steps);
        }

        /** Whether a step failed. */
        public boolean failed() {
            return steps.stream().anyMatch(step -> step.outcome() == Outcome.FAILED);
        }

        /** The step of this name that went well. */
        boolean passed(String step) {
            return steps.stream()
                    .anyMatch(each -> each.name().equals(step)
                            && (each.outcome() == Outcome.OK || each.outcome() == Outcome.WARNING));
        }
    }

    /** Whether a pull would work: somebody knows what the reference stands for, and somebody has the content. */
    public boolean isPullable() {
        boolean byDigest = name.contains("@");
        return endpoints.stream().anyMatch(endpoint -> byDigest || endpoint.passed("tag"))
                && endpoints.stream().anyMatch(endpoint -> endpoint.passed("digest"))
                && endpoints.stream().anyMatch(endpoint -> endpoint.passed("blob"));
    }
}
