// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reports the fallbacks of one pull: each host, phase and kind of failure once, however many blobs it concerns. Safe for use by
 * several threads.
 */
final class FallbackReports {
    private final Consumer<Attempt> listener;

    /** The listener is called outside the lock, because it may take long. */
    @GuardedBy("this")
    private final Set<Fallback> reported = new HashSet<>();

    @GuardedBy("this")
    private final Set<String> hosts = new HashSet<>();

    private record Fallback(String host, String phase, AttemptKind kind) {}

    FallbackReports(Consumer<Attempt> listener) {
        this.listener = listener;
    }

    /** A host failed, and a later one is asked instead. */
    void report(Attempt attempt) {
        boolean isNew;
        synchronized (this) {
            isNew = reported.add(new Fallback(attempt.host(), attempt.phase(), attempt.kind()));
            hosts.add(attempt.host());
        }
        if (isNew) {
            listener.accept(attempt);
        }
    }

    /** A host was late, and the answer of another one counts. */
    void reportLate(Phase phase, String origin, Duration late) {
        report(new Attempt(
                origin,
                "",
                phase.label(),
                AttemptKind.LATE,
                0,
                "no answer for " + late.toMillis() + " ms: another host was asked too",
                late));
    }

    /** A host is skipped because of an earlier failure, which may have been in another pull. */
    void reportRemembered(Attempt attempt) {
        synchronized (this) {
            if (hosts.contains(attempt.host())) {
                return; // this pull has reported the failure itself
            }
        }
        report(attempt);
    }
}
