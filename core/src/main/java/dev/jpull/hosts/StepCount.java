// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

/**
 * A text with a limit of reads. Java's regular expressions backtrack, some of them for years,
 * and have no limit of their own. For use by one thread, for one match.
 */
final class StepCount implements CharSequence {
    /** Some ms of work; a useful expression needs a few thousand steps for a name. */
    private static final int MAX_STEPS = 500_000;

    private final CharSequence text;
    private int steps;

    StepCount(CharSequence text) {
        this.text = text;
    }

    /** The text was read too often. */
    static final class ExceededException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public char charAt(int index) {
        if (++steps > MAX_STEPS) {
            throw new ExceededException();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
