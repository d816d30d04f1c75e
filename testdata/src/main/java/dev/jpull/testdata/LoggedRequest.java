// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that a registry got.
 *
 * @param method the method
 * @param target path and query as sent
 * @param headers the headers, names in lower case, several values joined by a comma
 * @param status the status that was answered
 */
public record LoggedRequest(String method, String target, Map<String, String> headers, int status) {
    /** A header, or null. */
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** The path without the query. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Whether a manifest was asked for by tag. */
    public boolean isForTag() {
        return path().contains("/manifests/") && !path().contains("/manifests/sha256:");
    }

    /** Whether a blob was asked for. */
    public boolean isForBlob() {
        return path().contains("/blobs/");
    }

    /** The request as one line. */
    @Override
    public String toString() {
        String range = header("range");
        return method + " " + target + (range == null ? "" : " (" + range + ")") + " -> " + status;
    }
}
