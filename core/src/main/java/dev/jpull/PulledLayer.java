// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.error.PullException;
import dev.jpull.file.SerialForm;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.PlannedLayer;
import dev.jpull.layer.StoredLayer;
import dev.jpull.layer.VerifiedBlob;
import dev.jpull.pull.PulledContent;
import java.io.InputStream;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a pulled image. Immutable; equal to one with the same file, type, digest, size, diff ID, chain ID and snapshot, however
 * it came into the store.
 *
 * @since 0.1.0
 */
public final class PulledLayer implements Serializable {
    private static final long serialVersionUID = 1L;

    private final transient PulledContent.LayerContent content;

    /** Null for a blob of an artifact. */
    private final transient @Nullable StoredLayer stored;

    PulledLayer(PulledContent.LayerContent content, @Nullable StoredLayer stored) {
        this.content = content;
        this.stored = stored;
    }

    /** {@return its file in the store, as it was served, usually compressed} */
    public Path path() {
        return content.path();
    }

    /** {@return the digest of that file} */
    public Digest digest() {
        return content.blob().digest();
    }

    /** {@return its type, which says how it is compressed} */
    public MediaType mediaType() {
        return content.blob().mediaType();
    }

    /** {@return the size of the file in bytes} */
    public long size() {
        return content.blob().size();
    }

    /** {@return the digest of its uncompressed content; null for a blob of an artifact} */
    public @Nullable Digest diffId() {
        return content.diffId();
    }

    /**
     * Names the layer together with the layers below it (OCI image-spec, config.md "Layer ChainID"); null for a blob of an artifact.
     *
     * @return the chain ID
     */
    public @Nullable Digest chainId() {
        return content.chainId();
    }

    /** {@return whether this call has compared its uncompressed content with the diff ID} */
    public boolean diffIdVerified() {
        return content.diffIdVerified();
    }

    /** {@return the directory of its snapshot, see {@link PullRequest.Builder#snapshotter}; null when none was asked for} */
    public @Nullable Path snapshot() {
        return content.snapshot();
    }

    /** {@return the origin that sent the last of it, such as {@code https://mirror.example}; null when nothing was fetched} */
    public @Nullable String host() {
        String host = content.report().host();
        return host.isEmpty() ? null : host;
    }

    /** {@return how many bytes were fetched, those of failed attempts included} */
    public long bytesFetched() {
        return content.report().bytesFetched();
    }

    /** {@return how many bytes an earlier pull had left, which were not fetched again} */
    public long bytesResumed() {
        return content.report().bytesResumed();
    }

    /** {@return how many attempts at its transfer failed} */
    public int retries() {
        return content.report().retries();
    }

    /** {@return whether it was in the store before the pull} */
    public boolean present() {
        return content.report().present();
    }

    /**
     * {@return the uncompressed content, an archive in the format of tar} All of it is compared: with the digest of the stored
     * file, and with the diff ID. A reader has that certainty when the end is reached, and not before; close the stream in any
     * case.
     *
     * <p>It needs no {@link ImagePuller}: the layer is read from the file at {@link #path()}, decoded by the thread that reads,
     * within the limits of the puller on what a layer may become. A layer compressed with zstd needs {@code
     * com.github.luben:zstd-jni}, which the failure names when it is not there.
     *
     * <p>Reads throw {@link dev.jpull.error.IntegrityException} for content that is damaged, has another digest, or goes beyond a
     * limit on what a layer may become, and {@link dev.jpull.error.StoreException} when the file cannot be read. The stream is for
     * one thread.
     *
     * @throws PullException if the file is not there, or is not one that can be decoded
     * @throws IllegalStateException for a blob of an artifact, which has no diff ID
     */
    public InputStream open() {
        if (stored == null) {
            throw new IllegalStateException(
                    "the blob " + digest() + " is not a layer of an image: openBlob() has its bytes");
        }
        return stored.open();
    }

    /**
     * {@return the bytes of the file at {@link #path()}, as they were served, for a layer or any blob of an artifact} They are
     * compared with the digest: a reader has that certainty when the end is reached, where a difference is thrown as {@link
     * dev.jpull.error.IntegrityException}. The stream is for one thread; close it in any case.
     *
     * @throws dev.jpull.error.StoreException if the file is not there, or cannot be opened
     */
    public InputStream openBlob() {
        return VerifiedBlob.open(
                path(),
                digest(),
                stored == null ? "the blob " + digest() : stored.layer().label());
    }

    /** {@return what is written instead} */
    private Object writeReplace() {
        return stored == null
                ? new Form(content, null, null)
                : new Form(content, stored.layer(), stored.decoding().limits());
    }

    /**
     * Fails: only the form that {@code writeReplace} gives is read.
     *
     * @param in where it would be read from
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a layer is read from its serialized form only");
    }

    private record Form(
            PulledContent.LayerContent content,
            @Nullable PlannedLayer planned,
            @Nullable DecodeLimits limits) implements Serializable {
        private Object readResolve() throws InvalidObjectException {
            return SerialForm.read(
                    "a layer",
                    () -> new PulledLayer(
                            Objects.requireNonNull(content, "content"),
                            planned == null || limits == null
                                    ? null
                                    : new StoredLayer(planned, content.path(), LayerDecoding.within(limits))));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PulledLayer layer
                && layer.content.path().equals(content.path())
                && layer.content.blob().equals(content.blob())
                && Objects.equals(layer.content.diffId(), content.diffId())
                && Objects.equals(layer.content.chainId(), content.chainId())
                && Objects.equals(layer.content.snapshot(), content.snapshot());
    }

    @Override
    public int hashCode() {
        return Objects.hash(content.path(), content.blob(), content.diffId(), content.chainId(), content.snapshot());
    }

    /** The digest; for messages, not to be parsed. */
    @Override
    public String toString() {
        return digest().toString();
    }
}
