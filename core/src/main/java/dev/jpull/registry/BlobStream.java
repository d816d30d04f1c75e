// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.CallScope;
import dev.jpull.http.HttpAnswer;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a blob from an offset, as one host sends them. What a host answers to a range is checked, never believed:
 * the start, the end and the total (RFC 9110 section 14.4). For use by one thread.
 */
public final class BlobStream implements Closeable {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

    private final HttpAnswer answer;
    private final InputStream body;
    private @Nullable IOException broken;

    private BlobStream(HttpAnswer answer, InputStream body) {
        this.answer = answer;
        this.body = body;
        // OkHttp would set and clear a timer for every 8 KiB; the socket's own timeout notices silence as well.
        answer.source().timeout().clearTimeout();
    }

    /**
     * Asks a host for a blob.
     *
     * @param descriptor the blob
     * @param offset the first byte that is wanted
     */
    public static BlobStream open(
            RegistryEndpoint endpoint, ImageReference image, Descriptor descriptor, long offset, CallScope scope)
            throws IOException, HostFailure {
        if (offset > 0) {
            BlobStream ranged = openRange(endpoint, image, descriptor, offset, scope);
            if (ranged != null) {
                return ranged;
            }
        }
        // The host does not do ranges: it sends everything, and what is there already is skipped.
        HttpAnswer answer = get(endpoint, image, descriptor, 0, scope);
        try {
            return whole(answer, descriptor, offset);
        } catch (IOException | HostFailure e) {
            answer.close();
            throw e;
        }
    }

    private static @Nullable BlobStream openRange(
            RegistryEndpoint endpoint, ImageReference image, Descriptor descriptor, long offset, CallScope scope)
            throws IOException, HostFailure {
        HttpAnswer answer;
        try {
            answer = get(endpoint, image, descriptor, offset, scope);
        } catch (HostFailure e) {
            if (e.status() == 400 || e.status() == 416 || e.status() == 501) {
                return null;
            }
            throw e;
        }
        try {
            String contentRange = answer.header("Content-Range");
            boolean partial = answer.status() == 206 || contentRange != null;
            if (!partial) {
                return whole(answer, descriptor, offset);
            }
            if (!answer.isCoded() && isRest(contentRange, offset, descriptor.size())) {
                return new BlobStream(answer, answer.source().inputStream());
            }
            answer.close();
            return null;
        } catch (IOException | HostFailure e) {
            answer.close();
            throw e;
        }
    }

    private static BlobStream whole(HttpAnswer answer, Descriptor descriptor, long offset)
            throws IOException, HostFailure {
        long declared = answer.declaredLength();
        if (declared >= 0 && declared != descriptor.size() && !answer.isCoded()) {
            throw HostFailure.malformed(
                    answer.shownUrl(),
                    answer.status(),
                    "it would send " + declared + " bytes, but the blob has " + descriptor.size());
        }
        InputStream body = answer.decodedBody();
        try {
            body.skipNBytes(offset);
        } catch (EOFException e) {
            throw HostFailure.of(e, answer.shownUrl());
        }
        return new BlobStream(answer, body);
    }

    private static HttpAnswer get(
            RegistryEndpoint endpoint, ImageReference image, Descriptor descriptor, long offset, CallScope scope)
            throws IOException, HostFailure {
        return descriptor.mediaType().isManifestOrIndex()
                ? endpoint.getManifest(image, descriptor.digest(), descriptor.mediaType(), scope)
                : endpoint.getBlob(image, descriptor.digest(), descriptor.mediaType(), offset, scope);
    }

    private static boolean isRest(@Nullable String contentRange, long offset, long size) {
        Matcher range = CONTENT_RANGE.matcher(contentRange == null ? "" : contentRange);
        return range.matches()
                && Long.parseLong(range.group(1)) == offset
                && Long.parseLong(range.group(2)) == size - 1
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

    /**
     * Reads as much as there is room for, unless the body ends or breaks first. What arrived before a break is returned
     * like any other bytes; the next call then throws.
     *
     * @return how much was read, 0 only at the end of the body
     */
    public int fill(byte[] buffer, int length) throws IOException {
        if (broken != null) {
            throw broken;
        }
        int filled = 0;
        try {
            while (filled < length) {
                int read = body.read(buffer, filled, length - filled);
                if (read < 0) {
                    break;
                }
                filled += read;
            }
        } catch (IOException e) {
            if (filled == 0) {
                throw e;
            }
            broken = e;
        }
        return filled;
    }

    @Override
    public void close() {
        answer.close();
    }
}
