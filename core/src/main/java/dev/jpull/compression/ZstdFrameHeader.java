// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.EOFException;

/**
 * What the header of a zstd frame says before a decoder gets it (RFC 8878 section 3.1.1.1), so that refusals can name the
 * limit, and nothing is allocated first.
 *
 * @param window how many bytes the decoder has to keep, unsigned
 * @param dictionary the number of the dictionary, 0 for none
 */
record ZstdFrameHeader(long window, long dictionary) {
    /** The longest header, with its magic number. */
    static final int MAX_LENGTH = 18;

    private static final int DESCRIPTOR = 4;
    private static final int RESERVED = 8;
    private static final int SINGLE_SEGMENT = 32;

    /** Reads it from bytes that are available, and does not take them. */
    static ZstdFrameHeader peek(CompressedInput in) throws DecodeException, EOFException {
        int descriptor = (int) number(in, DESCRIPTOR, 1);
        if ((descriptor & RESERVED) != 0) {
            throw new DecodeException("the zstd frame at byte " + in.offset() + " uses a reserved bit");
        }
        boolean single = (descriptor & SINGLE_SEGMENT) != 0;
        int at = DESCRIPTOR + 1;
        long window = 0;
        if (!single) {
            int log = (int) number(in, at++, 1);
            window = 1L << 10 + (log >> 3);
            window += (window >> 3) * (log & 7);
        }
        int dictionaryLength = new int[] {0, 1, 2, 4}[descriptor & 3];
        long dictionary = number(in, at, dictionaryLength);
        at += dictionaryLength;
        if (single) {
            int sizeLength = 1 << (descriptor >> 6);
            window = number(in, at, sizeLength) + (sizeLength == 2 ? 256 : 0);
        }
        return new ZstdFrameHeader(window, dictionary);
    }

    private static long number(CompressedInput in, int at, int count) throws EOFException {
        if (at + count > in.available()) {
            throw new EOFException();
        }
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (in.bytes()[in.position() + at + i] & 0xffL) << 8 * i;
        }
        return value;
    }

    /** Refuses what no decoder should get. */
    void check(long offset, int maxWindowLog) throws DecodeException {
        if (Long.compareUnsigned(window, 1L << maxWindowLog) > 0) {
            throw new DecodeException("the zstd frame at byte " + offset + " needs a window of "
                    + Long.toUnsignedString(window) + " bytes, more than the limit of " + (1L << maxWindowLog)
                    + "; compress with a smaller --long, or raise the limit");
        }
        if (dictionary != 0) {
            throw new DecodeException("the zstd frame at byte " + offset + " needs the dictionary " + dictionary
                    + "; layers have none, so have the image built without");
        }
    }
}
