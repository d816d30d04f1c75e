// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Collects the bytes of an archive, and hands them on in whole buffers: a file whose pages are written as a whole is written
 * faster than its source is copied by the system, whatever the position of a blob in the archive. For use by one thread.
 */
final class ArchiveOutput {
    private static final int SIZE = 256 << 10;

    private final ByteBuffer buffer;
    private final Sink sink;
    private long written;

    /** Takes whole buffers. */
    @FunctionalInterface
    interface Sink {
        /** Takes all remaining bytes. */
        void accept(ByteBuffer bytes) throws IOException;
    }

    private ArchiveOutput(ByteBuffer buffer, Sink sink) {
        this.buffer = buffer;
        this.sink = sink;
    }

    /** An output to something that takes buffers. */
    static ArchiveOutput of(Sink sink) {
        return new ArchiveOutput(ByteBuffer.allocateDirect(SIZE), sink);
    }

    /** An output to a stream. */
    static ArchiveOutput to(OutputStream stream) {
        return new ArchiveOutput(ByteBuffer.allocate(SIZE), bytes -> {
            stream.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            bytes.position(bytes.limit());
        });
    }

    /** Where bytes can be put next; never full. */
    ByteBuffer room() throws IOException {
        if (!buffer.hasRemaining()) {
            flush();
        }
        return buffer;
    }

    /** Puts bytes. */
    void write(byte[] bytes) throws IOException {
        int done = 0;
        while (done < bytes.length) {
            ByteBuffer room = room();
            int count = Math.min(room.remaining(), bytes.length - done);
            room.put(bytes, done, count);
            done += count;
        }
    }

    /** Hands on what was put. */
    void flush() throws IOException {
        buffer.flip();
        written += buffer.remaining();
        sink.accept(buffer);
        buffer.clear();
    }

    /** How many bytes were handed on. */
    long written() {
        return written;
    }
}
