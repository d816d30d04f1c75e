// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.http.Cancellation;
import dev.jpull.registry.FailureClass;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.RegistryEndpoint;
import java.util.function.BooleanSupplier;

/**
 * Fetches pieces of one blob from one source, over one connection, until there is no piece left. Changes nothing but the plan and
 * what the fetch writes: what follows from its end is decided by the {@link WorkerGroup} that gets the outcome.
 *
 * @param plan where pieces come from
 * @param source the endpoint to ask
 * @param calls the requests of the worker
 * @param permit for its requests, one after the other
 * @param fetch fetches one piece
 * @param wanted whether the worker may take another piece
 */
record SegmentWorker(
        SegmentPlan plan,
        RegistryEndpoint source,
        Cancellation calls,
        ConnectionBudget.Permit permit,
        PieceFetch fetch,
        BooleanSupplier wanted) {
    private static final System.Logger LOGGER = System.getLogger(SegmentWorker.class.getName());

    /** Fetches a piece of a blob. */
    @FunctionalInterface
    interface PieceFetch {
        /**
         * Fetches a piece.
         *
         * @param permit is told when the source has answered
         * @return whether the source serves ranges
         * @throws HostFailure if the source fails
         */
        boolean fetch(RegistryEndpoint source, Segment piece, Cancellation calls, ConnectionBudget.Permit permit)
                throws HostFailure;
    }

    /**
     * Fetches a piece, and others after it.
     *
     * @param first a piece that was taken for the worker, which leaves it in any case
     */
    WorkerOutcome run(Segment first) {
        try {
            Segment piece = first;
            while (piece != null) {
                if (!fetched(piece)) {
                    return new WorkerOutcome.NoRanges();
                }
                piece = wanted.getAsBoolean() ? plan.takeOrSplit() : null;
            }
            return new WorkerOutcome.Finished();
        } catch (HostFailure e) {
            LOGGER.log(System.Logger.Level.DEBUG, "a segment worker failed", e);
            // A slow source is left by the download itself, which has the reason.
            return calls.isCancelled() || e.failureClass() == FailureClass.SLOW
                    ? new WorkerOutcome.Preempted()
                    : new WorkerOutcome.Failed(e);
        } catch (RuntimeException e) {
            return new WorkerOutcome.Fatal(e);
        }
    }

    private boolean fetched(Segment piece) throws HostFailure {
        try {
            return fetch.fetch(source, piece, calls, permit);
        } finally {
            plan.leave(piece);
        }
    }
}
