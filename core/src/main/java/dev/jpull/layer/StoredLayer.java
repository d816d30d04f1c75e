// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.DecodeException;
import dev.jpull.compression.LayerDecoder;
import dev.jpull.compression.ReadAheadStream;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * A layer whose blob is in the store.
 *
 * @param layer its place in the image
 * @param file the blob
 * @param decoding how it is decoded
 */
public record StoredLayer(PlannedLayer layer, Path file, LayerDecoding decoding) {
    /**
     * The uncompressed content. Its end is reached only when the digest of the blob and the diff ID of the content were right; a
     * reader that stops earlier has bytes that nothing was compared with.
     *
     * @return a stream whose reads throw {@link IntegrityException} for content that is damaged or beyond a limit,
     *     and {@link dev.jpull.error.StoreException} when the file cannot be read; both name the layer
     * @throws PullException if it cannot be opened
     */
    public InputStream open() {
        LayerVerification.requireReadable(layer);
        try {
            return new NamedLayerStream(this, VerifiedLayer.ofDecoded(layer, decoded()));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * The entries of its archive, from content that is verified in the same way. A thread of its own decodes it, and ends when the
     * reader is closed.
     */
    TarReader openArchive(TarLimits limits) throws IOException {
        return openArchive(limits, () -> false);
    }

    /** The same; reads end when that is cancelled. */
    TarReader openArchive(TarLimits limits, BooleanSupplier cancelled) throws IOException {
        LayerVerification.requireReadable(layer);
        InputStream decoded = ReadAheadStream.start(decoded(), StoredLayer::startThread);
        return new TarReader(new CancellableStream(VerifiedLayer.ofDecoded(layer, decoded), cancelled), limits);
    }

    private static void startThread(Runnable work) {
        Thread thread = new Thread(work, "jpull-decode");
        thread.setDaemon(true);
        thread.start();
    }

    /** Decoded by the thread that reads: the workers of the engine may have ended. */
    private InputStream decoded() throws IOException {
        return LayerDecoder.open(blob(), decoding.limits(), decoding.engine().get());
    }

    private InputStream blob() throws IOException {
        return VerifiedBlob.openFile(file, layer.blob().digest(), layer.label());
    }

    /**
     * The failure of reading this layer, which names it. What looks like a malformed layer may be a blob that was damaged in the
     * store; so its digest is looked at first.
     */
    PullException failure(IOException failure) {
        if (failure instanceof DecodeException || failure instanceof TarException) {
            try (InputStream blob = blob()) {
                blob.transferTo(OutputStream.nullOutputStream());
            } catch (IntegrityException damaged) {
                damaged.addSuppressed(failure);
                return damaged;
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
        return LayerFailure.of(layer, failure);
    }
}
