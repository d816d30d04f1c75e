// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.DecodeException;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.FailureKind;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.store.BlobFollower;
import dev.jpull.store.BlobFront;
import dev.jpull.store.ImageStore;
import dev.jpull.tar.TarException;
import dev.jpull.text.ForeignText;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Runs the consumer of one layer over the bytes of its blob, again when these were thrown away.
 *
 * @param layer the layer
 * @param consumer does something with its content
 * @param store the store that the blob comes into
 * @param front of the blob
 * @param cancelled ends the run, within one read of what is there
 * @param progress takes how many bytes of the blob have been consumed, now and then
 */
public record LayerRun(
        PlannedLayer layer,
        LayerConsumer consumer,
        ImageStore store,
        BlobFront front,
        BooleanSupplier cancelled,
        LongConsumer progress) {
    private static final System.Logger LOGGER = System.getLogger(LayerRun.class.getName());

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
                    consumer.consume(new ReportedInput(content, progress), cancelled);
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

    /** What the pull fails with. */
    private RuntimeException failure(Exception e) {
        boolean ofContent = e instanceof DecodeException || e instanceof TarException;
        if (e instanceof RuntimeException unexpected && !(e instanceof IntegrityException)) {
            return unexpected;
        }
        boolean beyondSize = e instanceof DecodeException decoding && decoding.isBeyondSize();
        if ((ofContent || e instanceof IntegrityException || e instanceof EOFException)
                && !beyondSize
                && isDamagedInStore()) {
            return new StoreException(FailureDetails.of("the blob of " + layer.label() + " in the store " + store.root()
                            + " is damaged: repair the store, and pull again")
                    .causedBy(e)
                    .with(Remedy.REPAIR_STORE));
        }
        if (e instanceof IntegrityException integrity) {
            return integrity;
        }
        String reason = e.getMessage() == null ? e.toString() : ForeignText.line(e.getMessage());
        return ofContent
                ? new IntegrityException(FailureDetails.of(layer.label() + " is not usable: " + reason)
                        .causedBy(e)
                        .withRemedies(beyondSize ? List.of(Remedy.RAISE_LAYER_LIMIT) : List.of()))
                : new StoreException(FailureDetails.of("cannot work on " + layer.label() + ": " + reason)
                        .causedBy(e));
    }

    /** Whether the file in the store has another digest than it had when it came: then the content says nothing about the image. */
    private boolean isDamagedInStore() {
        MessageDigest hash = layer.blob().digest().algorithm().newMessageDigest();
        byte[] buffer = new byte[64 << 10];
        try (BlobFollower stored = store.follow(front, cancelled)) {
            for (int read = stored.read(buffer); read >= 0; read = stored.read(buffer)) {
                hash.update(buffer, 0, read);
            }
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the blob of a layer cannot be read again", e);
            return e instanceof EOFException;
        }
        return !Digest.of(layer.blob().digest().algorithm(), hash.digest())
                .equals(layer.blob().digest());
    }
}
