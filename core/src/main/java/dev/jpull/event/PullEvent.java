// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

import dev.jpull.error.Attempt;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.text.ForeignText;
import java.time.Duration;
import java.time.Instant;

/** Something that happened during the pull of an image. Holds nothing secret. */
public sealed interface PullEvent {
    /**
     * The number of the pull, or of another call of the puller: from 1 on, in the order in which they began, never twice
     * within one puller. It tells two pulls of one image apart; {@code PulledImage} has it too.
     */
    long pull();

    /** When it happened: never before the event that was delivered before it. */
    Instant time();

    /** The image, as {@code ImageReference} writes it. */
    String image();

    /** The same event, as part of a call of the puller. */
    PullEvent of(long number, Instant when);

    /** The name of the event in machine formats. */
    default String name() {
        String simple = getClass().getSimpleName();
        return simple.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(java.util.Locale.ROOT);
    }

    /** A pull began. */
    record PullStarted(long pull, Instant time, String image) implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public PullStarted(Instant time, String image) {
            this(0, time, image);
        }

        @Override
        public PullStarted of(long number, Instant when) {
            return new PullStarted(number, when, image);
        }
    }

    /**
     * Something in the host configuration that its owner should know, or a warning from a registry.
     *
     * @param text the warning, for people
     */
    record Warning(long pull, Instant time, String image, String text) implements PullEvent {
        /** Makes harmless what a registry or a file has a part in. */
        public Warning {
            text = ForeignText.message(text);
        }

        /** An event that the puller numbers when it puts it in order. */
        public Warning(Instant time, String image, String text) {
            this(0, time, image, text);
        }

        @Override
        public Warning of(long number, Instant when) {
            return new Warning(number, when, image, text);
        }
    }

    /**
     * A host did not do, and the next one is asked.
     *
     * @param attempt what was tried
     */
    record Fallback(long pull, Instant time, String image, Attempt attempt) implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public Fallback(Instant time, String image, Attempt attempt) {
            this(0, time, image, attempt);
        }

        @Override
        public Fallback of(long number, Instant when) {
            return new Fallback(number, when, image, attempt);
        }
    }

    /**
     * The digest of the image is known.
     *
     * @param digest the digest of the manifest or index
     * @param mediaType its type
     * @param host the origin that said so
     */
    record Resolved(long pull, Instant time, String image, Digest digest, MediaType mediaType, String host)
            implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public Resolved(Instant time, String image, Digest digest, MediaType mediaType, String host) {
            this(0, time, image, digest, mediaType, host);
        }

        @Override
        public Resolved of(long number, Instant when) {
            return new Resolved(number, when, image, digest, mediaType, host);
        }
    }

    /**
     * A blob that is needed was in the store already.
     *
     * @param digest the blob
     * @param total its size in bytes
     */
    record BlobPresent(long pull, Instant time, String image, Digest digest, long total) implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public BlobPresent(Instant time, String image, Digest digest, long total) {
            this(0, time, image, digest, total);
        }

        @Override
        public BlobPresent of(long number, Instant when) {
            return new BlobPresent(number, when, image, digest, total);
        }
    }

    /**
     * A blob will be fetched; others may be fetched before it.
     *
     * @param digest the blob
     * @param mediaType its type
     * @param bytes what an earlier pull left of it, in bytes
     * @param total its size in bytes
     */
    record BlobQueued(long pull, Instant time, String image, Digest digest, MediaType mediaType, long bytes, long total)
            implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public BlobQueued(Instant time, String image, Digest digest, MediaType mediaType, long bytes, long total) {
            this(0, time, image, digest, mediaType, bytes, total);
        }

        @Override
        public BlobQueued of(long number, Instant when) {
            return new BlobQueued(number, when, image, digest, mediaType, bytes, total);
        }
    }

    /**
     * A host sends a blob.
     *
     * @param digest the blob
     * @param bytes the offset from which it sends
     * @param total its size in bytes
     * @param host the origin that sends it
     */
    record BlobStarted(long pull, Instant time, String image, Digest digest, long bytes, long total, String host)
            implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public BlobStarted(Instant time, String image, Digest digest, long bytes, long total, String host) {
            this(0, time, image, digest, bytes, total, host);
        }

        @Override
        public BlobStarted of(long number, Instant when) {
            return new BlobStarted(number, when, image, digest, bytes, total, host);
        }
    }

    /**
     * Bytes of a blob arrived.
     *
     * @param digest the blob
     * @param bytes how much of it is there
     * @param total its size in bytes
     */
    record BlobProgress(long pull, Instant time, String image, Digest digest, long bytes, long total)
            implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public BlobProgress(Instant time, String image, Digest digest, long bytes, long total) {
            this(0, time, image, digest, bytes, total);
        }

        @Override
        public BlobProgress of(long number, Instant when) {
            return new BlobProgress(number, when, image, digest, bytes, total);
        }
    }

    /**
     * The transfer of a blob broke off and goes on after a pause.
     *
     * @param digest the blob
     * @param bytes how much of it is there
     * @param total its size in bytes
     * @param attempt what went wrong
     * @param pause how long the pause is
     */
    record BlobRetry(
            long pull,
            Instant time,
            String image,
            Digest digest,
            long bytes,
            long total,
            Attempt attempt,
            Duration pause)
            implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public BlobRetry(
                Instant time, String image, Digest digest, long bytes, long total, Attempt attempt, Duration pause) {
            this(0, time, image, digest, bytes, total, attempt, pause);
        }

        @Override
        public BlobRetry of(long number, Instant when) {
            return new BlobRetry(number, when, image, digest, bytes, total, attempt, pause);
        }
    }

    /**
     * A blob is verified and in the store.
     *
     * @param digest the blob
     * @param bytes how much of it was fetched now
     * @param total its size in bytes
     * @param host the origin that sent the last of it; empty when nothing had to be fetched
     */
    record BlobCompleted(long pull, Instant time, String image, Digest digest, long bytes, long total, String host)
            implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public BlobCompleted(Instant time, String image, Digest digest, long bytes, long total, String host) {
            this(0, time, image, digest, bytes, total, host);
        }

        @Override
        public BlobCompleted of(long number, Instant when) {
            return new BlobCompleted(number, when, image, digest, bytes, total, host);
        }
    }

    /**
     * The image is complete and named in the store.
     *
     * @param digest the digest of the manifest or index
     */
    record PullCompleted(long pull, Instant time, String image, Digest digest) implements PullEvent {
        /** An event that the puller numbers when it puts it in order. */
        public PullCompleted(Instant time, String image, Digest digest) {
            this(0, time, image, digest);
        }

        @Override
        public PullCompleted of(long number, Instant when) {
            return new PullCompleted(number, when, image, digest);
        }
    }

    /**
     * The pull failed.
     *
     * @param reason why, as a sentence
     */
    record PullFailed(long pull, Instant time, String image, String reason) implements PullEvent {
        /** Makes harmless what a host, an image or a file has a part in. */
        public PullFailed {
            reason = ForeignText.lines(reason);
        }

        /** An event that the puller numbers when it puts it in order. */
        public PullFailed(Instant time, String image, String reason) {
            this(0, time, image, reason);
        }

        @Override
        public PullFailed of(long number, Instant when) {
            return new PullFailed(number, when, image, reason);
        }
    }
}
