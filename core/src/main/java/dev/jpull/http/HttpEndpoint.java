// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.Header;
import dev.jpull.hosts.RegistryHost;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to one host: its headers, its credentials, its redirects, and plain HTTP where TLS turns out not to be spoken and
 * the owner wrote {@code http}. Headers and credentials go to the origin of the host and to no other (spec section 14.4).
 * Safe for use by several threads.
 */
public final class HttpEndpoint {
    private static final String USER_AGENT = "jpull/0.1";
    private static final int MAX_REDIRECTS = 10;
    private static final int MAX_CHALLENGES = 2;

    private final RegistryHost host;
    private final HttpUrl base;
    private final OkHttpClient client;
    private final OkHttpClient elsewhere;
    private final Authorizer authorizer;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean plainHttp;

    HttpEndpoint(RegistryHost host, OkHttpClient client, OkHttpClient elsewhere, CredentialSource credentials) {
        HttpUrl url = HttpUrl.parse(host.origin());
        if (url == null) {
            throw new ConfigurationException(
                    "\"" + host.host() + "\" is not a host that can be contacted: correct its name");
        }
        this.host = host;
        this.base = url;
        this.client = client;
        this.elsewhere = elsewhere;
        this.authorizer = new Authorizer(host.host(), credentials, new TokenClient(this::sendTokenRequest));
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
        return (plainHttp ? "http" : host.scheme()) + "://" + host.host();
    }

    /** How many requests were sent so far, redirects and token requests included. */
    public int requests() {
        return requests.get();
    }

    /**
     * Sends a request, answers challenges and follows redirects. The answer may have any status; the caller closes it.
     *
     * @param call the request
     * @param scope ends the call when it is cancelled
     */
    public HttpAnswer execute(RegistryCall call, CallScope scope) throws IOException {
        HttpUrl url = effective(call.url());
        int redirects = 0;
        int challenges = 0;
        while (true) {
            boolean home = isHome(url);
            String authorization = home ? authorizer.authorization(call.repository(), scope) : null;
            Request request = request(call, url, home, authorization);
            HttpAnswer answer = home ? sendHome(request, scope) : send(elsewhere, request, scope);
            url = answer.url();
            String location = answer.header("Location");
            if (isRedirect(answer.status()) && location != null) {
                answer.close();
                if (++redirects > MAX_REDIRECTS) {
                    throw new RedirectException("redirected more than " + MAX_REDIRECTS + " times");
                }
                url = target(url, location);
            } else if (answer.status() == 401 && home && challenges++ < MAX_CHALLENGES) {
                if (!canAnswer(answer, call.repository(), authorization, scope)) {
                    return answer;
                }
                answer.close();
            } else {
                return answer;
            }
        }
    }

    private boolean canAnswer(HttpAnswer answer, String repository, @Nullable String used, CallScope scope)
            throws IOException {
        try {
            List<Challenge> challenges = Challenge.parse(answer.headers("WWW-Authenticate"));
            return authorizer.answer(challenges, repository, used, answer.url(), scope);
        } catch (IOException | RuntimeException e) {
            answer.close();
            throw e;
        }
    }

    private Request request(RegistryCall call, HttpUrl url, boolean home, @Nullable String authorization) {
        Request.Builder request = new Request.Builder()
                .url(url)
                .method(call.method(), null)
                .header("User-Agent", USER_AGENT)
                .header("Accept", call.accept())
                // Blobs are compressed already, digests and ranges count their own bytes.
                .header("Accept-Encoding", "identity");
        if (home) {
            addConfiguredHeaders(request);
        }
        if (call.range() != null) {
            request.header("Range", call.range());
        }
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return request.build();
    }

    /** A configured header stands in for one of ours with the same name; given twice, it is sent twice. */
    private void addConfiguredHeaders(Request.Builder request) {
        for (Header header : host.headers()) {
            request.removeHeader(header.name());
        }
        for (Header header : host.headers()) {
            request.addHeader(header.name(), header.value());
        }
    }

    private HttpAnswer sendHome(Request request, CallScope scope) throws IOException {
        try {
            return send(client, request, scope);
        } catch (IOException e) {
            if (!mayFallBack(e, request.url())) {
                throw e;
            }
            plainHttp = true;
            Request plain = request.newBuilder().url(effective(request.url())).build();
            return send(client, plain, scope);
        }
    }

    private boolean mayFallBack(IOException failure, HttpUrl url) {
        if (!host.httpFallback() || !url.isHttps()) {
            return false;
        }
        boolean hasPort = host.host().lastIndexOf(':') > host.host().lastIndexOf(']');
        return TransportFailure.isNotTls(failure)
                || !hasPort && (failure instanceof ConnectException || failure instanceof SocketTimeoutException);
    }

    private HttpAnswer sendTokenRequest(Request.Builder request, CallScope scope) throws IOException {
        HttpUrl url = request.url(effective(request.build().url())).build().url();
        request.header("User-Agent", USER_AGENT).header("Accept-Encoding", "identity");
        boolean home = isHome(url);
        if (home) {
            String authorization = request.build().header("Authorization");
            addConfiguredHeaders(request);
            if (authorization != null) {
                request.header("Authorization", authorization);
            }
        }
        return send(home ? client : elsewhere, request.build(), scope);
    }

    private HttpAnswer send(OkHttpClient through, Request request, CallScope scope) throws IOException {
        requests.incrementAndGet();
        Call call = through.newCall(request);
        scope.add(call);
        try {
            return new HttpAnswer(call.execute(), call, scope);
        } catch (IOException | RuntimeException e) {
            scope.remove(call);
            throw e;
        }
    }

    private HttpUrl target(HttpUrl from, String location) throws RedirectException {
        HttpUrl to = from.resolve(location);
        if (to == null) {
            throw new RedirectException("redirected to something that is no http or https URL");
        }
        if (from.isHttps() && !to.isHttps()) {
            throw new RedirectException("redirected from https to plain http at " + to.host() + ", which is refused");
        }
        return to;
    }

    private HttpUrl effective(HttpUrl url) {
        if (!plainHttp || !url.isHttps() || !isHome(url)) {
            return url;
        }
        HttpUrl.Builder plain = url.newBuilder().scheme("http");
        return url.port() == 443 ? plain.port(80).build() : plain.build();
    }

    private boolean isHome(HttpUrl url) {
        boolean asWritten = url.scheme().equals(base.scheme()) && url.port() == base.port();
        boolean fallenBack = plainHttp && !url.isHttps() && url.port() == (base.port() == 443 ? 80 : base.port());
        return url.host().equals(base.host()) && (asWritten || fallenBack);
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }
}
