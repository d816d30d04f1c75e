// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.Header;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.secret.Secret;
import dev.jpull.text.ForeignText;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to one host: its headers, its credentials, its redirects, and plain HTTP where TLS turns out not to be spoken and
 * the owner wrote {@code http}. Headers and credentials go to the origin of the host and to no other
 * (docs/containerd.md section 14.4). Safe for use by several threads.
 */
public final class HttpEndpoint {
    static final String USER_AGENT = "jpull/0.1";
    private static final int MAX_REDIRECTS = 10;
    private static final int MAX_CHALLENGES = 2;

    private final RegistryHost host;
    private final HttpUrl base;
    private final OkHttpClient client;
    private final Supplier<OkHttpClient> newElsewhere;
    private final OutboundPolicy policy;
    private final CredentialSource credentials;
    private final Authorizer authorizer;
    private final FailoverTimeouts failoverTimeouts;
    private final Duration answerTimeout;
    private final ReadAllowance allowance;
    private final SecretMask mask;
    private @Nullable OkHttpClient elsewhere;
    private volatile boolean answered;
    private final TlsTrial tls = new TlsTrial();
    private final AtomicReference<@Nullable String> notice = new AtomicReference<>();

    /**
     * An endpoint.
     *
     * @param client talks to the host itself
     * @param elsewhere makes the client that talks to whatever the host names, within the policy
     * @param allowance limits what is received of each answer
     * @param mask is told every secret that the host may get to see
     */
    HttpEndpoint(
            RegistryHost host,
            HttpUrl base,
            OkHttpClient client,
            Supplier<OkHttpClient> elsewhere,
            OutboundPolicy policy,
            HttpOptions options,
            ReadAllowance allowance,
            SecretMask mask) {
        this.host = host;
        this.base = base;
        this.client = client;
        this.newElsewhere = elsewhere;
        this.policy = policy;
        this.mask = mask;
        host.headers().forEach(header -> mask.addHeader(header.value()));
        this.answerTimeout = options.answerTimeout();
        this.allowance = allowance;
        BiConsumer<String, Credential> identityTokens = options.identityTokens();
        HostExtensions own = host.extensions();
        this.failoverTimeouts = new FailoverTimeouts(
                host.dialTimeout().equals(RegistryHost.DEFAULT_DIAL_TIMEOUT),
                own.responseTimeout() == null,
                own.stallTimeout() == null);
        this.credentials = options.credentials();
        this.authorizer = new Authorizer(
                host.host(),
                credentials,
                new TokenClient(
                        policy,
                        this::sendTokenRequest,
                        identityTokens == null ? null : token -> identityTokens.accept(host.host(), token),
                        mask),
                mask);
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
        return host;
    }

    /** The URL of the host, without a path. */
    public HttpUrl base() {
        return base;
    }

    /** The origin as it is really contacted: http once TLS turned out not to be spoken. */
    public String origin() {
        return (tls.isPlain() ? "http" : host.scheme()) + "://" + host.host();
    }

    /** The secrets in use, of which nothing that the host says may be shown. */
    public SecretMask mask() {
        return mask;
    }

    /** What became of the credentials for the host so far. */
    public CredentialUse credentialUse() {
        return CredentialUse.of(host.host(), credentials, authorizer.hasSentCredential());
    }

    /** Whether the host has answered a request so far, with whatever status. */
    public boolean hasAnswered() {
        return answered;
    }

    /** What there is to tell about the host, once. */
    public Optional<String> takeNotice() {
        return Optional.ofNullable(notice.getAndSet(null));
    }

    /**
     * Sends a request, answers challenges and follows redirects. The answer may have any status; the caller closes it.
     *
     * @param call the request
     * @param cancellation ends the call when it is cancelled
     */
    public HttpResponse execute(RegistryCall call, Cancellation cancellation) throws IOException {
        return execute(call, effective(call.url()), true, cancellation);
    }

    /**
     * Sends a request to where the author of a descriptor says that its content is, without anything that belongs to the
     * host. The answer may have any status; the caller closes it.
     *
     * @param call the request that the host itself could not answer
     * @param location one of the {@code urls} of the descriptor
     */
    public HttpResponse executeForeign(RegistryCall call, String location, Cancellation cancellation)
            throws IOException {
        return execute(call, policy.foreign(location), false, cancellation);
    }

    private HttpResponse execute(RegistryCall call, HttpUrl start, boolean own, Cancellation cancellation)
            throws IOException {
        return within(cancellation, call.failoverPossible(), exchange -> follow(call, start, own, exchange));
    }

    /** What is asked within an exchange. */
    @FunctionalInterface
    private interface Asking {
        HttpResponse ask(Exchange exchange) throws IOException;
    }

    private HttpResponse within(Cancellation cancellation, boolean failoverPossible, Asking asking) throws IOException {
        Exchange exchange =
                new Exchange(cancellation, FailoverTimeouts.whole(host, answerTimeout, failoverPossible), allowance);
        boolean answered = false;
        try {
            HttpResponse response = asking.ask(exchange);
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

    private HttpResponse follow(RegistryCall call, HttpUrl start, boolean own, Exchange exchange) throws IOException {
        HttpUrl url = start;
        boolean home = own && isHome(url);
        List<String> hops = new ArrayList<>();
        int challenges = 0;
        while (true) {
            Secret authorization = home ? authorizer.authorization(call.repository(), exchange) : null;
            Request request = request(call, url, home, authorization);
            HttpResponse response = home ? sendHome(request, exchange) : sendElsewhere(request, exchange);
            url = response.url();
            String location = response.header("Location");
            if (isRedirect(response.status()) && location != null) {
                response.close();
                if (hops.size() == MAX_REDIRECTS) {
                    throw new RedirectException("redirected more than " + MAX_REDIRECTS + " times");
                }
                url = policy.redirect(url, location);
                // Who has left does not come home again on somebody else's word with everything in its hands.
                home = home && isHome(url);
                for (int i = 0; i < url.querySize(); i++) {
                    mask.addSignature(url.queryParameterValue(i));
                }
                hops.add(mask.mask(Redaction.of(url)));
            } else if (response.status() == 401 && home && challenges++ < MAX_CHALLENGES) {
                if (!canAnswer(response, call.repository(), authorization, exchange)) {
                    return response.after(hops);
                }
                response.close();
            } else {
                return response.after(hops);
            }
        }
    }

    /** Makes a connection of its own, to see how that goes. */
    public ConnectionProbe connectionProbe() {
        return new ConnectionProbe(host, base, client, answerTimeout);
    }

    /**
     * Asks once whether there is an API at all: without credentials, and without following anybody anywhere.
     *
     * @param url a URL of the host
     */
    public HttpResponse ask(HttpUrl url, Cancellation cancellation) throws IOException {
        RegistryCall call = new RegistryCall("GET", url, "*/*", null, "", false);
        return within(
                cancellation,
                false,
                exchange -> sendHome(request(call, effective(url), true, null), exchange)
                        .after(List.of()));
    }

    private boolean canAnswer(HttpResponse response, String repository, @Nullable Secret used, Exchange exchange)
            throws IOException {
        try {
            List<Challenge> challenges = Challenge.parse(response.headers("WWW-Authenticate"));
            return authorizer.answer(challenges, repository, used, response.url(), exchange);
        } catch (IOException | RuntimeException e) {
            response.close();
            throw e;
        }
    }

    private Request request(RegistryCall call, HttpUrl url, boolean home, @Nullable Secret authorization) {
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
        if (home) {
            addConfiguredHeaders(request);
        }
        if (call.range() != null) {
            request.header("Range", call.range());
        }
        if (authorization != null) {
            request.header("Authorization", authorization.reveal());
        }
        return request.build();
    }

    /** A configured header stands in for one of ours with the same name; given twice, it is sent twice. */
    private void addConfiguredHeaders(Request.Builder request) {
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

    private HttpResponse sendHome(Request request, Exchange exchange) throws IOException {
        TlsTrial.Attempt attempt = host.httpFallback() && request.url().isHttps() ? tls.begin(exchange.scope()) : null;
        if (attempt == null) {
            HttpUrl url = effective(request.url());
            return send(true, request.newBuilder().url(url).build(), exchange, null);
        }
        try {
            return send(true, request, exchange, attempt);
        } catch (IOException e) {
            if (!mayFallBack(e, attempt)) {
                throw e;
            }
            if (attempt.isOver()) {
                notice.set(
                        "https://" + host.host() + " does not answer TLS within "
                                + TlsTrial.LIMIT.toSeconds()
                                + " s: plain HTTP is used; write http:// in hosts.toml without TLS settings, or use --plain-http");
            }
            attempt.usePlainHttp();
        } finally {
            attempt.end();
        }
        return send(true, request.newBuilder().url(effective(request.url())).build(), exchange, null);
    }

    private HttpResponse sendElsewhere(Request request, Exchange exchange) throws IOException {
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

    private boolean mayFallBack(IOException failure, TlsTrial.Attempt attempt) {
        if (attempt.isSpoken()) {
            return false;
        }
        boolean hasPort = host.host().lastIndexOf(':') > host.host().lastIndexOf(']');
        return attempt.isOver()
                || TransportFailure.isNotTls(failure)
                || !hasPort && (failure instanceof ConnectException || failure instanceof SocketTimeoutException);
    }

    private HttpResponse sendTokenRequest(Request.Builder request, Exchange exchange) throws IOException {
        HttpUrl url = request.url(effective(request.build().url())).build().url();
        request.header("User-Agent", USER_AGENT).header("Accept-Encoding", "identity");
        request.tag(HttpDump.ForToken.class, new HttpDump.ForToken());
        boolean home = isHome(url);
        if (home) {
            String authorization = request.build().header("Authorization");
            addConfiguredHeaders(request);
            if (authorization != null) {
                request.header("Authorization", authorization);
            }
        }
        try {
            return send(home, request.build(), exchange, null);
        } catch (ForbiddenAddressException e) {
            throw new AuthenticationException("the registry names a token server at " + e.getMessage());
        } catch (IOException e) {
            throw TransportFailure.isUnreachable(e) && !home
                    ? new RedirectTargetUnreachableException(
                            "the token server " + url.host() + ": " + TransportFailure.describe(e), e)
                    : e;
        }
    }

    /** Most hosts name nobody else, so that it need not be made. */
    private synchronized OkHttpClient elsewhere() {
        OkHttpClient known = elsewhere;
        if (known == null) {
            known = newElsewhere.get();
            elsewhere = known;
        }
        return known;
    }

    private HttpResponse send(boolean home, Request request, Exchange exchange, @Nullable EventListener listener)
            throws IOException {
        // The policy learns where the host itself is, from the connection to it.
        Call call = home
                ? client.newCall(
                        request.newBuilder().tag(OutboundPolicy.class, policy).build())
                : elsewhere().newCall(request);
        if (listener != null) {
            call.addEventListener(listener);
        }
        Response response = exchange.execute(call);
        answered |= home;
        return new HttpResponse(response, call, exchange, mask);
    }

    private HttpUrl effective(HttpUrl url) {
        if (!tls.isPlain() || !url.isHttps() || !isHome(url)) {
            return url;
        }
        HttpUrl.Builder plain = url.newBuilder().scheme("http");
        return url.port() == 443 ? plain.port(80).build() : plain.build();
    }

    private boolean isHome(HttpUrl url) {
        boolean asWritten = url.scheme().equals(base.scheme()) && url.port() == base.port();
        boolean fallenBack = tls.isPlain() && !url.isHttps() && url.port() == (base.port() == 443 ? 80 : base.port());
        return url.host().equals(base.host()) && (asWritten || fallenBack);
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }
}
