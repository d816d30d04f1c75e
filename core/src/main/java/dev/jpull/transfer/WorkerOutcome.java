// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.registry.HostFailure;

/** How a segment worker ended. The rest of its piece is a gap of the plan again. */
sealed interface WorkerOutcome {
    /** There was no piece left for it, or the connection budget got smaller. */
    record Finished() implements WorkerOutcome {}

    /** The source was left, or the download ended: the outcome does not count against the source. */
    record Preempted() implements WorkerOutcome {}

    /** The source serves no ranges. */
    record NoRanges() implements WorkerOutcome {}

    /**
     * The source failed: it refused, broke off, or sent wrong content.
     *
     * @param failure what failed
     */
    record Failed(HostFailure failure) implements WorkerOutcome {}

    /**
     * The download cannot go on: the store failed, or there is a defect.
     *
     * @param cause what the download has to throw
     */
    record Fatal(RuntimeException cause) implements WorkerOutcome {}
}
