// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.diagnose.ProbeStep;
import dev.jpull.diagnose.ProbedEndpoint;
import dev.jpull.error.Remedy;
import java.time.Duration;
import java.util.List;

/**
 * How each endpoint of an image answered, step by step. Immutable.
 *
 * @since 0.1.0
 */
public final class ProbeReport {
    private final String name;
    private final List<Endpoint> endpoints;

    ProbeReport(String name, List<ProbedEndpoint> endpoints) {
        this.name = name;
        this.endpoints = endpoints.stream().map(Endpoint::new).toList();
    }

    /** {@return the complete reference} */
    public String name() {
        return name;
    }

    /** {@return the endpoints in the order of the configuration, which is the order of a pull} */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /** {@return whether a pull would work: one endpoint resolves the reference, and one serves the content} */
    public boolean isPullable() {
        boolean byDigest = name.contains("@");
        return (byDigest || anyPassed("tag")) && anyPassed("digest") && anyPassed("blob");
    }

    private boolean anyPassed(String step) {
        return endpoints.stream().anyMatch(endpoint -> endpoint.passed(step));
    }

    @Override
    public String toString() {
        return "ProbeReport[name=" + name + ", endpoints=" + endpoints + "]";
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
        SKIPPED;

        private static Outcome of(ProbeStep.Outcome outcome) {
            return switch (outcome) {
                case OK -> OK;
                case WARNING -> WARNING;
                case FAILED -> FAILED;
                case SKIPPED -> SKIPPED;
            };
        }
    }

    /** A step. Immutable. */
    public static final class Step {
        private final ProbeStep step;

        private Step(ProbeStep step) {
            this.step = step;
        }

        /**
         * {@return one of {@code asked}, {@code dns}, {@code tcp}, {@code tls}, {@code api}, {@code tag}, {@code digest} and {@code
         * blob}}
         */
        public String name() {
            return step.name();
        }

        /** {@return how it ended} */
        public Outcome outcome() {
            return Outcome.of(step.outcome());
        }

        /** {@return what was seen, on one line} */
        public String detail() {
            return step.detail();
        }

        /** {@return what to do about it; empty when there is nothing to do} */
        public String remedy() {
            return step.remedy();
        }

        /** {@return the same for programs, as far as there are codes} */
        public List<Remedy> remedies() {
            return step.remedies();
        }

        /** {@return how long it took; zero for a step that was not tried} */
        public Duration elapsed() {
            return step.elapsed();
        }

        @Override
        public String toString() {
            return step.toString();
        }
    }

    /** An endpoint. Immutable. */
    public static final class Endpoint {
        private final ConfiguredHost host;
        private final List<Step> steps;

        private Endpoint(ProbedEndpoint endpoint) {
            this.host = new ConfiguredHost(endpoint.host());
            this.steps = endpoint.steps().stream().map(Step::new).toList();
        }

        /** {@return the host with its settings} */
        public ConfiguredHost host() {
            return host;
        }

        /** {@return the steps in order} */
        public List<Step> steps() {
            return steps;
        }

        /** {@return whether a step failed} */
        public boolean failed() {
            return steps.stream().anyMatch(step -> step.outcome() == Outcome.FAILED);
        }

        private boolean passed(String name) {
            return steps.stream()
                    .filter(step -> step.name().equals(name))
                    .anyMatch(step -> step.outcome() == Outcome.OK || step.outcome() == Outcome.WARNING);
        }

        @Override
        public String toString() {
            return host + " " + steps;
        }
    }
}
