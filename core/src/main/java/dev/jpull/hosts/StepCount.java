// SPDX-License-Identifier: Apache-2.0
package dev.jpull.hosts;

/**
 * A text that can be looked at only so often. Java's regular expressions backtrack, some of them for longer than anything
 * lasts, and have no limit of their own. For use by one thread, for one match.
 */
final class StepCount implements CharSequence {
    /** Some ms of work; what matches a name at all needs a few thousand steps. */
    private static final int MAX_STEPS = 500_000;

    private final CharSequence text;
    private int steps;

    StepCount(CharSequence text) {
        this.text = text;
    }

    /** The text was looked at too often. */
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
