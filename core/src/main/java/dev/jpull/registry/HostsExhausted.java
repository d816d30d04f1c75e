// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.FailureKind;
import dev.jpull.error.PullException;
import java.util.List;

/** All hosts failed. */
public final class HostsExhausted extends Exception {
    private static final long serialVersionUID = 1L;

    private final Phase phase;

    @SuppressWarnings("serial") // an immutable list of the JDK, which is serializable
    private final List<FailedAttempt> failures;

    /**
     * All hosts failed.
     *
     * @param phase what was wanted
     * @param failures what was tried, in order
     */
    public HostsExhausted(Phase phase, List<FailedAttempt> failures) {
        super(phase.label());
        this.phase = phase;
        this.failures = List.copyOf(failures);
    }

    /** What was tried, in order. */
    public List<FailedAttempt> failures() {
        return failures;
    }

    /** The failure to report: the first of the highest rank (docs/containerd.md section 6). */
    public FailedAttempt decisive() {
        FailedAttempt best = failures.get(0);
        for (FailedAttempt failure : failures) {
            if (rank(failure.failureClass()) > rank(best.failureClass())) {
                best = failure;
            }
        }
        return best;
    }

    /** Whether every host that answered said that it does not have the content. */
    public boolean isNotFound() {
        return failures.isEmpty() || decisive().failureClass() == FailureClass.NOT_FOUND;
    }

    /**
     * The failure as the caller of a pull gets to see it.
     *
     * @param what the content that is missing, human-readable: "the manifest of docker.io/library/busybox:latest"
     */
    public PullException toPullException(String what) {
        FailureDetails details = FailureDetails.of(message(what))
                .causedBy(this)
                .after(failures.stream().map(FailedAttempt::attempt).toList())
                .withRemedies(failures.stream()
                        .flatMap(failure -> failure.remedies().stream())
                        .toList());
        return PullException.of(
                failures.isEmpty() ? FailureKind.NOT_FOUND : kind(decisive().failureClass()), details);
    }

    private static FailureKind kind(FailureClass failureClass) {
        return switch (failureClass) {
            case NOT_FOUND -> FailureKind.NOT_FOUND;
            case DENIED -> FailureKind.ACCESS_DENIED;
            case MALFORMED -> FailureKind.INTEGRITY;
            case THROTTLED, SERVER_ERROR, REJECTED, UNREACHABLE, TRANSPORT, SLOW -> FailureKind.UNAVAILABLE;
        };
    }

    private String message(String what) {
        if (failures.isEmpty()) {
            return "no configured host may be asked for " + what + ": give one of them the capability in hosts.toml";
        }
        FailedAttempt decisive = decisive();
        String where = decisive.attempt().host() + ": " + decisive.attempt().reason();
        return switch (kind(decisive.failureClass())) {
            case NOT_FOUND ->
                what + " was not found: check the name" + (phase == Phase.TAGS ? " of the repository" : " and the tag");
            case ACCESS_DENIED ->
                "access to " + what + " was denied by " + where
                        + (decisive.remedy().isEmpty() ? ": " : ": " + decisive.remedy() + ", and ")
                        + "check that the image exists";
            case INTEGRITY -> what + " cannot be used as it was served by " + where;
            default -> what + " could not be fetched from any host; " + where;
        };
    }

    private int rank(FailureClass failureClass) {
        return switch (failureClass) {
            // For content, a host that could not be asked may well have had it (Q-FETCH-2). For a tag or a list, the
            // answer of a host
            // counts more than the silence of a mirror.
            case NOT_FOUND -> phase == Phase.MANIFEST || phase == Phase.BLOB ? 0 : 2;
            case UNREACHABLE, TRANSPORT -> 1;
            // It says why the pull gave up; the others were left behind before.
            case SLOW -> 2;
            case DENIED, THROTTLED, SERVER_ERROR, REJECTED -> 3;
            case MALFORMED -> 4;
        };
    }
}
