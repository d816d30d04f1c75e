// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.image.ImageReference;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;

/**
 * Reads a list of a host page by page: tags or referrers. The next page is where the {@code Link} header of the last one says, at
 * the same list of the same host; a link that leads elsewhere, or back, is a failure of the host. The path of a link is not
 * followed, only its query: a proxy may have a path prefix, and {@code ns}, of which the registry behind it does not know.
 *
 * @param endpoint the host
 * @param image the repository
 * @param first the URL of the first page
 * @param accept the media types that are welcome
 */
record PagedList(RegistryEndpoint endpoint, ImageReference image, HttpUrl first, String accept) {
    private static final String NAMESPACE = "ns";

    /** How many bytes a page may have. */
    private static final int MAX_PAGE = 4 << 20;

    private static final int MAX_PAGES = 2_000;

    /** How many bytes all pages may have together. */
    private static final long MAX_BYTES = 64L << 20;

    /** Takes a page. */
    interface PageReader {
        /**
         * Reads a page.
         *
         * @return whether the next one is wanted
         */
        boolean read(HttpResponse response, byte[] body) throws HostFailure;
    }

    /**
     * Reads the pages in order.
     *
     * @throws HostFailure if the host refuses one, or if there is no end of them
     */
    void read(PageReader reader, Cancellation cancellation) throws IOException, HostFailure {
        Set<HttpUrl> seen = new HashSet<>();
        HttpUrl next = first;
        long bytes = 0;
        while (seen.add(next)) {
            try (HttpResponse response = endpoint.getPage(image, next, accept, cancellation)) {
                byte[] body = body(response);
                bytes += body.length;
                if (!reader.read(response, body)) {
                    return;
                }
                Optional<String> link = LinkHeader.next(response.headers("Link"));
                if (link.isEmpty()) {
                    return;
                }
                if (seen.size() >= MAX_PAGES || bytes > MAX_BYTES) {
                    throw malformed(
                            response, "its list has more than " + MAX_PAGES + " pages, or " + MAX_BYTES + " bytes");
                }
                next = target(link.get(), response);
                if (seen.contains(next)) {
                    throw malformed(response, "its list does not end: a page leads back to an earlier one");
                }
            }
        }
    }

    private static byte[] body(HttpResponse response) throws IOException, HostFailure {
        byte[] body = response.decodedBody().readNBytes(MAX_PAGE + 1);
        if (body.length > MAX_PAGE) {
            throw malformed(response, "a page of its list has more than " + MAX_PAGE + " bytes");
        }
        long declared = response.declaredLength();
        if (declared >= 0 && !response.isCoded() && body.length != declared) {
            throw HostFailure.of(new EOFException(), response.shownUrl());
        }
        return body;
    }

    private HttpUrl target(String link, HttpResponse response) throws HostFailure {
        HttpUrl url = first.resolve(link);
        if (url == null) {
            throw malformed(response, "its link to the next page is not a URL: " + response.shown(link));
        }
        boolean sameOrigin =
                url.scheme().equals(first.scheme()) && url.host().equals(first.host()) && url.port() == first.port();
        if (!sameOrigin || !namesSameList(url)) {
            throw malformed(
                    response,
                    "its link to the next page leads elsewhere, which is not followed: " + response.shown(link));
        }
        HttpUrl.Builder next = first.newBuilder().encodedQuery(url.encodedQuery());
        String namespace = first.queryParameter(NAMESPACE);
        return (namespace == null ? next : next.setQueryParameter(NAMESPACE, namespace)).build();
    }

    /** Whether the URL is for the same kind of list, as its last segments say. */
    private boolean namesSameList(HttpUrl url) {
        String path = url.encodedPath().replaceAll("/+$", "");
        int segments = first.pathSize();
        return path.endsWith("/" + String.join("/", first.pathSegments().subList(segments - 2, segments)));
    }

    static HostFailure malformed(HttpResponse response, String reason) {
        return HostFailure.malformed(response.shownUrl(), response.status(), reason);
    }
}
