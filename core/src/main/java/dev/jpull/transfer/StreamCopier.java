// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.image.Descriptor;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.store.Ingest;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Copies what streams send into the ingest of their blob, and refuses what does not fit. Bytes are claimed in the plan before they
 * are written, so that no two streams write the same bytes. Safe for use by several threads.
 */
final class StreamCopier {
    private static final long LONG_WRITE_NANOS = Duration.ofMillis(50).toNanos();
    private static final int BUFFER = 128 << 10;

    private final BlobTransfer transfer;
    private final Descriptor blob;
    private final Ingest ingest;
    private final SegmentPlan plan;
    private final LongSupplier nanoTime;

    StreamCopier(BlobTransfer transfer, Ingest ingest, LongSupplier nanoTime) {
        this.transfer = transfer;
        this.blob = ingest.descriptor();
        this.ingest = ingest;
        this.plan = transfer.plan();
        this.nanoTime = nanoTime;
    }

    /**
     * Copies what a stream sends into a segment, until one of them is at its end.
     *
     * @return whether the host sends more, so that the stream could go on in what follows
     * @throws HostFailure if the stream breaks, or sends something else
     */
    boolean copy(BlobStream stream, Segment segment, RegistryEndpoint endpoint) throws HostFailure {
        byte[] buffer = new byte[(int) Math.min(BUFFER - 1, stream.end() - stream.position()) + 1];
        plan.whenTaken(segment, stream::cancel);
        try {
            skip(stream, plan.position(segment), buffer, endpoint);
            while (true) {
                plan.extend(segment, stream.end());
                long position = plan.position(segment);
                long left = plan.end(segment) - position;
                if (left == 0) {
                    break;
                }
                // One byte more than is missing, to notice a blob that is too long.
                boolean last = plan.end(segment) == blob.size();
                int read = stream.fill(
                        buffer, (int) Math.min(buffer.length, last && left < buffer.length ? left + 1 : left));
                if (read == 0) {
                    throw ended(stream, position);
                }
                if (read > left) {
                    throw surplus(stream);
                }
                int own = plan.claim(segment, read);
                write(position, buffer, own, endpoint);
                transfer.received(endpoint, own, read);
                refuseSlow(stream);
                if (own < read) {
                    return false; // another worker fetches the rest
                }
            }
            if (stream.position() == blob.size()) {
                refuseSurplus(stream);
            }
            return stream.position() < stream.end();
        } catch (IOException e) {
            if (plan.position(segment) == plan.end(segment)) {
                return false; // another stream fetches what was left
            }
            throw HostFailure.of(e, stream.shownUrl());
        } finally {
            plan.whenTaken(segment, () -> {});
        }
    }

    /**
     * Copies what a stream sends into a segment. A host that serves no ranges sends the whole blob, so that its stream also fills
     * the gaps that follow.
     *
     * @throws HostFailure if the stream breaks, or sends something else
     */
    void copyOn(BlobStream stream, Segment first, RegistryEndpoint endpoint) throws HostFailure {
        boolean more = copy(stream, first, endpoint);
        while (more && stream.isWhole() && !transfer.servesRanges(endpoint)) {
            Segment next = plan.takeFrom(stream.position());
            if (next == null) {
                return;
            }
            try {
                more = copy(stream, next, endpoint);
            } finally {
                plan.leave(next);
            }
        }
    }

    /** Skips bytes that are there already, from a host that ignores the range; fails unless that is over soon. */
    private void skip(BlobStream stream, long wanted, byte[] buffer, RegistryEndpoint endpoint)
            throws IOException, HostFailure {
        while (stream.position() < wanted) {
            int read = stream.fill(buffer, (int) Math.min(buffer.length, wanted - stream.position()));
            if (read == 0) {
                throw ended(stream, stream.position());
            }
            transfer.received(endpoint, 0, read);
            refuseSlow(stream);
        }
    }

    private HostFailure ended(BlobStream stream, long position) {
        return HostFailure.malformed(
                stream.shownUrl(),
                stream.status(),
                "the blob ended after " + position + " bytes, but its descriptor says " + blob.size());
    }

    /** A write that the disk blocks does not make the host slow. */
    private void write(long position, byte[] buffer, int length, RegistryEndpoint endpoint) {
        long start = nanoTime.getAsLong();
        ingest.write(position, buffer, length);
        long now = nanoTime.getAsLong();
        if (now - start > LONG_WRITE_NANOS) {
            transfer.rate().excuse(endpoint, now - start);
        }
    }

    private void refuseSlow(BlobStream stream) throws HostFailure {
        if (transfer.rate().verdict() != null) {
            throw HostFailure.slow(
                    stream.shownUrl(), stream.status(), transfer.rate().explanation());
        }
    }

    /** The end was reached exactly: the body must end there too. */
    private void refuseSurplus(BlobStream stream) throws HostFailure {
        try {
            if (stream.fill(new byte[1], 1) > 0) {
                throw surplus(stream);
            }
        } catch (IOException e) {
            return; // all bytes are here: what breaks the connection after them does no harm
        }
    }

    private HostFailure surplus(BlobStream stream) {
        return HostFailure.malformed(
                stream.shownUrl(),
                stream.status(),
                "it sends more than the " + blob.size() + " bytes of the descriptor");
    }
}
