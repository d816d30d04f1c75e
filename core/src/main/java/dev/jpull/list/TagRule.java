// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

/** Says which tags of a repository are meant. Its text form is for messages. */
interface TagRule {
    /**
     * Whether a tag is meant.
     *
     * @param steps what regular expressions may take
     */
    boolean matches(String tag, StepBudget steps);
}
