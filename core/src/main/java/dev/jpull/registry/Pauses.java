// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.PullCancelledException;
import dev.jpull.http.Cancellation;
import java.time.Duration;

/**
 * The pauses of requests that are cancelled together.
 *
 * @param sleeper lets the time pass
 * @param cancellation ends a pause
 */
record Pauses(Sleeper sleeper, Cancellation cancellation) {
    /**
     * Waits.
     *
     * @throws PullCancelledException if the requests were cancelled or the thread was interrupted
     */
    void pause(Duration duration) {
        try {
            sleeper.sleep(duration, cancellation);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (cancellation.isCancelled()) {
            throw new PullCancelledException("the pull was cancelled");
        }
    }

    /** Sets the interrupt flag of the thread again, and ends the pull. */
    static PullCancelledException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new PullCancelledException("the pull was interrupted", cause);
    }
}
