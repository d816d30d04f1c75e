// SPDX-License-Identifier: Apache-2.0
package dev.jpull.text;

/**
 * A text with a limit of reads. Java's regular expressions backtrack, some of them for years,
 * and have no limit of their own. For use by one thread, for one match.
 */
public final class StepCount implements CharSequence {
    /** Some ms of work; a useful expression needs a few thousand steps for a name. */
    public static final int MAX_STEPS = 500_000;

    private final CharSequence text;
    private final long limit;
    private long steps;

    /** A text that may be read {@link #MAX_STEPS} times. */
    public StepCount(CharSequence text) {
        this(text, MAX_STEPS);
    }

    /**
     * A text.
     *
     * @param limit how many of its characters may be read, repeated reads included
     */
    public StepCount(CharSequence text, long limit) {
        this.text = text;
        this.limit = limit;
    }

    /** The text was read too often. */
    public static final class ExceededException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** How many characters were read so far. */
    public long steps() {
        return steps;
    }

    @Override
    public char charAt(int index) {
        if (++steps > limit) {
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
