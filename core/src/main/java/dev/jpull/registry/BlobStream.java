// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.HttpResponse;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The bytes of a blob, or a part of them, as one host sends them. For use by one thread. */
public final class BlobStream implements Closeable {
    /** So many bytes are read at most to keep a connection. */
    private static final long MAX_DRAINED = 64 << 10;

    /** The bytes that have arrived are returned after so long, although the buffer has room for more. */
    private static final long FILL_NANOS = 100_000_000;

    /** Fewer bytes than this in so long a time are no transfer. */
    private static final int TRICKLE = 16 << 10;

    private static final long TRICKLE_NANOS = Duration.ofSeconds(15).toNanos();

    /** A stream is slower than the limit. */
    static final class TrickleException extends SocketTimeoutException {
        private static final long serialVersionUID = 1L;

        private TrickleException(long bytes) {
            super("it sends only " + bytes + " bytes in "
                    + Duration.ofNanos(TRICKLE_NANOS).toSeconds() + " seconds");
        }
    }

    private final HttpResponse response;
    private final InputStream body;
    private final LongSupplier nanoTime;
    private final long end;
    private final boolean whole;
    /** Whether the host can send bytes that are no part of the blob: the heads of chunks, or parts of a content coding. */
    private final boolean framed;

    private long position;
    private long trickle;
    private long trickleSince;
    private @Nullable IOException broken;

    /**
     * A stream.
     *
     * @param body the content of the response
     * @param nanoTime the clock by which the stream is measured, in nanoseconds
     * @param position the first byte that comes
     * @param end the byte after the last one
     * @param whole whether the response has the whole blob
     */
    BlobStream(HttpResponse response, InputStream body, LongSupplier nanoTime, long position, long end, boolean whole)
            throws IOException {
        this.nanoTime = nanoTime;
        this.trickleSince = nanoTime.getAsLong();
        this.response = response;
        this.body = body;
        this.position = position;
        this.end = end;
        this.whole = whole;
        response.contentBegins();
        this.framed = response.isCoded() || response.declaredLength() < 0;
    }

    /** The URL that sends the bytes, without secrets. */
    public String shownUrl() {
        return response.shownUrl();
    }

    /** How long the host took to answer, from the end of the request to the head of the response. */
    public Duration answerTime() {
        return response.answerTime();
    }

    /** The HTTP status. */
    public int status() {
        return response.status();
    }

    /** Up to where bytes will come. */
    public long end() {
        return end;
    }

    /** The next byte. */
    public long position() {
        return position;
    }

    /** Whether the host sends the whole blob, even to a request with a range. */
    public boolean isWhole() {
        return whole;
    }

    /**
     * Reads as much as there is room for, unless the body ends or breaks first, or it takes long. What arrived before a
     * break is returned like any other bytes; the next call then throws.
     *
     * @return how much was read, 0 only at the end of the body
     */
    public int fill(byte[] buffer, int length) throws IOException {
        if (broken != null) {
            throw broken;
        }
        int filled = 0;
        long late = nanoTime.getAsLong() + FILL_NANOS;
        if (framed) {
            response.limitNextRead(TRICKLE_NANOS);
        }
        try {
            while (filled < length) {
                int read = body.read(buffer, filled, length - filled);
                if (read < 0) {
                    break;
                }
                filled += read;
                long now = nanoTime.getAsLong();
                refuseTrickle(read, now);
                if (now - late > 0) {
                    break;
                }
            }
        } catch (IOException e) {
            if (filled == 0) {
                throw e;
            }
            broken = e;
        }
        position += filled;
        return filled;
    }

    /** A host that sends next to nothing counts as silent. */
    private void refuseTrickle(int read, long now) throws TrickleException {
        trickle += read;
        if (trickle >= TRICKLE) {
            trickle = 0;
            trickleSince = now;
        } else if (now - trickleSince > TRICKLE_NANOS) {
            throw new TrickleException(trickle);
        }
    }

    /** Ends the stream, from any thread. */
    public void cancel() {
        response.cancel();
    }

    /** Closes the response; the connection is closed as well when much of the body is unread. */
    @Override
    public void close() {
        if (end - position > MAX_DRAINED) {
            response.cancel();
        }
        response.close();
    }
}
