// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.compression.InflateEngine;
import dev.jpull.compression.LayerDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How layers are decoded. Safe for use by several threads.
 *
 * @param limits on what a compressed layer may become
 * @param engine inflates gzip; asked for each layer, because finding out what the machine has takes time
 * @param workers decode ahead of the thread that reads when a processor is free; null for no further thread
 */
public record LayerDecoding(
        DecodeLimits limits,
        Supplier<InflateEngine> engine,
        @Nullable LayerWorkers workers) {
    /** Decoding within limits, by the fastest engine that the machine has, on the thread that reads. */
    public static LayerDecoding within(DecodeLimits limits) {
        return new LayerDecoding(limits, () -> InflateEngine.of("auto"), null);
    }

    /**
     * The uncompressed content.
     *
     * @param compressed closed with the result, and when this fails
     */
    InputStream open(InputStream compressed) throws IOException {
        InputStream content = LayerDecoder.open(compressed, limits, engine.get());
        return workers == null ? content : workers.ahead(content);
    }
}
