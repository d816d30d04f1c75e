// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Counts the bytes that are written. For use by one thread. */
final class CountedStream extends FilterOutputStream {
    private long count;

    CountedStream(OutputStream stream) {
        super(stream);
    }

    @Override
    public void write(int value) throws IOException {
        out.write(value);
        count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        count += length;
    }

    long count() {
        return count;
    }
}
