// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * An archive in a regular file, which is read up to the size that it had when it was opened. Skipping takes no time, and reading
 * can go back. For use by one thread.
 */
public final class ArchiveFile extends InputStream {
    private final FileChannel channel;
    private final long size;

    /** Opens a file; the caller has seen that it is a regular one. */
    public ArchiveFile(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            size = channel.size();
        } catch (IOException e) {
            try (FileChannel closed = channel) {
                throw e;
            }
        }
    }

    /** How many bytes it has. */
    public long size() {
        return size;
    }

    /** Goes on reading at this byte. */
    public void position(long position) throws IOException {
        channel.position(position);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        long left = size - channel.position();
        if (left <= 0) {
            return length == 0 ? 0 : -1;
        }
        return channel.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, left)));
    }

    /** Skips bytes; less only at the end of the file. */
    @Override
    public long skip(long bytes) throws IOException {
        long position = channel.position();
        long skipped = Math.max(0, Math.min(bytes, size - position));
        channel.position(position + skipped);
        return skipped;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
