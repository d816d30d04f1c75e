// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.IntegrityException;
import java.util.concurrent.atomic.AtomicInteger;

/** How many blobs the plans of one run may have together: all of them are held at once. Safe for use by several threads. */
public final class BlobBudget {
    /** Thirty MB of memory; an image has some dozen blobs. */
    private static final int MAX_BLOBS = 200_000;

    private final AtomicInteger taken = new AtomicInteger();

    /**
     * Takes some.
     *
     * @throws IntegrityException if there are too many
     */
    void take(int blobs) {
        if (taken.updateAndGet(count -> Math.min(count + blobs, MAX_BLOBS + 1)) > MAX_BLOBS) {
            throw new IntegrityException("the images of the lists have more than " + MAX_BLOBS
                    + " blobs together: plan fewer images in one run");
        }
    }
}
