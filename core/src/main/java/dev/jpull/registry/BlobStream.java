// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.CallScope;
import dev.jpull.http.HttpAnswer;
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
    private static final long PATIENCE_NANOS = 100_000_000;

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

    private final HttpAnswer answer;
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
            HttpAnswer answer, InputStream body, LongSupplier nanoTime, long position, long end, boolean whole)
            throws IOException {
        this.nanoTime = nanoTime;
        this.trickleSince = nanoTime.getAsLong();
        this.answer = answer;
        this.body = body;
        this.position = position;
        this.end = end;
        this.whole = whole;
        answer.contentBegins();
        this.framed = answer.isCoded() || answer.declaredLength() < 0;
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
            CallScope scope,
            LongSupplier nanoTime)
            throws IOException, HostFailure {
        if (start > 0 || end < descriptor.size()) {
            Optional<BlobStream> part = openRange(endpoint, image, descriptor, start, end, scope, nanoTime);
            if (part.isPresent()) {
                return part.get();
            }
        }
        HttpAnswer answer = get(endpoint, image, descriptor, null, scope);
        try {
            return whole(answer, descriptor, nanoTime);
        } catch (IOException | HostFailure e) {
            answer.close();
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
            CallScope scope,
            LongSupplier nanoTime)
            throws IOException, HostFailure {
        // To the end of the blob, the range is left open: what is sent is the same.
        String range = "bytes=" + start + "-" + (end == descriptor.size() ? "" : end - 1);
        HttpAnswer answer;
        try {
            answer = get(endpoint, image, descriptor, range, scope);
        } catch (HostFailure e) {
            if (e.status() == 400 || e.status() == 416 || e.status() == 501) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            String contentRange = answer.header("Content-Range");
            boolean partial = answer.status() == 206 || contentRange != null;
            if (!partial) {
                return Optional.of(whole(answer, descriptor, nanoTime));
            }
            if (!answer.isCoded() && isPart(contentRange, start, end, descriptor.size())) {
                return Optional.of(new BlobStream(answer, answer.body(), nanoTime, start, end, false));
            }
            answer.close();
            return Optional.empty();
        } catch (IOException | HostFailure e) {
            answer.close();
            throw e;
        }
    }

    private static BlobStream whole(HttpAnswer answer, Descriptor descriptor, LongSupplier nanoTime)
            throws IOException, HostFailure {
        long declared = answer.declaredLength();
        if (declared >= 0 && declared != descriptor.size() && !answer.isCoded()) {
            throw HostFailure.malformed(
                    answer.shownUrl(),
                    answer.status(),
                    "it would send " + declared + " bytes, but the blob has " + descriptor.size());
        }
        return new BlobStream(answer, answer.decodedBody(), nanoTime, 0, descriptor.size(), true);
    }

    private static HttpAnswer get(
            RegistryEndpoint endpoint,
            ImageReference image,
            Descriptor descriptor,
            @Nullable String range,
            CallScope scope)
            throws IOException, HostFailure {
        if (descriptor.mediaType().isManifestOrIndex()) {
            return endpoint.getManifest(image, descriptor.digest(), descriptor.mediaType(), scope);
        }
        try {
            return endpoint.getBlob(image, descriptor.digest(), descriptor.mediaType(), range, scope);
        } catch (HostFailure e) {
            if (e.failureClass() != FailureClass.NOT_FOUND || descriptor.urls().isEmpty()) {
                throw e;
            }
            return getForeign(endpoint, image, descriptor, range, scope, e);
        }
    }

    /** The host does not have it, but its author said where else it may be. */
    private static HttpAnswer getForeign(
            RegistryEndpoint endpoint,
            ImageReference image,
            Descriptor descriptor,
            @Nullable String range,
            CallScope scope,
            HostFailure missing)
            throws IOException, HostFailure {
        List<String> reasons = new ArrayList<>();
        for (String location : descriptor.urls()) {
            try {
                return endpoint.getForeignBlob(image, descriptor.digest(), location, range, scope);
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
        return answer.shownUrl();
    }

    /** The HTTP status. */
    public int status() {
        return answer.status();
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
        long late = nanoTime.getAsLong() + PATIENCE_NANOS;
        if (framed) {
            answer.limitNextRead(TRICKLE_NANOS);
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
        answer.cancel();
    }

    /** What was not read of the body is not wanted: with much of it, the connection is given up. */
    @Override
    public void close() {
        if (end - position > CHEAP) {
            answer.cancel();
        }
        answer.close();
    }
}
