// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.IOException;
import java.io.InputStream;

/** Opens layers as streams of uncompressed bytes, whatever their compression; told by their first bytes. */
public final class LayerDecoder {
    private LayerDecoder() {}

    /** The uncompressed content, with the inflater of the JDK; see {@link #open(InputStream, DecodeLimits, InflateEngine)}. */
    public static DecodedStream open(InputStream compressed, DecodeLimits limits) throws IOException {
        return open(compressed, limits, InflateEngine.java());
    }

    /**
     * The uncompressed content. It reads all of the compressed stream before it ends, so that a digest of that covers it. Reads
     * the first bytes at once.
     *
     * @param compressed gzip, zstd or uncompressed; closed with the result, and when this fails
     * @param engine what inflates gzip
     * @throws IOException if it is damaged, goes beyond a limit, or is in a format that is not known ({@link DecodeException})
     */
    public static DecodedStream open(InputStream compressed, DecodeLimits limits, InflateEngine engine)
            throws IOException {
        CompressedInput in = new CompressedInput(compressed);
        try {
            in.prefetch(FormatDetection.HEAD);
            Compression compression = new FormatDetection(in).detect();
            FrameDecoder decoder = switch (compression) {
                case GZIP -> new GzipDecoder(in, engine.open());
                case ZSTD -> zstd(in, limits);
                case NONE -> new PlainDecoder(in);
            };
            return new DecodedStream(in, decoder, compression, limits);
        } catch (IOException | RuntimeException | Error e) {
            try {
                compressed.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private static FrameDecoder zstd(CompressedInput in, DecodeLimits limits) throws IOException {
        try {
            return new ZstdDecoder(in, limits.maxWindowLog());
        } catch (LinkageError e) {
            throw new IOException( // the content may be right
                    "the layer is compressed with zstd, which needs the library com.github.luben:zstd-jni: it is missing or "
                            + "cannot be loaded here; add it to the class path",
                    e);
        }
    }
}
