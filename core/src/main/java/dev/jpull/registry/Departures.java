// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Attempt;
import dev.jpull.error.AttemptKind;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The departures of one pull from the order of its hosts: each is reported once for a host, phase and kind, however many
 * blobs it concerns. Safe for use by several threads.
 */
final class Departures {
    private final Consumer<Attempt> listener;
    private final Set<Departure> reported = new HashSet<>();
    private final Set<String> hosts = new HashSet<>();

    private record Departure(String host, String phase, AttemptKind kind) {}

    Departures(Consumer<Attempt> listener) {
        this.listener = listener;
    }

    /** A host did not do, and a later one is asked instead. */
    void report(Attempt attempt) {
        boolean isNew;
        synchronized (this) {
            isNew = reported.add(new Departure(attempt.host(), attempt.phase(), attempt.kind()));
            hosts.add(attempt.host());
        }
        if (isNew) {
            listener.accept(attempt);
        }
    }

    /** A host is not asked because of what it did earlier, which may have been in another pull. */
    void reportRemembered(Attempt attempt) {
        synchronized (this) {
            if (hosts.contains(attempt.host())) {
                return; // this pull has reported why
            }
        }
        report(attempt);
    }
}
