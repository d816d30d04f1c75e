// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that a registry got.
 *
 * @param method the method
 * @param target path and query as sent; with the host before it when this server is asked as a proxy
 * @param headers the headers, names in lower case, several values joined by a comma
 * @param body what was sent after them, a byte a character
 * @param status the status that was answered
 */
public record LoggedRequest(String method, String target, Map<String, String> headers, String body, int status) {
    /** A header, or null. */
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** The path without the query, and without the host that a proxy is told. */
    public String path() {
        String path = target.replaceFirst("^http://[^/]*", "");
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** A parameter of the query, decoded, or null. */
    public @Nullable String parameter(String name) {
        int query = target.indexOf('?');
        for (String pair :
                query < 0 ? new String[0] : target.substring(query + 1).split("&")) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** Whether a manifest was asked for by tag. */
    public boolean isForTag() {
        return path().contains("/manifests/") && !path().matches(".*/manifests/sha(256|512):.*");
    }

    /** Whether a blob was asked for. */
    public boolean isForBlob() {
        return path().contains("/blobs/");
    }

    /** All that was sent, in which no secret must be that is not meant for this server. */
    public String everything() {
        return method + " " + target + "\n" + headers + "\n" + body;
    }

    /** The request as one line. */
    @Override
    public String toString() {
        String range = header("range");
        return method + " " + target + (range == null ? "" : " (" + range + ")") + " -> " + status;
    }
}
