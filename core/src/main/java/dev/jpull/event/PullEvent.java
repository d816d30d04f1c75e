// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

import dev.jpull.error.Attempt;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.text.ForeignText;
import java.time.Duration;
import java.time.Instant;

/**
 * An event of the pull of an image. Events are immutable values and contain no secrets. {@link PullListener} describes their
 * order.
 *
 * <p>Later versions may add events, and components to events. This interface is therefore not sealed, so that a {@code switch}
 * over events needs a {@code default} branch, and only jpull implements it. Read events through their accessors: record
 * patterns and constructors may change.
 *
 * @since 0.1.0
 */
public interface PullEvent {
    /**
     * What all events have.
     *
     * @param pull the number of the pull, or of another call of the puller
     * @param time when the event happened
     * @param image the image, as {@code ImageReference} writes it; for a text that is no reference, that text with escapes
     */
    record Header(long pull, Instant time, String image) {}

    /** {@return what all events have} */
    Header header();

    /**
     * {@return the name of the event in machine formats, such as {@value Warning#NAME}: one of the {@code NAME} constants} Names
     * never change.
     */
    String name();

    /**
     * {@return the number of the pull, or of another call of the puller: from 1 on, in the order in which they began, unique within
     * one puller} It distinguishes two pulls of one image; {@code PulledImage} has it too.
     */
    default long pull() {
        return header().pull();
    }

    /** {@return when the event happened: not before the event that was delivered before it} */
    default Instant time() {
        return header().time();
    }

    /** {@return the image, as {@code ImageReference} writes it} */
    default String image() {
        return header().image();
    }

    /** An event that is about one blob. */
    interface BlobEvent extends PullEvent {
        /** {@return the blob} */
        Digest digest();

        /** {@return the size of the blob in bytes} */
        long total();
    }

    /**
     * A pull began.
     *
     * @param header what all events have
     */
    record PullStarted(Header header) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "pull-started";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * A questionable setting in the host configuration, a warning of a registry, or a state that delays the pull.
     *
     * @param header what all events have
     * @param text the warning, human-readable
     */
    record Warning(Header header, String text) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "warning";

        /** Escapes control characters: the text may quote a registry or a file. */
        public Warning {
            text = ForeignText.message(text);
        }

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * A host failed, or was skipped, and the next one is asked.
     *
     * @param header what all events have
     * @param attempt the request that failed
     */
    record Fallback(Header header, Attempt attempt) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "fallback";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * The digest of the image is known.
     *
     * @param header what all events have
     * @param digest the digest of the manifest or index
     * @param mediaType its type
     * @param host the origin that resolved the reference; empty when the store did
     */
    record Resolved(Header header, Digest digest, MediaType mediaType, String host) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "resolved";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * What the pull needs is known; the first blob comes after this event.
     *
     * <p>The metadata of other platforms, which is small and may be missing at the hosts, is not counted, although it has blob
     * events when it is fetched. Manifests and indexes are not counted either: they have been read by now.
     *
     * @param header what all events have
     * @param blobs how many configurations and layers the image has, with those of referrers that are wanted; a blob that it has
     *     twice counts once
     * @param bytes how many bytes these blobs have, at most {@link Long#MAX_VALUE}
     * @param presentBytes how many of these bytes are of blobs that are complete in the store; what an earlier pull left of an
     *     unfinished blob is told when that blob is queued
     */
    record PullPlanned(Header header, int blobs, long bytes, long presentBytes) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "pull-planned";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * A blob that the pull needs is in the store already.
     *
     * @param header what all events have
     * @param digest the blob
     * @param total its size in bytes
     */
    record BlobPresent(Header header, Digest digest, long total) implements BlobEvent {
        /** The name of this event. */
        public static final String NAME = "blob-present";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * A blob will be fetched; others may be fetched before it.
     *
     * @param header what all events have
     * @param digest the blob
     * @param mediaType its type
     * @param bytes how much of it an earlier pull left, in bytes
     * @param total its size in bytes
     */
    record BlobQueued(Header header, Digest digest, MediaType mediaType, long bytes, long total) implements BlobEvent {
        /** The name of this event. */
        public static final String NAME = "blob-queued";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * A host sends a blob.
     *
     * @param header what all events have
     * @param digest the blob
     * @param bytes the offset from which the host sends
     * @param total its size in bytes
     * @param host the origin that sends it
     */
    record BlobStarted(Header header, Digest digest, long bytes, long total, String host) implements BlobEvent {
        /** The name of this event. */
        public static final String NAME = "blob-started";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * Bytes of a blob arrived.
     *
     * @param header what all events have
     * @param digest the blob
     * @param bytes how much of it is in the store, in bytes
     * @param total its size in bytes
     */
    record BlobProgress(Header header, Digest digest, long bytes, long total) implements BlobEvent {
        /** The name of this event. */
        public static final String NAME = "blob-progress";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * The transfer of a blob broke off and goes on after a pause.
     *
     * @param header what all events have
     * @param digest the blob
     * @param bytes how much of it is in the store, in bytes
     * @param total its size in bytes
     * @param attempt the request that failed
     * @param pause how long the pause is
     */
    record BlobRetry(Header header, Digest digest, long bytes, long total, Attempt attempt, Duration pause)
            implements BlobEvent {
        /** The name of this event. */
        public static final String NAME = "blob-retry";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * A blob is verified and in the store.
     *
     * @param header what all events have
     * @param digest the blob
     * @param bytes how much of it this pull fetched, in bytes
     * @param total its size in bytes
     * @param host the origin that sent the last of it; empty when no request was needed
     */
    record BlobCompleted(Header header, Digest digest, long bytes, long total, String host) implements BlobEvent {
        /** The name of this event. */
        public static final String NAME = "blob-completed";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * Content of a layer was uncompressed and worked on, as a pull does that verifies or unpacks layers, while the layer comes or
     * after that.
     *
     * @param header what all events have
     * @param digest the blob of the layer
     * @param bytes how much of the blob has been worked on, in bytes; starts anew when content is thrown away
     * @param total the size of the blob in bytes
     */
    record LayerProgress(Header header, Digest digest, long bytes, long total) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "layer-progress";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * The uncompressed content of a layer has its diff ID, and what the pull makes of the layer is done.
     *
     * @param header what all events have
     * @param digest the blob of the layer
     * @param diffId the digest of its uncompressed content
     * @param total the size of the blob in bytes
     */
    record LayerCompleted(Header header, Digest digest, Digest diffId, long total) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "layer-completed";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * The image is complete and named in the store.
     *
     * @param header what all events have
     * @param digest the digest of the manifest or index
     */
    record PullCompleted(Header header, Digest digest) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "pull-completed";

        @Override
        public String name() {
            return NAME;
        }
    }

    /**
     * The pull failed, or was cancelled.
     *
     * @param header what all events have
     * @param reason the message of the failure
     */
    record PullFailed(Header header, String reason) implements PullEvent {
        /** The name of this event. */
        public static final String NAME = "pull-failed";

        /** Escapes control characters: the text may quote a host, an image or a file. */
        public PullFailed {
            reason = ForeignText.lines(reason);
        }

        @Override
        public String name() {
            return NAME;
        }
    }
}
