// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The uncompressed bytes of a layer, held to {@link DecodeLimits}. After a failure every read fails with it. Reads of 64 KiB or
 * more are the fastest. For one thread; another may close it, which ends a read that waits for the source as the source does.
 */
public final class DecodedStream extends InputStream {
    private static final String TRUST = "raise it if the image can be trusted";

    private final CompressedInput in;
    private final FrameDecoder decoder;
    private final Compression compression;
    private final DecodeLimits limits;
    private long total;
    private boolean ended;
    private @Nullable IOException failure;
    private volatile boolean closed;

    DecodedStream(CompressedInput in, FrameDecoder decoder, Compression compression, DecodeLimits limits) {
        this.in = in;
        this.decoder = decoder;
        this.compression = compression;
        this.limits = limits;
    }

    /** What the first bytes say. */
    public Compression compression() {
        return compression;
    }

    /** How many compressed bytes were used so far; at the end, all. */
    public long compressedBytes() {
        return in.offset();
    }

    /** How many uncompressed bytes were read so far. */
    public long uncompressedBytes() {
        return total;
    }

    /** How many bytes of padding follow the compressed content; known at the end of the stream, 0 before. */
    public long trailingBytes() {
        return ended ? decoder.trailingBytes() : 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (closed) {
            throw new IOException("the stream of the layer is closed");
        }
        if (failure != null) {
            throw failure;
        }
        if (length == 0) {
            return 0;
        }
        if (ended) {
            return -1;
        }
        try {
            int read = decoder.read(buffer, offset, length);
            if (read < 0) {
                ended = true;
            } else {
                count(read);
            }
            return read;
        } catch (EOFException e) {
            throw fail(new DecodeException(
                    "the " + compression + " content ends at byte " + in.offset() + ", before it is complete",
                    "pull the layer again, or have the image built again",
                    e));
        } catch (DecodeException e) {
            throw fail(e);
        }
    }

    private IOException fail(IOException reason) {
        failure = reason;
        return reason;
    }

    private void count(int read) throws DecodeException {
        if (read > limits.maxBytes() - total) {
            throw DecodeException.beyondSize(
                    "the layer has more than " + limits.maxBytes() + " uncompressed bytes, which is the limit", TRUST);
        }
        total += read;
        if (total > limits.ratioFrom() && total / limits.maxRatio() > in.offset()) {
            throw DecodeException.beyondSize(
                    "the first " + in.offset() + " compressed bytes become " + total
                            + ", more than " + limits.maxRatio()
                            + " times as many, which is the limit",
                    TRUST);
        }
    }

    /** Closes the compressed stream too. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            in.close();
        } finally {
            decoder.close();
        }
    }
}
