// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.compression.ArchiveEncoder;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Where the bytes of an archive go, compressed or not. The file or stream below it stays open. For use by one thread. */
final class ArchiveSink implements Closeable {
    private static final int BUFFER = 256 << 10;

    private final ArchiveOutput output;
    private final @Nullable OutputStream encoder;

    private ArchiveSink(ArchiveOutput output, @Nullable OutputStream encoder) {
        this.output = output;
        this.encoder = encoder;
    }

    /** A sink that writes to a file, at its position. */
    static ArchiveSink to(PartFile file, ArchiveCompression compression) throws IOException {
        return compression == ArchiveCompression.NONE
                ? new ArchiveSink(file.output(), null)
                : to(file.stream(), compression);
    }

    /** A sink that writes to a stream. */
    static ArchiveSink to(OutputStream stream, ArchiveCompression compression) throws IOException {
        if (compression == ArchiveCompression.NONE) {
            return new ArchiveSink(ArchiveOutput.to(stream), null);
        }
        OutputStream below = new KeptOpen(new BufferedOutputStream(stream, BUFFER));
        OutputStream encoder =
                compression == ArchiveCompression.GZIP ? ArchiveEncoder.gzip(below) : ArchiveEncoder.zstd(below);
        return new ArchiveSink(ArchiveOutput.to(encoder), encoder);
    }

    /** Takes the bytes. */
    ArchiveOutput output() {
        return output;
    }

    /** Ends the compressed stream; without compression, there is nothing to end. */
    void finish() throws IOException {
        output.flush();
        close();
    }

    /** Frees what the compression holds. */
    @Override
    public void close() throws IOException {
        if (encoder != null) {
            encoder.close();
        }
    }

    /** A stream whose closing leaves the one below it open. */
    private static final class KeptOpen extends FilterOutputStream {
        KeptOpen(OutputStream stream) {
            super(stream);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
