// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;

/** Uncompressed bytes from the {@link CompressedInput} of one format. Used by one thread; another may close it. */
interface FrameDecoder extends AutoCloseable {
    /** How many members or frames in sequence may have no content; each costs processor time and yields nothing. */
    int MAX_BARREN = 1 << 12;

    /**
     * The next bytes.
     *
     * @param length at least 1
     * @return how many, at least 1; -1 at the end, when all compressed bytes have been read
     * @throws DecodeException if the content is damaged
     * @throws java.io.EOFException if it ends too early
     */
    int read(byte[] buffer, int offset, int length) throws IOException;

    /** How many bytes followed the last member or frame, once the end is reached. */
    default long trailingBytes() {
        return 0;
    }

    /** Frees what is outside of the heap; not the input. */
    @Override
    default void close() {}
}
