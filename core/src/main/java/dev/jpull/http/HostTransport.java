// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.address.Localhost;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Provenance;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.text.ForeignText;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends single requests for one host: to its own origin, over plain HTTP where the host does not speak TLS and the
 * configuration says {@code http}, and to other origins that the host names. Follows no redirects and answers no challenges.
 * Safe for use by several threads.
 */
final class HostTransport {
    private final RegistryHost host;
    private final HttpUrl base;
    private final OkHttpClient client;
    private final Supplier<OkHttpClient> newOtherClient;
    private final OutboundPolicy policy;
    private final RequestHeaders headers;
    private final SecretMask mask;
    private final TlsTrial tls = new TlsTrial();
    private final AtomicReference<@Nullable String> notice = new AtomicReference<>();
    private volatile boolean answered;

    /** Whether the host has completed a TLS handshake. */
    private volatile boolean shaken;

    private final EventListener handshakes = new EventListener() {
        @Override
        public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
            shaken = true;
        }
    };

    /** Reads certificate files under this monitor, but no network I/O. */
    @GuardedBy("this")
    private @Nullable OkHttpClient otherClient;

    /**
     * A transport.
     *
     * @param client talks to the host itself
     * @param newOtherClient makes the client that talks to other origins that the host names, within the policy
     * @param mask masks the secrets in use in responses
     */
    HostTransport(
            RegistryHost host,
            HttpUrl base,
            OkHttpClient client,
            Supplier<OkHttpClient> newOtherClient,
            OutboundPolicy policy,
            SecretMask mask) {
        this.host = host;
        this.base = base;
        this.client = client;
        this.newOtherClient = newOtherClient;
        this.policy = policy;
        this.headers = new RequestHeaders(host);
        this.mask = mask;
    }

    /** The host that the transport is for. */
    RegistryHost host() {
        return host;
    }

    /** The URL of the host as configured, without a path. */
    HttpUrl base() {
        return base;
    }

    /** The client that talks to the host itself. */
    OkHttpClient client() {
        return client;
    }

    /** The origin in use: http once the host turned out not to speak TLS. */
    String origin() {
        return (tls.isPlain() ? "http" : host.scheme()) + "://" + host.host();
    }

    /** Whether the host has answered a request so far, with any status. */
    boolean hasAnswered() {
        return answered;
    }

    /** A notice about the host, if there is one; returned once. */
    Optional<String> takeNotice() {
        return Optional.ofNullable(notice.getAndSet(null));
    }

    /** The headers of requests to the host. */
    RequestHeaders headers() {
        return headers;
    }

    /** Whether a URL is of the host's own origin, to which alone headers and credentials of the host are sent. */
    boolean isOwnOrigin(HttpUrl url) {
        boolean configured = url.scheme().equals(base.scheme()) && url.port() == base.port();
        boolean fallenBack = tls.isPlain() && !url.isHttps() && url.port() == (base.port() == 443 ? 80 : base.port());
        return url.host().equals(base.host()) && (configured || fallenBack);
    }

    /** A URL as it is requested: with http instead of https once the host turned out not to speak TLS. */
    HttpUrl effective(HttpUrl url) {
        if (!tls.isPlain() || !url.isHttps() || !isOwnOrigin(url)) {
            return url;
        }
        HttpUrl.Builder plain = url.newBuilder().scheme("http");
        return url.port() == 443 ? plain.port(80).build() : plain.build();
    }

    /** Sends a request to the host's own origin; falls back to plain HTTP where that is configured. */
    HttpResponse sendToHost(Request request, Exchange exchange) throws IOException {
        TlsTrial.Attempt attempt =
                host.httpFallback() && request.url().isHttps() ? tls.begin(exchange.cancellation()) : null;
        if (attempt == null) {
            return sendEffective(request, exchange);
        }
        try {
            return send(true, request, exchange, attempt);
        } catch (IOException e) {
            if (!mayFallBack(e, attempt)) {
                throw e;
            }
            if (attempt.isOver()) {
                notice.set("https://" + host.host() + " does not answer TLS within "
                        + TlsTrial.LIMIT.toSeconds()
                        + " s: plain HTTP is used" + permission());
            }
            attempt.usePlainHttp();
        } finally {
            shaken |= attempt.isSpoken();
            attempt.end();
        }
        return sendEffective(request, exchange);
    }

    /** Where a file allows plain HTTP for the host: a part of a sentence, empty when it is allowed without a file. */
    private String permission() {
        Provenance provenance = host.provenance();
        SourcePosition written = provenance.settings().getOrDefault("insecure", provenance.host());
        SourcePosition position = provenance.settings().getOrDefault("skip_verify", written);
        return position.file() == null ? "" : ForeignText.message(", as " + position + " allows");
    }

    private HttpResponse sendEffective(Request request, Exchange exchange) throws IOException {
        return send(true, request.newBuilder().url(effective(request.url())).build(), exchange, null);
    }

    private boolean mayFallBack(IOException failure, TlsTrial.Attempt attempt) {
        if (attempt.isSpoken()) {
            return false;
        }
        boolean hasPort = host.host().lastIndexOf(':') > host.host().lastIndexOf(']');
        return attempt.isOver()
                || TransportFailure.isNotTls(failure)
                || !hasPort && (failure instanceof ConnectException || failure instanceof SocketTimeoutException);
    }

    /** Sends a request to another origin, to which a redirect or a descriptor leads. */
    HttpResponse sendToOther(Request request, Exchange exchange) throws IOException {
        try {
            return send(false, request, exchange, null);
        } catch (ForbiddenAddressException e) {
            throw new RedirectException("redirected to " + e.getMessage());
        } catch (IOException e) {
            throw TransportFailure.isUnreachable(e)
                    ? new RedirectTargetUnreachableException(
                            "redirected to " + Redaction.of(request.url()) + ": " + TransportFailure.describe(e), e)
                    : e;
        }
    }

    /** Sends a request to a token server, which may be of the host's own origin. */
    HttpResponse sendTokenRequest(Request.Builder request, Exchange exchange) throws IOException {
        HttpUrl url = request.url(effective(request.build().url())).build().url();
        boolean own = isOwnOrigin(url);
        headers.addToTokenRequest(request, own);
        try {
            return send(own, request.build(), exchange, null);
        } catch (ForbiddenAddressException e) {
            throw new AuthenticationException("the registry names a token server at " + e.getMessage());
        } catch (IOException e) {
            throw TransportFailure.isUnreachable(e) && !own
                    ? new RedirectTargetUnreachableException(
                            "the token server " + url.host() + ": " + TransportFailure.describe(e), e)
                    : e;
        }
    }

    private HttpResponse send(boolean own, Request request, Exchange exchange, @Nullable EventListener listener)
            throws IOException {
        Request.Builder tagged = request.newBuilder();
        if (own) {
            // The policy learns the address of the host from the connection to it.
            tagged.tag(OutboundPolicy.class, policy);
            tagged.tag(EventListener.class, listener == null ? handshakes : listener);
        }
        Call call = (own ? client : otherClient()).newCall(tagged.build());
        Response response = own ? executeOwn(call, exchange) : exchange.execute(call);
        answered |= own;
        return new HttpResponse(response, call, exchange, mask);
    }

    private Response executeOwn(Call call, Exchange exchange) throws IOException {
        try {
            return exchange.execute(call);
        } catch (IOException e) {
            throw !shaken && EndedHandshakeException.isFrom(e)
                    ? new EndedHandshakeException(e, Localhost.isLocalhost(host.host()))
                    : e;
        }
    }

    /** Made when it is needed: most hosts name no other origin. */
    private synchronized OkHttpClient otherClient() {
        OkHttpClient known = otherClient;
        if (known == null) {
            known = newOtherClient.get();
            otherClient = known;
        }
        return known;
    }
}
