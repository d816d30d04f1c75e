// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

import dev.jpull.error.Attempt;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import java.time.Duration;
import java.time.Instant;

/** Something that happened during the pull of an image. Holds nothing secret. */
public sealed interface PullEvent {
    /** When it happened. */
    Instant time();

    /** The image, as {@code ImageReference} writes it. */
    String image();

    /** The name of the event in machine formats. */
    default String name() {
        String simple = getClass().getSimpleName();
        return simple.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
    }

    /** A pull began. */
    record PullStarted(Instant time, String image) implements PullEvent {}

    /**
     * Something in the host configuration that its owner should know, or a warning from a registry.
     *
     * @param text the warning, for people
     */
    record Warning(Instant time, String image, String text) implements PullEvent {}

    /**
     * A host did not do, and the next one is asked.
     *
     * @param attempt what was tried
     */
    record Fallback(Instant time, String image, Attempt attempt) implements PullEvent {}

    /**
     * The digest of the image is known.
     *
     * @param digest the digest of the manifest or index
     * @param mediaType its type
     * @param host the origin that said so
     */
    record Resolved(Instant time, String image, Digest digest, MediaType mediaType, String host) implements PullEvent {}

    /**
     * A blob that is needed was in the store already.
     *
     * @param digest the blob
     * @param total its size in bytes
     */
    record BlobPresent(Instant time, String image, Digest digest, long total) implements PullEvent {}

    /**
     * A blob will be fetched; others may be fetched before it.
     *
     * @param digest the blob
     * @param mediaType its type
     * @param bytes what an earlier pull left of it, in bytes
     * @param total its size in bytes
     */
    record BlobQueued(Instant time, String image, Digest digest, MediaType mediaType, long bytes, long total)
            implements PullEvent {}

    /**
     * A host sends a blob.
     *
     * @param digest the blob
     * @param bytes the offset from which it sends
     * @param total its size in bytes
     * @param host the origin that sends it
     */
    record BlobStarted(Instant time, String image, Digest digest, long bytes, long total, String host)
            implements PullEvent {}

    /**
     * Bytes of a blob arrived.
     *
     * @param digest the blob
     * @param bytes how much of it is there
     * @param total its size in bytes
     */
    record BlobProgress(Instant time, String image, Digest digest, long bytes, long total) implements PullEvent {}

    /**
     * The transfer of a blob broke off and goes on after a pause.
     *
     * @param digest the blob
     * @param bytes how much of it is there
     * @param total its size in bytes
     * @param attempt what went wrong
     * @param pause how long the pause is
     */
    record BlobRetry(Instant time, String image, Digest digest, long bytes, long total, Attempt attempt, Duration pause)
            implements PullEvent {}

    /**
     * A blob is verified and in the store.
     *
     * @param digest the blob
     * @param bytes how much of it was fetched now
     * @param total its size in bytes
     * @param host the origin that sent the last of it; empty when nothing had to be fetched
     */
    record BlobCompleted(Instant time, String image, Digest digest, long bytes, long total, String host)
            implements PullEvent {}

    /**
     * The image is complete and named in the store.
     *
     * @param digest the digest of the manifest or index
     */
    record PullCompleted(Instant time, String image, Digest digest) implements PullEvent {}

    /**
     * The pull failed.
     *
     * @param reason why, as a sentence
     */
    record PullFailed(Instant time, String image, String reason) implements PullEvent {}
}
