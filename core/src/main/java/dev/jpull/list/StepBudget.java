// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.text.StepCount;
import java.util.regex.Pattern;

/** How long the regular expressions of a list may look at the tags of one repository. For use by one thread. */
final class StepBudget {
    /** A tag has at most 128 characters: an expression that does not backtrack reads each a few times. */
    private static final long PER_TAG = 1_000;

    private static final long BASE = 10_000_000;

    private long left;

    /** The budget for some tags. */
    StepBudget(int tags) {
        left = BASE + tags * PER_TAG;
    }

    /**
     * Whether an expression is found in a text.
     *
     * @throws StepCount.ExceededException if that takes too long
     */
    boolean find(Pattern pattern, String text) {
        StepCount counted = new StepCount(text, Math.min(left, StepCount.MAX_STEPS));
        try {
            return pattern.matcher(counted).find();
        } catch (StackOverflowError e) {
            throw new StepCount.ExceededException();
        } finally {
            left = Math.max(0, left - counted.steps());
        }
    }
}
