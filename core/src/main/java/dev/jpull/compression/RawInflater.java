// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;

/** Inflates raw deflate streams (RFC 1951), one after the other. Used by one thread; another may close it. */
interface RawInflater extends AutoCloseable {
    /** Starts with the next stream. */
    void reset() throws IOException;

    /**
     * Inflates what is available of the input, and takes from it what belongs to the stream.
     *
     * @return how many bytes; 0 if the stream is {@linkplain #finished() at its end}, or all available input is used
     * @throws DecodeException if the stream is damaged
     */
    int inflate(CompressedInput in, byte[] buffer, int offset, int length) throws IOException;

    /** Whether the stream has ended and all its bytes were returned; the input is then right behind it. */
    boolean finished();

    @Override
    void close();
}
