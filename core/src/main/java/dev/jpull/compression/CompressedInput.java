// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The compressed bytes of a layer in one reused buffer, with their position in the layer. Decoders take bytes from
 * {@link #bytes()} between {@link #position()} and {@link #limit()}. For one thread; another may close it.
 */
final class CompressedInput implements Closeable {
    /** How many bytes before the current ones stay in the buffer, for decoders that read ahead into a register. */
    static final int KEPT = 16;
    /** The most that one read takes; larger buffers made no decoder faster. */
    private static final int PIECE = 128 << 10;

    static final int CAPACITY = KEPT + PIECE;

    private final InputStream source;
    private final byte[] bytes = new byte[CAPACITY];
    private int position = KEPT;
    private int limit = KEPT;
    /** Where in the layer {@code bytes[0]} is. */
    private long origin = -KEPT;

    private long fills;
    private boolean ended;

    CompressedInput(InputStream source) {
        this.source = source;
    }

    /** The buffer; its content changes with {@link #fill()}. */
    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    int limit() {
        return limit;
    }

    int available() {
        return limit - position;
    }

    /** Where in the compressed layer the next byte is. */
    long offset() {
        return origin + position;
    }

    /** Changes when the content of the buffer does. */
    long fills() {
        return fills;
    }

    /** Takes bytes that a decoder has used. */
    void skip(int count) {
        if (count < 0 || count > available()) {
            throw new IllegalArgumentException(count + " of " + available() + " bytes");
        }
        position += count;
    }

    /** Gives back bytes that a decoder took and did not use; at most {@link #KEPT} across a {@link #fill()}. */
    void unread(int count) {
        if (count < 0 || count > position || origin + position - count < 0) {
            throw new IllegalArgumentException(count + " bytes before " + offset());
        }
        position -= count;
    }

    /**
     * Reads more bytes; those not yet taken stay.
     *
     * @return false if the source has none left
     */
    boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        int from = Math.max(0, position - KEPT);
        if (from > 0) {
            System.arraycopy(bytes, from, bytes, 0, limit - from);
            origin += from;
            position -= from;
            limit -= from;
        }
        if (limit == bytes.length) {
            throw new IllegalStateException("no space for more compressed bytes");
        }
        fills++;
        int read = source.read(bytes, limit, bytes.length - limit);
        while (read == 0) { // against the contract of InputStream, which promises a byte
            int one = source.read();
            if (one >= 0) {
                bytes[limit] = (byte) one;
            }
            read = one < 0 ? -1 : 1;
        }
        if (read < 0) {
            ended = true;
            return false;
        }
        limit += read;
        return true;
    }

    /** Reads until this many bytes are available, or the source ends. */
    void prefetch(int count) throws IOException {
        boolean more = true;
        while (more && available() < count) {
            more = fill();
        }
    }

    /** The next byte, or -1 at the end. */
    int next() throws IOException {
        return position < limit || fill() ? bytes[position++] & 0xff : -1;
    }

    /** The next byte, where one has to be. */
    int require() throws IOException {
        int next = next();
        if (next < 0) {
            throw new EOFException();
        }
        return next;
    }

    /** The next bytes, at most 8, as a number with the lowest first. */
    long littleEndian(int count) throws IOException {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (long) require() << 8 * i;
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
