// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.DecodeException;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.FailureKind;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import dev.jpull.store.BlobFollower;
import dev.jpull.store.BlobFront;
import dev.jpull.store.ImageStore;
import dev.jpull.tar.TarException;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.function.BooleanSupplier;

/**
 * Runs the consumer of one layer over the bytes of its blob, again when these were thrown away.
 *
 * @param layer the layer
 * @param consumer does something with its content
 * @param store the store that the blob comes into
 * @param front of the blob
 * @param cancelled ends the run, within one read of what is there
 */
public record LayerRun(
        PlannedLayer layer, LayerConsumer consumer, ImageStore store, BlobFront front, BooleanSupplier cancelled) {
    /**
     * Runs the consumer until it was through with content that is verified.
     *
     * @return false if the blob was removed from the store meanwhile, and has to be fetched again
     * @throws PullException if the consumer fails, or the pull has ended
     */
    public boolean run() {
        while (true) {
            try (BlobFollower content = store.follow(front, cancelled)) {
                try {
                    consumer.consume(content);
                    content.skipNBytes(front.blob().size() - content.position()); // blocks until the verdict
                    content.read();
                    return true;
                } catch (IOException | RuntimeException e) {
                    if (isFinal(e) || !content.mustStartAnew()) {
                        if (e instanceof NoSuchFileException && !store.has(layer.blob())) {
                            return false;
                        }
                        throw failure(e);
                    }
                }
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }

    /** Whether the failure does not depend on the content. */
    private static boolean isFinal(Exception e) {
        return e instanceof PullException failure && failure.kind() != FailureKind.INTEGRITY;
    }

    private RuntimeException failure(Exception e) {
        if (e instanceof RuntimeException unexpected) {
            return unexpected;
        }
        String reason = ForeignText.line(String.valueOf(e.getMessage()));
        if (e instanceof DecodeException || e instanceof TarException) {
            return new IntegrityException(FailureDetails.of(layer.label() + " is not usable: " + reason)
                    .causedBy(e));
        }
        return new StoreException(FailureDetails.of(
                        "cannot work on " + layer.label() + ": " + (e.getMessage() == null ? e.toString() : reason))
                .causedBy(e));
    }
}
