// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.hosts.Header;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.secret.Secret;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Builds the requests of one host: its configured headers go to its own origin and to no other. Immutable. */
final class RequestHeaders {
    static final String USER_AGENT = "jpull/0.1";

    private final RegistryHost host;
    private final FailoverTimeouts failoverTimeouts;

    RequestHeaders(RegistryHost host) {
        this.host = host;
        HostExtensions extensions = host.extensions();
        this.failoverTimeouts = new FailoverTimeouts(
                host.dialTimeout().equals(RegistryHost.DEFAULT_DIAL_TIMEOUT),
                extensions.responseTimeout() == null,
                extensions.stallTimeout() == null);
    }

    /**
     * The request for a call.
     *
     * @param url the URL to send it to
     * @param own whether that URL is of the host's own origin
     * @param authorization the Authorization header, or null for none
     */
    Request request(RegistryCall call, HttpUrl url, boolean own, @Nullable Secret authorization) {
        Request.Builder request = new Request.Builder()
                .url(url)
                .method(call.method(), null)
                .header("User-Agent", USER_AGENT)
                .header("Accept", call.accept())
                // Blobs are compressed already, digests and ranges count their own bytes.
                .header("Accept-Encoding", "identity");
        if (call.failoverPossible()) {
            request.tag(FailoverTimeouts.class, failoverTimeouts);
        }
        if (own) {
            addConfigured(request);
        }
        if (call.range() != null) {
            request.header("Range", call.range());
        }
        if (authorization != null) {
            request.header("Authorization", authorization.reveal());
        }
        return request.build();
    }

    /**
     * Completes a request to a token server; its own Authorization header stays.
     *
     * @param own whether the token server is of the host's own origin
     */
    void addToTokenRequest(Request.Builder request, boolean own) {
        request.header("User-Agent", USER_AGENT).header("Accept-Encoding", "identity");
        request.tag(HttpDump.ForToken.class, new HttpDump.ForToken());
        if (own) {
            String authorization = request.build().header("Authorization");
            addConfigured(request);
            if (authorization != null) {
                request.header("Authorization", authorization);
            }
        }
    }

    /** A configured header replaces one of ours with the same name; given twice, it is sent twice. */
    private void addConfigured(Request.Builder request) {
        if (host.headers().isEmpty()) {
            return;
        }
        Headers.Builder headers = request.build().headers().newBuilder();
        for (Header header : host.headers()) {
            headers.removeAll(header.name());
        }
        for (Header header : host.headers()) {
            headers.addUnsafeNonAscii(header.name(), header.value().reveal()); // any text, as containerd sends it
        }
        request.headers(headers.build());
    }
}
