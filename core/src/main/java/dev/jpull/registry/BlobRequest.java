// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.error.Remedy;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request for a blob, or a part of it. The response to a range is checked against the request: the start, the end and the
 * total (RFC 9110 section 14.4).
 *
 * @param image the image of the blob
 * @param blob the blob
 * @param start the first byte
 * @param end the byte after the last one
 */
public record BlobRequest(ImageReference image, Descriptor blob, long start, long end) {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

    /**
     * Sends the request to a host, by range unless it is for the whole blob. The stream of a host that does not support ranges
     * begins with the first byte of the blob.
     *
     * @param nanoTime the clock by which the stream is measured, in nanoseconds
     */
    public BlobStream open(RegistryEndpoint endpoint, Cancellation cancellation, LongSupplier nanoTime)
            throws IOException, HostFailure {
        if (start > 0 || end < blob.size()) {
            Optional<BlobStream> part = openRange(endpoint, cancellation, nanoTime);
            if (part.isPresent()) {
                return part.get();
            }
        }
        HttpResponse response = send(endpoint, null, cancellation);
        try {
            return whole(response, nanoTime);
        } catch (IOException | HostFailure e) {
            response.close();
            throw e;
        }
    }

    /**
     * Sends the request to a host by range.
     *
     * @param nanoTime the clock by which the stream is measured, in nanoseconds
     * @return the part, or the whole when the host sends that; empty when the host refuses the range or sends another one
     */
    public Optional<BlobStream> openRange(RegistryEndpoint endpoint, Cancellation cancellation, LongSupplier nanoTime)
            throws IOException, HostFailure {
        // To the end of the blob, the range is left open: the response is the same.
        String range = "bytes=" + start + "-" + (end == blob.size() ? "" : end - 1);
        HttpResponse response;
        try {
            response = send(endpoint, range, cancellation);
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
                return Optional.of(whole(response, nanoTime));
            }
            if (!response.isCoded() && isWanted(contentRange)) {
                return Optional.of(new BlobStream(response, response.body(), nanoTime, start, end, false));
            }
            response.close();
            return Optional.empty();
        } catch (IOException | HostFailure e) {
            response.close();
            throw e;
        }
    }

    private boolean isWanted(@Nullable String contentRange) {
        Matcher range = CONTENT_RANGE.matcher(contentRange == null ? "" : contentRange);
        return range.matches()
                && Long.parseLong(range.group(1)) == start
                && Long.parseLong(range.group(2)) == end - 1
                && (range.group(3).equals("*") || Long.parseLong(range.group(3)) == blob.size());
    }

    private BlobStream whole(HttpResponse response, LongSupplier nanoTime) throws IOException, HostFailure {
        long declared = response.declaredLength();
        if (declared >= 0 && declared != blob.size() && !response.isCoded()) {
            throw HostFailure.malformed(
                    response.shownUrl(),
                    response.status(),
                    "it would send " + declared + " bytes, but the blob has " + blob.size());
        }
        return new BlobStream(response, response.decodedBody(), nanoTime, 0, blob.size(), true);
    }

    private HttpResponse send(RegistryEndpoint endpoint, @Nullable String range, Cancellation cancellation)
            throws IOException, HostFailure {
        if (blob.mediaType().isManifestOrIndex()) {
            return endpoint.getManifest(image, blob.digest(), blob.mediaType(), cancellation);
        }
        try {
            return endpoint.getBlob(image, blob.digest(), blob.mediaType(), range, cancellation);
        } catch (HostFailure e) {
            if (e.failureClass() != FailureClass.NOT_FOUND || blob.urls().isEmpty()) {
                throw e;
            }
            return sendToForeign(endpoint, range, cancellation, e);
        }
    }

    /** The host does not have the blob: its descriptor names other URLs. */
    private HttpResponse sendToForeign(
            RegistryEndpoint endpoint, @Nullable String range, Cancellation cancellation, HostFailure missing)
            throws IOException, HostFailure {
        Set<String> reasons = new LinkedHashSet<>();
        Set<Remedy> remedies = new LinkedHashSet<>();
        for (String location : blob.urls()) {
            try {
                return endpoint.getForeignBlob(image, blob.digest(), location, range, cancellation);
            } catch (HostFailure e) {
                if (e.isCancellation()) {
                    throw e;
                }
                reasons.add(e.reason());
                remedies.addAll(e.remedies());
            }
        }
        throw missing.because(String.join("; ", reasons), remedies);
    }
}
