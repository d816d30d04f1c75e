// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import dev.jpull.http.CallScope;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.BlobStream;
import dev.jpull.registry.Failover;
import dev.jpull.registry.HostFailure;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.store.Ingest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A blob that is being fetched, by the download that is responsible for it and perhaps by helpers: which bytes are whose, and
 * where they came from. Safe for use by several threads.
 */
final class BlobInFlight {
    private static final int MAX_HELPER_FAILURES = 3;
    private static final int BUFFER = 128 << 10;
    private static final long PROGRESS_INTERVAL_NANOS = Duration.ofMillis(100).toNanos();

    private final ImageReference image;
    private final Descriptor blob;
    private final Ingest ingest;
    private final Segments segments;
    private final PullListener listener;
    private final Assistants assistants;
    private final Failover failover;
    private List<RegistryEndpoint> spread;
    private final CallScope helperScope;

    private final Set<RegistryEndpoint> contributors = new HashSet<>();
    private final Set<RegistryEndpoint> withoutRanges = new HashSet<>();
    private @Nullable RegistryEndpoint source;
    private @Nullable RuntimeException failure;
    private int helpers;
    private boolean stopped;
    private int helperFailures;
    private long fetched;
    private long present;
    private long lastProgress;

    /**
     * A blob of which something is missing.
     *
     * @param scope the scope of the download
     * @param spread the hosts that helpers may fetch from; empty for the one that the download itself fetches from
     */
    BlobInFlight(
            ImageReference image,
            Ingest ingest,
            CallScope scope,
            PullListener listener,
            Assistants assistants,
            Failover failover,
            List<RegistryEndpoint> spread) {
        this.image = image;
        this.blob = ingest.descriptor();
        this.ingest = ingest;
        this.helperScope = scope.child();
        this.segments = new Segments(ingest.missing());
        this.listener = listener;
        this.assistants = assistants;
        this.failover = failover;
        this.spread = spread;
        this.present = ingest.count();
    }

    Segments segments() {
        return segments;
    }

    /**
     * Copies what a stream sends into a segment, until one of them is at its end.
     *
     * @return whether the host sends more, so that the stream could go on in what follows
     * @throws HostFailure if the stream breaks, or sends something else
     */
    boolean copy(BlobStream stream, Segments.Segment segment, RegistryEndpoint endpoint) throws HostFailure {
        byte[] buffer = new byte[(int) Math.min(BUFFER, stream.end() - stream.position() + 1)];
        try {
            while (true) {
                segments.extend(segment, stream.end());
                long position = segments.position(segment);
                long left = segments.end(segment) - position;
                if (left == 0) {
                    break;
                }
                // One byte more than is missing, to notice a blob that is too long.
                boolean last = segments.end(segment) == blob.size();
                int read = stream.fill(buffer, (int) Math.min(buffer.length, last ? left + 1 : left));
                if (read == 0) {
                    throw HostFailure.malformed(
                            stream.shownUrl(),
                            stream.status(),
                            "the blob ended after " + position + " bytes, but its descriptor says " + blob.size());
                }
                if (read > left) {
                    throw surplus(stream);
                }
                int own = segments.claim(segment, read);
                ingest.write(position, buffer, own);
                received(endpoint, own);
                if (own < read) {
                    return false; // somebody else fetches the rest
                }
            }
            if (stream.position() == blob.size()) {
                refuseSurplus(stream);
            }
            return stream.position() < stream.end();
        } catch (IOException e) {
            throw HostFailure.of(e, stream.shownUrl());
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

    private void received(RegistryEndpoint endpoint, int bytes) {
        assistants.connections().received(endpoint.host().origin(), bytes);
        boolean report;
        long there;
        synchronized (this) {
            contributors.add(endpoint);
            helperFailures = 0;
            fetched += bytes;
            present += bytes;
            there = present;
            long now = System.nanoTime();
            report = now - lastProgress >= PROGRESS_INTERVAL_NANOS || present == blob.size();
            if (report) {
                lastProgress = now;
            }
        }
        if (report) {
            listener.onEvent(
                    new PullEvent.BlobProgress(Instant.now(), image.toString(), blob.digest(), there, blob.size()));
            assistants.offer(this);
        }
    }

    /** Asks a host for the bytes of a segment, for a helper; empty when the host does not do ranges. */
    Optional<BlobStream> openForHelper(RegistryEndpoint endpoint, Segments.Segment segment) throws HostFailure {
        Optional<BlobStream> part;
        try {
            part = BlobStream.openRange(
                    endpoint, image, blob, segments.position(segment), segments.end(segment), helperScope);
        } catch (IOException e) {
            throw HostFailure.of(e, "");
        }
        if (part.isPresent() && !part.get().isWhole()) {
            return part;
        }
        part.ifPresent(BlobStream::close);
        synchronized (this) {
            withoutRanges.add(endpoint);
        }
        return Optional.empty();
    }

    /** The hosts that parts of the blob may be fetched from: the one that sends it, or all when the load is spread. */
    synchronized List<RegistryEndpoint> helpableSources() {
        if (stopped || source == null || helperFailures >= MAX_HELPER_FAILURES) {
            return List.of();
        }
        List<RegistryEndpoint> sources = spread.isEmpty() ? List.of(source) : spread;
        return sources.stream()
                .filter(host -> !withoutRanges.contains(host) && !failover.isPatient(host))
                .toList();
    }

    /** The download has a stream from this host. */
    synchronized void servedBy(RegistryEndpoint endpoint) {
        source = endpoint;
    }

    /** One helper more, unless it is too late. */
    synchronized boolean helperComes() {
        if (stopped) {
            return false;
        }
        helpers++;
        return true;
    }

    synchronized void helperGoes() {
        helpers--;
        notifyAll();
    }

    /** A helper broke off; returns whether that tells something about the host. */
    boolean helperFailed(RegistryEndpoint endpoint, HostFailure failed) {
        synchronized (this) {
            helperFailures++;
            if (stopped) {
                return false;
            }
            if (!spread.isEmpty() && !endpoint.equals(source)) {
                withoutRanges.add(endpoint); // it was only to make things faster
            }
        }
        failover.note(endpoint, failed);
        return true;
    }

    /** Something happened to a helper that the whole download cannot go on after. */
    synchronized void fail(RuntimeException e) {
        failure = e;
    }

    /** Throws what happened to a helper. */
    synchronized void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }

    /** Sends all helpers away, and waits until they have gone. */
    void stopHelpers() {
        synchronized (this) {
            stopped = true;
        }
        helperScope.cancel();
        boolean interrupted = false;
        synchronized (this) {
            while (helpers > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // they write into the file: it must not be closed under them
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What came is worth nothing, and helpers are to fetch from other hosts now. Nobody may be fetching. */
    synchronized void startAnew(List<RegistryEndpoint> otherSpread) {
        spread = otherSpread;
        segments.reset(ingest.missing());
        contributors.clear();
        present = ingest.count();
    }

    /** The hosts that sent what is there. */
    synchronized Set<RegistryEndpoint> contributors() {
        return Set.copyOf(contributors);
    }

    /** How many bytes came, those that were thrown away included. */
    synchronized long fetched() {
        return fetched;
    }

    /** How many bytes are there. */
    synchronized long present() {
        return present;
    }
}
