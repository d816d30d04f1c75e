// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Numbers as headers have them: octal digits or base 256 in a field of a header block, decimal digits in extended headers. What
 * does not fit into 63 bits and a sign is no number.
 */
final class NumberField {
    private static final int BASE_256 = 0x80;
    private static final int NEGATIVE = 0x40;

    private NumberField() {}

    /**
     * A field of a header block. Blanks and NULs around octal digits do not count, a field without digits is 0, and a NUL ends the
     * digits, as Go's {@code archive/tar} and GNU tar have it.
     */
    static OptionalLong field(byte[] block, int offset, int length) {
        if ((block[offset] & BASE_256) != 0) {
            return base256(block, offset, length);
        }
        int start = offset;
        int end = offset + length;
        while (start < end && isFiller(block[start])) {
            start++;
        }
        while (end > start && isFiller(block[end - 1])) {
            end--;
        }
        long value = 0;
        for (int i = start; i < end && block[i] != 0; i++) {
            int digit = block[i] - '0';
            if (digit < 0 || digit > 7 || value >>> 60 != 0) {
                return OptionalLong.empty();
            }
            value = value << 3 | digit;
        }
        return OptionalLong.of(value);
    }

    private static boolean isFiller(byte b) {
        return b == 0 || b == ' ';
    }

    /** Two's complement, most significant byte first; the highest bit is the mark of this form and not part of the number. */
    private static OptionalLong base256(byte[] block, int offset, int length) {
        int inversion = (block[offset] & NEGATIVE) != 0 ? 0xff : 0;
        long value = 0;
        for (int i = 0; i < length; i++) {
            int digit = (block[offset + i] ^ inversion) & (i == 0 ? ~BASE_256 & 0xff : 0xff);
            if (value >>> 55 != 0) {
                return OptionalLong.empty();
            }
            value = value << 8 | digit;
        }
        return OptionalLong.of(inversion == 0 ? value : ~value);
    }

    /** Decimal digits, with a minus sign in front of a negative number, and nothing else. */
    static OptionalLong decimal(byte[] text, int start, int end) {
        int first = start < end && text[start] == '-' ? start + 1 : start;
        if (first >= end || end - first > 19) {
            return OptionalLong.empty();
        }
        for (int i = first; i < end; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(Long.parseLong(new String(text, start, end - start, StandardCharsets.US_ASCII)));
        } catch (NumberFormatException beyondLong) {
            return OptionalLong.empty();
        }
    }

    /** The decimal number that all the bytes are, as {@link #decimal(byte[], int, int)} reads it. */
    static OptionalLong decimal(byte[] text) {
        return decimal(text, 0, text.length);
    }
}
