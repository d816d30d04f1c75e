// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.text.ForeignText;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import okhttp3.HttpUrl;

/**
 * HTTP to one host, with its headers, credentials and redirects. Every request is an exchange of its own, with a time limit for
 * all that leads to its response ({@link Exchange}); {@link EndpointRequests} sends it over the {@link HostTransport}. Safe for
 * use by several threads.
 */
public final class HttpEndpoint {
    private final HostTransport transport;
    private final EndpointRequests requests;
    private final CredentialSource credentials;
    private final Authorizer authorizer;
    private final TlsEngine tls;
    private final Duration answerTimeout;
    private final ReadAllowance allowance;
    private final SecretMask mask;

    /**
     * An endpoint.
     *
     * @param transport sends the requests
     * @param policy decides where the host may lead
     * @param allowance limits what is received of each response
     * @param mask is told every secret that the host may get
     */
    HttpEndpoint(
            HostTransport transport,
            OutboundPolicy policy,
            HttpOptions options,
            ReadAllowance allowance,
            SecretMask mask) {
        this.transport = transport;
        this.mask = mask;
        this.answerTimeout = options.answerTimeout();
        this.tls = options.tls();
        this.allowance = allowance;
        this.credentials = options.credentials();
        RegistryHost host = transport.host();
        host.headers().forEach(header -> mask.addHeader(header.value()));
        BiConsumer<String, Credential> identityTokens = options.identityTokens();
        TokenClient tokens = new TokenClient(
                policy,
                transport::sendTokenRequest,
                identityTokens == null ? null : token -> identityTokens.accept(host.host(), token),
                mask);
        this.authorizer = new Authorizer(host.host(), credentials, tokens, mask);
        this.requests = new EndpointRequests(transport, policy, authorizer, mask);
    }

    /**
     * The URL of a host, without a path.
     *
     * @throws ConfigurationException if there can be no such host
     */
    public static HttpUrl urlOf(RegistryHost host) {
        HttpUrl url = HttpUrl.parse(host.origin());
        if (url == null) {
            throw new ConfigurationException("\"" + ForeignText.line(host.host())
                    + "\" is not a host that can be contacted: correct its name or its port");
        }
        return url;
    }

    /** The host that this endpoint talks to. */
    public RegistryHost host() {
        return transport.host();
    }

    /** The URL of the host, without a path. */
    public HttpUrl base() {
        return transport.base();
    }

    /** The origin in use: http once the host turned out not to speak TLS. */
    public String origin() {
        return transport.origin();
    }

    /** Masks the secrets in use, in every text of the host. */
    public SecretMask mask() {
        return mask;
    }

    /** Whether the credentials for the host were sent so far. */
    public CredentialUse credentialUse() {
        return CredentialUse.of(host().host(), credentials, authorizer.hasSentCredential());
    }

    /** Whether the host has answered a request so far, with any status. */
    public boolean hasAnswered() {
        return transport.hasAnswered();
    }

    /** A notice about the host, if there is one; returned once. */
    public Optional<String> takeNotice() {
        return transport.takeNotice();
    }

    /**
     * Sends a request, answers challenges and follows redirects. The response may have any status; the caller closes it.
     *
     * @param call the request
     * @param cancellation ends the call when it is cancelled
     */
    public HttpResponse execute(RegistryCall call, Cancellation cancellation) throws IOException {
        return within(cancellation, call.failoverPossible(), exchange -> requests.send(call, exchange));
    }

    /**
     * Sends a request to where a descriptor says that its content is, without headers and credentials of the host. The response
     * may have any status; the caller closes it.
     *
     * @param call the request that the host itself could not answer
     * @param location one of the {@code urls} of the descriptor
     */
    public HttpResponse executeForeign(RegistryCall call, String location, Cancellation cancellation)
            throws IOException {
        return within(
                cancellation, call.failoverPossible(), exchange -> requests.sendForeign(call, location, exchange));
    }

    /**
     * Requests a URL once, to see whether there is an API: without credentials, and without following redirects.
     *
     * @param url a URL of the host
     */
    public HttpResponse ask(HttpUrl url, Cancellation cancellation) throws IOException {
        RegistryCall call = new RegistryCall("GET", url, "*/*", null, "", false);
        return within(cancellation, false, exchange -> requests.sendPlain(call, exchange));
    }

    /** A connection of its own, made step by step. */
    public ConnectionProbe connectionProbe() {
        return new ConnectionProbe(host(), base(), transport.client(), tls, answerTimeout);
    }

    /** The requests of an exchange. */
    @FunctionalInterface
    private interface Sending {
        HttpResponse send(Exchange exchange) throws IOException;
    }

    private HttpResponse within(Cancellation cancellation, boolean failoverPossible, Sending sending)
            throws IOException {
        Exchange exchange =
                new Exchange(cancellation, FailoverTimeouts.whole(host(), answerTimeout, failoverPossible), allowance);
        boolean answered = false;
        try {
            HttpResponse response = sending.send(exchange);
            answered = true;
            return response;
        } catch (IOException e) {
            throw exchange.failure(e);
        } finally {
            if (!answered) {
                exchange.end();
            }
        }
    }
}
