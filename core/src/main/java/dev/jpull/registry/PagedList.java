// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.http.Redaction;
import dev.jpull.image.ImageReference;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
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

    /** What a page has brought. */
    enum Page {
        /** Something that no earlier one has. */
        NEWS,
        /** Nothing that earlier ones do not have. */
        NO_NEWS,
        /** All that is wanted: the next page is not. */
        ENOUGH
    }

    /** Takes a page. */
    interface PageReader {
        /** Reads a page. */
        Page read(HttpResponse response, byte[] body) throws HostFailure;
    }

    /**
     * Reads the pages in order.
     *
     * @throws HostFailure if the host refuses one, if there is no end of them, or if they take too long
     */
    void read(PageReader reader, Cancellation cancellation) throws IOException, HostFailure {
        Set<HttpUrl> seen = new HashSet<>();
        HttpUrl next = first;
        PageBudget budget = new PageBudget(System::nanoTime);
        while (seen.add(next)) {
            try (HttpResponse response = endpoint.getPage(image, next, accept, cancellation)) {
                byte[] body = body(response);
                Page page = reader.read(response, body);
                if (page == Page.ENOUGH) {
                    return;
                }
                budget.add(body.length, page == Page.NEWS);
                Optional<String> link = LinkHeader.next(response.headers("Link"));
                if (link.isEmpty()) {
                    return;
                }
                if (budget.isOverdue()) {
                    throw HostFailure.slow(
                            response.shownUrl(),
                            response.status(),
                            "its list was not complete after " + PageBudget.MAX_TIME.toSeconds() + " s");
                }
                Optional<String> exhausted = budget.exhausted();
                if (exhausted.isPresent()) {
                    throw malformed(response, exhausted.get());
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
            throw malformed(response, "its link to the next page is not an HTTP URL");
        }
        boolean sameOrigin =
                url.scheme().equals(first.scheme()) && url.host().equals(first.host()) && url.port() == first.port();
        if (!sameOrigin || !namesSameList(url)) {
            throw malformed(
                    response,
                    "its link to the next page leads elsewhere, which is not followed: "
                            + response.shown(Redaction.of(url)));
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

    /**
     * Refuses the page of a web interface, which answers what the registry does not know.
     *
     * @param things what the list is of
     */
    static void requireNoHtml(HttpResponse response, String things) throws HostFailure {
        String type = response.header("Content-Type");
        if (type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
            throw malformed(
                    response,
                    "the answer is an HTML page instead of a list of " + things
                            + ": check the address of the registry, and whether it wants a login in a browser");
        }
    }

    static HostFailure malformed(HttpResponse response, String reason) {
        return HostFailure.malformed(response.shownUrl(), response.status(), reason);
    }
}
