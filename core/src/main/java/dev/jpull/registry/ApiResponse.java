// SPDX-License-Identifier: Apache-2.0
package dev.jpull.registry;

import dev.jpull.http.Challenge;
import dev.jpull.http.HttpResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The response of the root of an API to a request without credentials.
 *
 * @param url the URL, without secrets
 * @param status the HTTP status
 * @param challenges the credentials that the registry asks for, human-readable
 * @param isPage whether the answer is an HTML page
 * @param said what the registry says, or the title of its page; empty for nothing
 */
public record ApiResponse(String url, int status, List<String> challenges, boolean isPage, String said) {
    /** Copies the list. */
    public ApiResponse {
        challenges = List.copyOf(challenges);
    }

    /** Reads an answer, without closing it. */
    static ApiResponse of(HttpResponse response) throws IOException {
        List<String> wanted = new ArrayList<>();
        for (Challenge challenge : Challenge.parse(response.headers("WWW-Authenticate"))) {
            String realm = response.shown(challenge.param("realm"));
            wanted.add(
                    challenge.scheme().equals("bearer")
                            ? "a token from " + realm
                            : challenge.scheme() + " credentials");
        }
        String type = response.header("Content-Type");
        boolean page = type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html");
        return new ApiResponse(
                response.shownUrl(),
                response.status(),
                wanted,
                page,
                response.status() == 200 && !page ? "" : RegistryErrors.saidBy(response));
    }

    /** Whether the response says that the port speaks TLS. */
    public boolean saysHttps() {
        String lower = said.toLowerCase(Locale.ROOT);
        return status == 400 && lower.contains("https") && lower.contains("http ");
    }

    /** Whether the response says that a client certificate is required. */
    public boolean saysCertificate() {
        return said.toLowerCase(Locale.ROOT).contains("certificate");
    }
}
