// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses whole archives. The same bytes are compressed to the same bytes: levels are fixed, and no time is written. gzip depends
 * on the zlib that the Java runtime has, zstd on the version of zstd-jni.
 */
public final class ArchiveEncoder {
    private static final int BUFFER = 64 << 10;
    private static final int ZSTD_LEVEL = 3;
    /** The result depends on whether there are workers, and not on their number. */
    private static final int MOST_WORKERS = 4;

    private ArchiveEncoder() {}

    /** A gzip stream; its header is written at once. */
    public static OutputStream gzip(OutputStream target) throws IOException {
        return new Gzip(target);
    }

    /** A zstd stream. */
    public static OutputStream zstd(OutputStream target) throws IOException {
        int workers = Math.max(1, Math.min(MOST_WORKERS, Runtime.getRuntime().availableProcessors()));
        return zstd(target, workers);
    }

    static OutputStream zstd(OutputStream target, int workers) throws IOException {
        try {
            return new ZstdOutputStreamNoFinalizer(target, ZSTD_LEVEL)
                    .setChecksum(true)
                    .setWorkers(workers);
        } catch (LinkageError e) {
            throw new IOException(
                    "zstd needs the library com.github.luben:zstd-jni: it is missing or cannot be loaded here; add it to the"
                            + " class path, or choose another compression",
                    e);
        }
    }

    /** The level is the default of the gzip command. */
    private static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream target) throws IOException {
            super(target, BUFFER);
            def.setLevel(6);
        }
    }
}
