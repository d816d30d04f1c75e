// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.compression.LayerDecoder;
import dev.jpull.compression.ReadAheadStream;
import dev.jpull.file.RegularFile;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A layer whose blob is in the store.
 *
 * @param layer its place in the image
 * @param file the blob
 * @param decoding how it is decoded
 */
public record StoredLayer(PlannedLayer layer, Path file, LayerDecoding decoding) {
    /** A layer that is decoded within the usual limits. */
    public StoredLayer(PlannedLayer layer, Path file) {
        this(layer, file, LayerDecoding.within(DecodeLimits.DEFAULT));
    }

    /** The same layer, decoded in another way. */
    StoredLayer with(LayerDecoding other) {
        return new StoredLayer(layer, file, other);
    }

    /**
     * The uncompressed content. Its end is reached only when the digest of the blob and the diff ID of the content were right; a
     * reader that stops earlier has bytes that nothing was compared with.
     *
     * @return a stream whose reads throw {@link dev.jpull.error.IntegrityException} for content that is damaged or beyond a limit,
     *     and {@link dev.jpull.error.StoreException} when the file cannot be read; both name the layer
     * @throws dev.jpull.error.PullException if it cannot be opened
     */
    public InputStream open() {
        LayerVerification.requireReadable(layer);
        try {
            InputStream decoded = LayerDecoder.open(
                    blob(), decoding.limits(), decoding.engine().get());
            return new NamedLayerStream(layer, VerifiedLayer.ofDecoded(layer, decoded));
        } catch (IOException e) {
            throw LayerFailure.of(layer, e);
        }
    }

    /**
     * The entries of its archive, from content that is verified in the same way. A thread of its own decodes it, and ends when the
     * reader is closed.
     */
    TarReader openArchive(TarLimits limits) throws IOException {
        LayerVerification.requireReadable(layer);
        InputStream decoded = ReadAheadStream.start(
                LayerDecoder.open(blob(), decoding.limits(), decoding.engine().get()), StoredLayer::startThread);
        return new TarReader(VerifiedLayer.ofDecoded(layer, decoded), limits);
    }

    private static void startThread(Runnable work) {
        Thread thread = new Thread(work, "jpull-decode");
        thread.setDaemon(true);
        thread.start();
    }

    private InputStream blob() throws IOException {
        RegularFile.require(file, LinkOption.NOFOLLOW_LINKS);
        return new VerifiedBlob(layer, Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS));
    }
}
