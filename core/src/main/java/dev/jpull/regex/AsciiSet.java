// SPDX-License-Identifier: Apache-2.0
package dev.jpull.regex;

/**
 * A set of ASCII characters, as bits. Names of repositories have no others.
 *
 * @param low the characters below 64
 * @param high the others
 */
record AsciiSet(long low, long high) {
    static final AsciiSet NONE = new AsciiSet(0, 0);
    static final AsciiSet ALL = new AsciiSet(-1, -1);
    static final AsciiSet DIGITS = range('0', '9');
    static final AsciiSet UPPER = range('A', 'Z');
    static final AsciiSet LOWER = range('a', 'z');
    static final AsciiSet LETTERS = UPPER.or(LOWER);
    static final AsciiSet WORD = LETTERS.or(DIGITS).or(of('_'));
    static final AsciiSet SPACE =
            of('\t').or(of('\n')).or(of('\f')).or(of('\r')).or(of(' '));

    /** One character; nothing when it is not in ASCII. */
    static AsciiSet of(int character) {
        return range(character, character);
    }

    /** The characters of a range that are in ASCII. */
    static AsciiSet range(int first, int last) {
        long low = 0;
        long high = 0;
        for (int c = Math.max(0, first); c <= Math.min(127, last); c++) {
            if (c < 64) {
                low |= 1L << c;
            } else {
                high |= 1L << (c - 64);
            }
        }
        return new AsciiSet(low, high);
    }

    AsciiSet or(AsciiSet other) {
        return new AsciiSet(low | other.low, high | other.high);
    }

    AsciiSet not() {
        return new AsciiSet(~low, ~high);
    }

    /** With the other letter case of each letter. */
    AsciiSet inAnyCase() {
        // An upper-case letter is 32 before its lower-case one, and both are in the upper half.
        long upper = high & UPPER.high;
        long lower = high & LOWER.high;
        return new AsciiSet(low, high | upper << 32 | lower >>> 32);
    }

    boolean contains(int character) {
        return character < 64 ? (low >>> character & 1) != 0 : character < 128 && (high >>> (character - 64) & 1) != 0;
    }
}
