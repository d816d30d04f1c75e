// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * The hosts with which another provider of TLS than that of the Java runtime cannot agree on keys and algorithms, and which are
 * therefore contacted by that of the runtime. BoringSSL, for one, has no P-521, X448, Ed25519 and no certificates of the RSA-PSS
 * kind. A host gets one more connection for this, and no request has been sent before. Safe for use by several threads.
 */
final class RuntimeTlsFallback {
    /** So that a host that redirects to ever new names cannot fill the memory. */
    private static final int MOST_HOSTS = 1_000;

    @GuardedBy("this")
    private final Set<String> hosts = new HashSet<>();

    /** Whether the TLS of the runtime is used for a host. */
    synchronized boolean isFor(String host, int port) {
        return hosts.contains(host + " " + port);
    }

    /** Uses the TLS of the runtime for a host from now on; returns whether that is new. */
    private synchronized boolean begin(HttpUrl url) {
        return hosts.size() < MOST_HOSTS && hosts.add(url.host() + " " + url.port());
    }

    /** Sends a request; once more with the TLS of the runtime where the handshake fails. */
    Response intercept(Interceptor.Chain chain) throws IOException {
        try {
            return chain.proceed(chain.request());
        } catch (SSLException e) {
            if (!TransportFailure.isDisagreement(e) || !begin(chain.request().url())) {
                throw e;
            }
            return proceedOr(e, chain);
        }
    }

    private static Response proceedOr(SSLException first, Interceptor.Chain chain) throws IOException {
        try {
            return chain.proceed(chain.request());
        } catch (IOException e) {
            e.addSuppressed(first);
            throw e;
        }
    }
}
