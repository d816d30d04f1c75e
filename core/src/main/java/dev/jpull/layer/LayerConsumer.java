// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.BooleanSupplier;

/**
 * Does something with the content of one layer while it is downloaded: verifies it, unpacks it. Runs on a thread of
 * {@link LayerWorkers}, one run at a time. {@link VerifiedLayer#open} makes the uncompressed, verified content of what it gets.
 *
 * <p>A run may come to nothing, because the bytes that it was given turn out to be wrong when the blob is complete: its reads then
 * fail, and it is run again from the first byte. Each run therefore begins with removing what an earlier one left. When a run
 * throws, and the bytes were right, that ends the pull.
 */
@FunctionalInterface
public interface LayerConsumer {
    /**
     * Consumes the content, all of it.
     *
     * @param compressed the bytes as they are stored; a read blocks while more is to come, and the end is reached only when the
     *     blob is complete and its digest was right. Need not be closed
     * @param cancelled whether the work is to end. Reads look at it; so must work that goes on for long without one, and throw a
     *     {@link PullCancelledException}. Safe for use by several threads
     * @throws IOException if the content is not usable, or cannot be read: the worker turns it into a {@link PullException} that
     *     names the layer
     * @throws PullException if the layer is not what it must be, or cannot be stored, in a message that names the layer
     */
    void consume(InputStream compressed, BooleanSupplier cancelled) throws IOException;
}
