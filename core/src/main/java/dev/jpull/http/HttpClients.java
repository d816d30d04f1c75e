// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.ProxyAddress;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import okhttp3.Connection;
import okhttp3.ConnectionSpec;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP client for each endpoint identity: TLS settings, proxy and timeouts. All of them share connections where these
 * are equal, and nothing where they are not. Safe for use by several threads; closing it ends every running call.
 */
public final class HttpClients implements AutoCloseable {
    private static final int IDLE_CONNECTIONS = 32;
    private static final int IDLE_SECONDS = 30;
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofMillis(Integer.MAX_VALUE);

    private final HttpOptions options;
    private final ReadAllowance allowance = new ReadAllowance();
    private final SecretMask mask = new SecretMask();
    /** Without TLS, which takes long to set up: the clients that need it get it. */
    private final OkHttpClient root;

    private final @Nullable BackgroundWork background;
    private final EnvironmentProxies proxies;
    private final Map<Identity, OkHttpClient> clients = new ConcurrentHashMap<>();
    private final Map<RegistryHost, Known> endpoints = new ConcurrentHashMap<>();
    private @Nullable TlsMaterial systemTls;

    /** An endpoint, and the files that it was made with. */
    private record Known(FileStamps files, HttpEndpoint endpoint) {}

    /**
     * What makes two hosts different to the network.
     *
     * @param plain whether it is certain that TLS is not needed
     */
    private record Identity(
            boolean plain,
            TlsSettings tls,
            FileStamps files,
            Duration dialTimeout,
            @Nullable ProxyAddress proxy,
            @Nullable Duration responseTimeout,
            @Nullable Duration stallTimeout) {
        static Identity of(RegistryHost host, boolean plain, TlsSettings tls) {
            HostExtensions own = host.extensions();
            return new Identity(
                    plain,
                    tls,
                    FileStamps.of(tls),
                    host.dialTimeout(),
                    own.proxy(),
                    own.responseTimeout(),
                    own.stallTimeout());
        }
    }

    /** Starts nothing until an endpoint is asked. */
    public HttpClients(HttpOptions options) {
        this(options, Thread::new);
    }

    /**
     * Starts nothing until an endpoint is asked.
     *
     * @param threads makes the threads that the clients need beside those of their callers
     */
    public HttpClients(HttpOptions options, ThreadFactory threads) {
        this.options = options;
        for (Credential given : options.credentials().held()) {
            mask.addPassword(given.username(), given.secret());
        }
        this.proxies = new EnvironmentProxies(options.environment(), mask);
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                // Blobs share no TCP connection, and HTTP/2 framing costs a third more processor time.
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
                // Redirects and authentication are decided by HttpEndpoint: OkHttp would take headers along.
                .followRedirects(false)
                .followSslRedirects(false)
                .socketFactory(new ReadAheadSockets(options.network(), allowance))
                .dns(options.network()::lookup)
                .addInterceptor(FailoverTimeouts::intercept)
                .addNetworkInterceptor(HttpClients::noteWhereTheHostIs)
                .addNetworkInterceptor(HttpClients::refuseNegativeLength)
                .proxySelector(proxies)
                .proxyAuthenticator(proxies.authenticator())
                .readTimeout(options.answerTimeout())
                .writeTimeout(options.answerTimeout());
        this.background = BackgroundWork.install(builder, threads, IDLE_CONNECTIONS, IDLE_SECONDS);
        options.interceptors().forEach(builder::addInterceptor);
        if (options.dump() != null) {
            builder.addNetworkInterceptor(new HttpDump(options.dump(), mask));
        }
        if (options.trace() != null) {
            builder.eventListenerFactory(HttpTrace.factory(options.trace(), mask));
        }
        this.root = builder.build();
    }

    /**
     * The endpoint for a host; the same one for equal hosts, as long as its certificate files are the same.
     *
     * @throws ConfigurationException if its certificates cannot be used
     */
    public HttpEndpoint endpoint(RegistryHost host) {
        FileStamps files = FileStamps.of(host.tls());
        return endpoints
                .compute(
                        host,
                        (same, known) -> known != null && known.files().equals(files)
                                ? known
                                : new Known(files, newEndpointOf(host)))
                .endpoint();
    }

    private HttpEndpoint newEndpointOf(RegistryHost host) {
        try {
            return newEndpoint(host);
        } catch (ConfigurationException e) {
            throw new ConfigurationException(
                    host.source().equals(SourcePosition.BUILT_IN)
                            ? String.valueOf(e.getMessage())
                            : host.source() + ": " + e.getMessage(),
                    e);
        }
    }

    private HttpEndpoint newEndpoint(RegistryHost host) {
        // The target of a redirect and a token server get the authorities of the host, because private CAs sign all
        // machines of a site; its client certificates and its skip_verify are for the host itself.
        TlsSettings elsewhere = new TlsSettings(
                host.tls().ca(),
                host.tls().caReplacesSystem(),
                List.of(),
                options.globalTls().skipVerify());
        HttpUrl base = HttpEndpoint.urlOf(host);
        OutboundPolicy policy = new OutboundPolicy(host, base, options.trustedRealms(), options.foreignUrls());
        boolean plain = !base.isHttps() && host.tls().equals(TlsSettings.NONE);
        return new HttpEndpoint(
                host,
                base,
                client(Identity.of(host, plain, host.tls())),
                () -> client(Identity.of(host, false, elsewhere))
                        .newBuilder()
                        .dns(name -> admitted(policy, host, name))
                        .build(),
                policy,
                options,
                allowance,
                mask);
    }

    /** The secrets that are in use at the hosts of these clients. */
    public SecretMask mask() {
        return mask;
    }

    /** The addresses of a name; all of them must be such that the host may lead there. Proxies are our own choice. */
    private List<InetAddress> admitted(OutboundPolicy policy, RegistryHost host, String name)
            throws UnknownHostException {
        List<InetAddress> addresses = options.network().lookup(name);
        if (!proxies.isProxy(name) && !isOwnProxy(host, name)) {
            for (InetAddress address : addresses) {
                policy.admit(address);
            }
        }
        return addresses;
    }

    private static boolean isOwnProxy(RegistryHost host, String name) {
        ProxyAddress proxy = host.extensions().proxy();
        return proxy != null && proxy.host().equals(name);
    }

    private OkHttpClient client(Identity identity) {
        // What was made with files that have changed since is no longer wanted.
        clients.keySet()
                .removeIf(known ->
                        known.tls().equals(identity.tls()) && !known.files().equals(identity.files()));
        return clients.computeIfAbsent(identity, this::newClient);
    }

    private OkHttpClient newClient(Identity identity) {
        Duration response = Objects.requireNonNullElse(identity.responseTimeout(), options.answerTimeout());
        Duration stall = Objects.requireNonNullElse(identity.stallTimeout(), options.stallTimeout());
        OkHttpClient.Builder builder = root.newBuilder()
                .connectTimeout(counted(identity.dialTimeout()))
                .readTimeout(counted(response));
        builder.addNetworkInterceptor(new StallTimeout(counted(stall)));
        if (identity.proxy() != null) {
            setProxy(builder, identity.proxy());
        }
        if (!identity.plain()) {
            TlsMaterial material =
                    identity.tls().equals(TlsSettings.NONE) ? systemTls() : TlsMaterial.load(identity.tls());
            builder.connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT));
            builder.sslSocketFactory(material.sockets(), material.trust());
            if (identity.tls().insecure()) {
                builder.hostnameVerifier((name, session) -> true);
            }
        }
        return builder.build();
    }

    /** A limit as OkHttp counts it: in whole ms, of which zero is none, up to some weeks. */
    private static Duration counted(Duration limit) {
        Duration least = limit.isZero() ? limit : limit.compareTo(LEAST) < 0 ? LEAST : limit;
        return least.compareTo(MOST) > 0 ? MOST : least;
    }

    /** What hosts without settings of their own share, and with it their connections. */
    private synchronized TlsMaterial systemTls() {
        TlsMaterial known = systemTls;
        if (known == null) {
            known = TlsMaterial.load(TlsSettings.NONE);
            systemTls = known;
        }
        return known;
    }

    private static Response noteWhereTheHostIs(Interceptor.Chain chain) throws IOException {
        OutboundPolicy policy = chain.request().tag(OutboundPolicy.class);
        Connection connection = chain.connection();
        if (policy != null && connection != null && connection.route().proxy().type() == Proxy.Type.DIRECT) {
            policy.reachedAt(connection.route().socketAddress().getAddress());
        }
        return chain.proceed(chain.request());
    }

    /** OkHttp reads a body of negative length until it fails in a way that leaves the connection in use. */
    private static Response refuseNegativeLength(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        String length = response.header("Content-Length");
        if (length != null && length.startsWith("-")) {
            throw new UnreadableResponseException("its Content-Length is negative");
        }
        return response;
    }

    private void setProxy(OkHttpClient.Builder builder, ProxyAddress proxy) {
        if (proxy.isDirect()) {
            builder.proxy(Proxy.NO_PROXY);
            return;
        }
        builder.proxy(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())));
        mask.addPassword(proxy.username(), proxy.password());
        builder.proxyAuthenticator(EnvironmentProxies.authenticator(
                proxy.username(), proxy.password().reveal()));
    }

    /**
     * Goes through what the first request will go through, up to the network.
     *
     * @param tls whether TLS is part of it
     */
    public void preload(boolean tls) {
        if (tls) {
            try {
                TlsWarmUp.run(systemTls().trust()); // the runtime keeps what it has read for the next one who asks
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException("this Java cannot do TLS", e);
            }
        }
        OkHttpClient rehearsal =
                root.newBuilder().addInterceptor(HttpClients::answerAtOnce).build();
        Request request = new Request.Builder().url("http://localhost/").build();
        try (Response response = rehearsal.newCall(request).execute()) {
            response.body().source();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Response answerAtOnce(Interceptor.Chain chain) {
        return new Response.Builder()
                .request(chain.request())
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("")
                .body(ResponseBody.create(new byte[0], null))
                .build();
    }

    /** Ends every running call and closes every idle connection. */
    public void cancelAll() {
        root.dispatcher().cancelAll();
        root.connectionPool().evictAll();
    }

    /** Ends every running call, every connection that is not in use any more, and the threads beside those of the callers. */
    @Override
    public void close() {
        cancelAll();
        if (background != null) {
            background.stop();
        }
        IdleWatchdog.end();
    }
}
