// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.http.Cancellation;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends an operation when its hosts are asked and send nothing for a while: {@code image_pull_progress_timeout} of the CRI
 * configuration (docs/containerd.md section 9.5). Time in which no request is under way does not count.
 *
 * @param operation what is watched
 * @param limit how long the hosts may send nothing
 */
record ProgressWatch(Operation<?> operation, Duration limit) implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(ProgressWatch.class.getName());
    private static final Duration LONGEST_TICK = Duration.ofSeconds(10);
    /** No pull lasts longer, and it can be counted in nanoseconds. */
    private static final Duration LONGEST_LIMIT = Duration.ofDays(365);

    ProgressWatch {
        limit = limit.compareTo(LONGEST_LIMIT) < 0 ? limit : LONGEST_LIMIT;
    }

    /** Watches until the operation has ended. */
    @Override
    public void run() {
        Cancellation cancellation = operation.cancellation();
        long tick =
                Math.max(1, Math.min(LONGEST_TICK.toNanos(), limit.dividedBy(2).toNanos()));
        long seen = cancellation.bytes();
        boolean wasIdle = true;
        long since = System.nanoTime();
        while (!isOver(tick)) {
            long now = System.nanoTime();
            long bytes = cancellation.bytes();
            boolean idle = cancellation.isIdle();
            if (idle || wasIdle || bytes != seen) {
                since = now;
            } else if (now - since >= limit.toNanos()) {
                operation.giveUp("was given up, because the hosts that were asked sent nothing for " + limit.toMillis()
                        + " ms: look at the hosts, or allow more time with image_pull_progress_timeout");
            }
            seen = bytes;
            wasIdle = idle;
        }
    }

    private boolean isOver(long tick) {
        try {
            operation.outcome().get(tick, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the watch was interrupted", e);
            return true;
        }
    }
}
