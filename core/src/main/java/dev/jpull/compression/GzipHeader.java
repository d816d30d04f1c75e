// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;
import java.util.zip.CRC32;

/** Reads the header of a gzip member (RFC 1952 section 2.3) up to its compressed data, and keeps none of it. */
final class GzipHeader {
    /** As long as the extra field can be. */
    static final int MAX_TEXT = 0xffff;

    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final CompressedInput in;
    private final CRC32 crc = new CRC32();

    GzipHeader(CompressedInput in) {
        this.in = in;
    }

    /**
     * Reads the rest of a header after its two magic bytes.
     *
     * @throws DecodeException if it is not one of RFC 1952
     * @throws java.io.EOFException if it ends too early
     */
    void read() throws IOException {
        crc.reset();
        crc.update(0x1f);
        crc.update(0x8b);
        int method = next();
        if (method != DEFLATE) {
            throw new DecodeException("the gzip member at byte " + (in.offset() - 3) + " has the unknown method "
                    + method + "; only 8, deflate, exists");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw new DecodeException("the gzip header has reserved flags, 0x" + Integer.toHexString(flags)
                    + ", at byte " + (in.offset() - 1));
        }
        skip(6); // time, extra flags, operating system
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText("name");
        }
        if ((flags & COMMENT) != 0) {
            skipText("comment");
        }
        if ((flags & HEADER_CRC) != 0) {
            checkCrc();
        }
    }

    private int next() throws IOException {
        int next = in.require();
        crc.update(next);
        return next;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText(String what) throws IOException {
        int length = 0;
        while (next() != 0) {
            if (++length > MAX_TEXT) {
                throw new DecodeException("the " + what + " in the gzip header that ends after byte " + in.offset()
                        + " is longer than " + MAX_TEXT + " bytes, which is the limit");
            }
        }
    }

    private void checkCrc() throws IOException {
        int actual = (int) crc.getValue() & 0xffff;
        int stated = (int) in.littleEndian(2);
        if (actual != stated) {
            throw new DecodeException("the gzip header is damaged before byte " + in.offset() + ": its CRC is "
                    + Integer.toHexString(actual) + " and not " + Integer.toHexString(stated));
        }
    }
}
