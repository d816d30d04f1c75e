// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The inflater of the JDK: zlib, by the system or in the JDK. */
final class JavaInflater implements RawInflater {
    private final Inflater inflater = new Inflater(true);

    @GuardedBy("this")
    private boolean closed;

    @Override
    public synchronized void reset() throws IOException {
        checkOpen();
        inflater.reset();
    }

    @Override
    public synchronized int inflate(CompressedInput in, byte[] buffer, int offset, int length) throws IOException {
        checkOpen();
        int available = in.available();
        inflater.setInput(in.bytes(), in.position(), available);
        try {
            int count = inflater.inflate(buffer, offset, length);
            int used = available - inflater.getRemaining();
            in.skip(used);
            if (count == 0 && used == 0 && available > 0 && !inflater.finished()) {
                throw new DecodeException("the deflate stream has no valid continuation at byte " + in.offset());
            }
            return count;
        } catch (DataFormatException e) {
            throw new DecodeException(
                    "the deflate stream is damaged at or after byte " + in.offset() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized boolean finished() {
        return closed || inflater.finished();
    }

    @GuardedBy("this")
    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("the stream of the layer is closed");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        inflater.end();
    }
}
