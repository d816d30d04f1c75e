// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a blob, or a part of them, as one host sends them. What a host answers to a range is checked, never believed:
 * the start, the end and the total (RFC 9110 section 14.4). For use by one thread.
 */
public final class BlobStream implements Closeable {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

    /** So much is read rather than given up with its connection. */
    private static final long CHEAP = 64 << 10;

    /** What came so far is handed on after so long, also when there is room for more. */
    private static final long FILL_NANOS = 100_000_000;

    /** Fewer bytes than this in so long a time are no transfer. */
    private static final int TRICKLE = 16 << 10;

    private static final long TRICKLE_NANOS = Duration.ofSeconds(15).toNanos();

    /** A stream brings so little that it is as good as silent. */
    static final class TrickleException extends SocketTimeoutException {
        private static final long serialVersionUID = 1L;

        private TrickleException(long bytes) {
            super("it sends only " + bytes + " bytes in "
                    + Duration.ofNanos(TRICKLE_NANOS).toSeconds() + " seconds");
        }
    }

    private final HttpResponse response;
    private final InputStream body;
    private final LongSupplier nanoTime;
    private final long end;
    private final boolean whole;
    /** Whether the host can send bytes that bring none of the blob: the heads of chunks, or parts of a content coding. */
    private final boolean framed;

    private long position;
    private long trickle;
    private long trickleSince;
    private @Nullable IOException broken;

    private BlobStream(
            HttpResponse response, InputStream body, LongSupplier nanoTime, long position, long end, boolean whole)
            throws IOException {
        this.nanoTime = nanoTime;
        this.trickleSince = nanoTime.getAsLong();
        this.response = response;
        this.body = body;
        this.position = position;
        this.end = end;
        this.whole = whole;
        response.contentBegins();
        this.framed = response.isCoded() || response.declaredLength() < 0;
    }

    /**
     * Asks a host for a part of a blob, by range unless that is the whole. The stream of a host that does
     * not do ranges begins with the first byte of the blob.
     *
     * @param descriptor the blob
     * @param start the first byte that is wanted
     * @param end the byte after the last one that is wanted
     */
    public static BlobStream open(
            RegistryEndpoint endpoint,
            ImageReference image,
            Descriptor descriptor,
            long start,
            long end,
            Cancellation cancellation,
            LongSupplier nanoTime)
            throws IOException, HostFailure {
        if (start > 0 || end < descriptor.size()) {
            Optional<BlobStream> part = openRange(endpoint, image, descriptor, start, end, cancellation, nanoTime);
            if (part.isPresent()) {
                return part.get();
            }
        }
        HttpResponse response = get(endpoint, image, descriptor, null, cancellation);
        try {
            return whole(response, descriptor, nanoTime);
        } catch (IOException | HostFailure e) {
            response.close();
            throw e;
        }
    }

    /**
     * Asks a host for a part of a blob by range.
     *
     * @return the part, or the whole when the host sends that; empty when it refuses or answers something else
     */
    public static Optional<BlobStream> openRange(
            RegistryEndpoint endpoint,
            ImageReference image,
            Descriptor descriptor,
            long start,
            long end,
            Cancellation cancellation,
            LongSupplier nanoTime)
            throws IOException, HostFailure {
        // To the end of the blob, the range is left open: what is sent is the same.
        String range = "bytes=" + start + "-" + (end == descriptor.size() ? "" : end - 1);
        HttpResponse response;
        try {
            response = get(endpoint, image, descriptor, range, cancellation);
        } catch (HostFailure e) {
            if (e.status() == 400 || e.status() == 416 || e.status() == 501) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            String contentRange = response.header("Content-Range");
            boolean partial = response.status() == 206 || contentRange != null;
            if (!partial) {
                return Optional.of(whole(response, descriptor, nanoTime));
            }
            if (!response.isCoded() && isPart(contentRange, start, end, descriptor.size())) {
                return Optional.of(new BlobStream(response, response.body(), nanoTime, start, end, false));
            }
            response.close();
            return Optional.empty();
        } catch (IOException | HostFailure e) {
            response.close();
            throw e;
        }
    }

    private static BlobStream whole(HttpResponse response, Descriptor descriptor, LongSupplier nanoTime)
            throws IOException, HostFailure {
        long declared = response.declaredLength();
        if (declared >= 0 && declared != descriptor.size() && !response.isCoded()) {
            throw HostFailure.malformed(
                    response.shownUrl(),
                    response.status(),
                    "it would send " + declared + " bytes, but the blob has " + descriptor.size());
        }
        return new BlobStream(response, response.decodedBody(), nanoTime, 0, descriptor.size(), true);
    }

    private static HttpResponse get(
            RegistryEndpoint endpoint,
            ImageReference image,
            Descriptor descriptor,
            @Nullable String range,
            Cancellation cancellation)
            throws IOException, HostFailure {
        if (descriptor.mediaType().isManifestOrIndex()) {
            return endpoint.getManifest(image, descriptor.digest(), descriptor.mediaType(), cancellation);
        }
        try {
            return endpoint.getBlob(image, descriptor.digest(), descriptor.mediaType(), range, cancellation);
        } catch (HostFailure e) {
            if (e.failureClass() != FailureClass.NOT_FOUND || descriptor.urls().isEmpty()) {
                throw e;
            }
            return getForeign(endpoint, image, descriptor, range, cancellation, e);
        }
    }

    /** The host does not have it, but its author said where else it may be. */
    private static HttpResponse getForeign(
            RegistryEndpoint endpoint,
            ImageReference image,
            Descriptor descriptor,
            @Nullable String range,
            Cancellation cancellation,
            HostFailure missing)
            throws IOException, HostFailure {
        List<String> reasons = new ArrayList<>();
        for (String location : descriptor.urls()) {
            try {
                return endpoint.getForeignBlob(image, descriptor.digest(), location, range, cancellation);
            } catch (HostFailure e) {
                if (e.isCancellation()) {
                    throw e;
                }
                reasons.add(e.reason());
            }
        }
        throw missing.because(String.join("; ", new LinkedHashSet<>(reasons)));
    }

    private static boolean isPart(@Nullable String contentRange, long start, long end, long size) {
        Matcher range = CONTENT_RANGE.matcher(contentRange == null ? "" : contentRange);
        return range.matches()
                && Long.parseLong(range.group(1)) == start
                && Long.parseLong(range.group(2)) == end - 1
                && (range.group(3).equals("*") || Long.parseLong(range.group(3)) == size);
    }

    /** The URL that sends the bytes, without secrets. */
    public String shownUrl() {
        return response.shownUrl();
    }

    /** The HTTP status. */
    public int status() {
        return response.status();
    }

    /** Up to where bytes will come. */
    public long end() {
        return end;
    }

    /** The next byte. */
    public long position() {
        return position;
    }

    /** Whether the host sends the whole blob, whatever was asked for. */
    public boolean isWhole() {
        return whole;
    }

    /**
     * Reads as much as there is room for, unless the body ends or breaks first, or it takes long. What arrived before a
     * break is returned like any other bytes; the next call then throws.
     *
     * @return how much was read, 0 only at the end of the body
     */
    public int fill(byte[] buffer, int length) throws IOException {
        if (broken != null) {
            throw broken;
        }
        int filled = 0;
        long late = nanoTime.getAsLong() + FILL_NANOS;
        if (framed) {
            response.limitNextRead(TRICKLE_NANOS);
        }
        try {
            while (filled < length) {
                int read = body.read(buffer, filled, length - filled);
                if (read < 0) {
                    break;
                }
                filled += read;
                long now = nanoTime.getAsLong();
                refuseTrickle(read, now);
                if (now - late > 0) {
                    break;
                }
            }
        } catch (IOException e) {
            if (filled == 0) {
                throw e;
            }
            broken = e;
        }
        position += filled;
        return filled;
    }

    /** A host that sends next to nothing is as good as silent. */
    private void refuseTrickle(int read, long now) throws TrickleException {
        trickle += read;
        if (trickle >= TRICKLE) {
            trickle = 0;
            trickleSince = now;
        } else if (now - trickleSince > TRICKLE_NANOS) {
            throw new TrickleException(trickle);
        }
    }

    /** Ends the stream, from any thread. */
    public void cancel() {
        response.cancel();
    }

    /** What was not read of the body is not wanted: with much of it, the connection is given up. */
    @Override
    public void close() {
        if (end - position > CHEAP) {
            response.cancel();
        }
        response.close();
    }
}
