// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of an archive, with a count of those that were given out. For use by one thread. */
final class BlockInput implements Closeable {
    /** How many bytes a block has; headers are one, and data is padded to whole ones. */
    static final int BLOCK = 512;

    private static final int BUFFER = 64 << 10;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;
    private long position;

    BlockInput(InputStream in) {
        this.in = in;
    }

    /** How many bytes were given out or skipped. */
    long position() {
        return position;
    }

    /** How many bytes pad this many to whole blocks. */
    static int padding(long bytes) {
        return (int) (-bytes & (BLOCK - 1));
    }

    /** As {@link InputStream#read(byte[], int, int)}. Large reads bypass the buffer. */
    int read(byte[] target, int offset, int length) throws IOException {
        int read;
        if (start == end && length >= BUFFER) {
            read = in.read(target, offset, length);
        } else if (start == end && !fill()) {
            return -1;
        } else {
            read = Math.min(length, end - start);
            System.arraycopy(buffer, start, target, offset, read);
            start += read;
        }
        position += Math.max(read, 0);
        return read;
    }

    /** Fills the target from its start; less only at the end of the stream. Returns how many bytes it got. */
    int fill(byte[] target) throws IOException {
        int filled = 0;
        while (filled < target.length) {
            int read = read(target, filled, target.length - filled);
            if (read < 0) {
                break;
            }
            filled += read;
        }
        return filled;
    }

    /** Reads this many bytes and drops them; less only at the end of the stream. Returns how many there were. */
    long skip(long bytes) throws IOException {
        long left = bytes;
        if (in instanceof ArchiveFile file) {
            int buffered = (int) Math.min(left, end - start);
            start += buffered;
            left -= buffered;
            left -= file.skip(left);
        }
        while (left > 0 && (start < end || fill())) {
            int skipped = (int) Math.min(left, end - start);
            start += skipped;
            left -= skipped;
        }
        position += bytes - left;
        return bytes - left;
    }

    /** Whether {@link #back} works. */
    boolean canGoBack() {
        return in instanceof ArchiveFile;
    }

    /** Goes back to an earlier position of a file. */
    void back(long earlier) throws IOException {
        if (!(in instanceof ArchiveFile file)) {
            throw new IllegalStateException("a stream cannot be read again");
        }
        file.position(earlier);
        start = 0;
        end = 0;
        position = earlier;
    }

    private boolean fill() throws IOException {
        start = 0;
        end = Math.max(0, in.read(buffer, 0, BUFFER));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
