// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import java.time.Duration;

/** Which failures the same host is asked again after. Whether retries are left is the {@link RetryBudget}'s to say. */
final class RetryRules {
    /** The longest back-off of a host that is waited for while there is another host to ask. */
    static final Duration MAX_BACKOFF_BEFORE_FAILOVER = Duration.ofSeconds(2);

    private RetryRules() {}

    /**
     * Whether the same host is asked again.
     *
     * @param last whether there is no other host to ask
     */
    static boolean mayRetry(HostFailure failure, boolean last, RetryBudget budget) {
        if (failure.isOverdue() || failure.isSilence() && budget.hasWaitedEnough()) {
            return false;
        }
        return switch (failure.failureClass()) {
            case THROTTLED -> isWaitedFor(budget.pauseAfter(failure), last);
            case SERVER_ERROR -> last;
            case TRANSPORT -> last && !(failure.isRefusalOfTls() && budget.hasSeenEnoughRefusalsOfTls());
            // A cache may send a wrong answer once; after a second one, a third would be wrong too.
            case MALFORMED -> last && failure.status() > 0 && !budget.hasSeenMalformed();
            // A refused connection is an answer: a pause does not start a server.
            case UNREACHABLE, NOT_FOUND, DENIED, REJECTED, SLOW -> false;
        };
    }

    /** Whether a request waits for the end of a host's back-off instead of going to the next host. */
    static boolean isWaitedFor(Duration backoff, boolean last) {
        return last || backoff.compareTo(MAX_BACKOFF_BEFORE_FAILOVER) <= 0;
    }
}
