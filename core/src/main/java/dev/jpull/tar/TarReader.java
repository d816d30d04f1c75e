// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads an archive from start to end. For use by one thread. */
public final class TarReader implements Closeable {
    private final InputStream in;

    /** Reads from this stream, which is closed with the reader. */
    public TarReader(InputStream in, TarLimits limits) {
        this.in = in;
    }

    /**
     * The next entry, after skipping what is left of the one before; null after the last.
     *
     * @throws TarException if the archive is malformed or goes beyond a limit
     */
    public @Nullable TarEntry next() throws IOException {
        return null;
    }

    /**
     * Reads stored bytes of the present entry: all bytes of a file without holes, the bytes of the chunks of a sparse one.
     *
     * @return how many bytes were read, or -1 after the last
     */
    public int read(byte[] target, int offset, int length) throws IOException {
        return -1;
    }

    /** Reads what follows the end of the archive, so that a digest of the stream covers all of it. */
    public void drain() throws IOException {
        in.transferTo(java.io.OutputStream.nullOutputStream());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
