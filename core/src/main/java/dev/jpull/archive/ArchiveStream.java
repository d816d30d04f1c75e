// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.compression.DecodeException;
import dev.jpull.compression.DecodeLimits;
import dev.jpull.compression.InflateEngine;
import dev.jpull.compression.LayerDecoder;
import dev.jpull.compression.ReadAheadStream;
import dev.jpull.file.RegularFile;
import dev.jpull.tar.ArchiveFile;
import dev.jpull.tar.TarException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.HexFormat;
import java.util.Map;

/** Opens archives as streams of tar entries, whatever their compression; told by their first bytes. */
final class ArchiveStream {
    private static final int HEAD = 6;

    /** Formats that are not supported; the keys are their first bytes, in hexadecimal. */
    private static final Map<String, String> REFUSED =
            Map.of("425a68", "bzip2", "fd377a585a00", "xz", "04224d18", "lz4", "5d0000", "lzma");

    private ArchiveStream() {}

    /**
     * Opens the archive.
     *
     * @return an {@link ArchiveFile} for a file that is not compressed
     * @throws DecodeException if the format is not known
     */
    static InputStream open(ArchiveSource source) throws IOException {
        if (source.path() != null) {
            RegularFile.require(source.path()); // a fifo would wait for its other end
            ArchiveFile file = new ArchiveFile(source.path());
            try {
                byte[] head = file.readNBytes(HEAD);
                file.position(0);
                return content(source, file, head);
            } catch (IOException | RuntimeException e) {
                try (file) {
                    throw e;
                }
            }
        }
        InputStream stream = source.stream() == null ? InputStream.nullInputStream() : source.stream();
        byte[] head = stream.readNBytes(HEAD);
        PushbackInputStream whole = new PushbackInputStream(new OfOwner(stream), HEAD);
        whole.unread(head);
        return content(source, whole, head);
    }

    private static InputStream content(ArchiveSource source, InputStream raw, byte[] head) throws IOException {
        String hex = HexFormat.of().formatHex(head);
        if (hex.isEmpty()) {
            throw new TarException("it is empty");
        }
        for (Map.Entry<String, String> format : REFUSED.entrySet()) {
            if (hex.startsWith(format.getKey())) {
                String program = format.getValue();
                throw source.refused(
                        "it is compressed with " + program + ", which is not supported: decompress it first,"
                                + " as in \"" + program + " -dc FILE | jpull import -\"");
            }
        }
        boolean zstd = hex.startsWith("28b52ffd") || hex.matches("5.2a4d18.*");
        if (!hex.startsWith("1f8b") && !zstd) {
            return raw;
        }
        InputStream decoded = LayerDecoder.open(raw, DecodeLimits.DEFAULT, InflateEngine.of("auto"));
        return ReadAheadStream.start(decoded, ArchiveStream::startThread);
    }

    private static void startThread(Runnable work) {
        Thread thread = new Thread(work, "jpull-decode");
        thread.setDaemon(true);
        thread.start();
    }

    /** A stream that its owner closes. */
    private static final class OfOwner extends FilterInputStream {
        OfOwner(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }

        @Override
        public void close() {
            // The owner closes it.
        }
    }
}
