// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends an operation that takes longer than its caller allows.
 *
 * @param operation what is watched
 * @param limit how long it may take
 */
record DeadlineWatch(Operation<?> operation, Duration limit) implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(DeadlineWatch.class.getName());
    /** How long the work has to stop; code of the program, such as a source of credentials, may take longer. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** No pull lasts longer, and it can be counted in nanoseconds. */
    private static final Duration LONGEST_LIMIT = Duration.ofDays(365);

    DeadlineWatch {
        limit = limit.compareTo(LONGEST_LIMIT) < 0 ? limit : LONGEST_LIMIT;
    }

    /** Waits until the operation has ended, or ends it. */
    @Override
    public void run() {
        try {
            operation.outcome().get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            operation.giveUp("did not end within its deadline of " + limit.toMillis()
                    + " ms; what was fetched is kept for the next one");
            operation.leaveAfter(GRACE);
        } catch (ExecutionException e) {
            LOGGER.log(System.Logger.Level.TRACE, "the operation failed before its deadline", e);
        } catch (InterruptedException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the watch was interrupted", e);
        }
    }
}
