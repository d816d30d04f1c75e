// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.PullCancelledException;
import dev.jpull.tar.TarException;
import java.util.function.BooleanSupplier;

/**
 * Ends the work on one layer: when it is cancelled, and when symbolic links make its paths cost more than they can in an image that a
 * tool has built. Steps of a walk count only beyond {@value #STEPS_PER_PATH} for each path. For use by one thread.
 */
final class WorkBudget {
    /** How many steps are free for each path: more than the longest path without links and a few links have. */
    private static final int STEPS_PER_PATH = 64;
    /** How many steps a layer has besides, of which each takes some microseconds. */
    private static final int STEPS = 500_000;
    /** After how many steps cancellation is looked at. */
    private static final int STEPS_BETWEEN_CHECKS = 256;

    private final BooleanSupplier cancelled;
    private long left = STEPS;
    private int ofPath;
    private int sinceCheck;

    WorkBudget(BooleanSupplier cancelled) {
        this.cancelled = cancelled;
    }

    /** @throws PullCancelledException if the work is to end */
    void requireNotCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("cancelled while the layers were unpacked");
        }
    }

    /** A walk begins. */
    void beginPath() {
        ofPath = 0;
    }

    /**
     * A walk takes a step, or opens a directory again.
     *
     * @throws TarException if there were too many
     * @throws PullCancelledException if the work is to end
     */
    void step() throws TarException {
        if (++sinceCheck >= STEPS_BETWEEN_CHECKS) {
            sinceCheck = 0;
            requireNotCancelled();
        }
        if (++ofPath > STEPS_PER_PATH && --left < 0) {
            throw new TarException("paths of the layer lead through more directories and symbolic links than " + STEPS
                    + " and " + STEPS_PER_PATH + " for each path");
        }
    }
}
