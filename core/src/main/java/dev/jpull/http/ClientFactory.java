// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.ProxyAddress;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLException;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionSpec;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Makes the HTTP clients of one engine. All of them share one connection pool, one dispatcher and one set of threads. Safe for
 * use by several threads.
 */
final class ClientFactory {
    private static final int IDLE_CONNECTIONS = 32;
    private static final int IDLE_SECONDS = 30;
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofMillis(Integer.MAX_VALUE);

    private final HttpOptions options;
    private final SecretMask mask;
    /** Without TLS, which takes long to set up: the clients that need it get it. */
    private final OkHttpClient root;

    private final @Nullable BackgroundWork background;

    private final RuntimeTlsFallback runtimeTls = new RuntimeTlsFallback();

    /** Shared by the hosts without TLS settings, and with it their connections. Reads files under this monitor, no network I/O. */
    @GuardedBy("this")
    private @Nullable TlsMaterial systemTls;

    /**
     * A factory.
     *
     * @param allowance limits what is received of each response
     * @param threads makes the threads that the clients need beside those of their callers
     */
    ClientFactory(
            HttpOptions options,
            SecretMask mask,
            ProxySelector proxies,
            Authenticator proxyAuthenticator,
            ReadAllowance allowance,
            ThreadFactory threads) {
        this.options = options;
        this.mask = mask;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                // Blobs share no TCP connection, and HTTP/2 framing costs a third more processor time.
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
                // EndpointRequests decides about redirects and authentication: OkHttp would take headers along.
                .followRedirects(false)
                .followSslRedirects(false)
                .socketFactory(new ReadAheadSockets(options.network(), allowance))
                .dns(options.network()::lookup)
                .addInterceptor(FailoverTimeouts::intercept)
                .addNetworkInterceptor(ClientFactory::tellFailuresAfterHandshake)
                .addNetworkInterceptor(ClientFactory::noteAddressOfHost)
                .addNetworkInterceptor(ClientFactory::refuseNegativeLength)
                .proxySelector(proxies)
                .proxyAuthenticator(proxyAuthenticator)
                .readTimeout(options.answerTimeout())
                .writeTimeout(options.answerTimeout());
        this.background = BackgroundWork.install(builder, threads, IDLE_CONNECTIONS, IDLE_SECONDS);
        options.interceptors().forEach(builder::addInterceptor);
        if (options.dump() != null) {
            builder.addNetworkInterceptor(new HttpDump(options.dump(), mask));
        }
        EventListener.Factory trace = options.trace() == null ? null : HttpTrace.factory(options.trace(), mask);
        builder.eventListenerFactory(call -> listenerOf(call, trace));
        this.root = builder.build();
    }

    /** A call has the listener that its request has as a tag: OkHttp 4, which may come first on the class path, has no other way. */
    private static EventListener listenerOf(Call call, EventListener.@Nullable Factory trace) {
        EventListener own = call.request().tag(EventListener.class);
        if (trace == null) {
            return own == null ? EventListener.NONE : own;
        }
        return own == null ? trace.create(call) : own.plus(trace.create(call));
    }

    /** The client without settings of a host, of which all others are made. */
    OkHttpClient root() {
        return root;
    }

    /**
     * A new client.
     *
     * @throws ConfigurationException if its certificates cannot be used
     */
    OkHttpClient newClient(ClientIdentity identity) {
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
            TlsMaterial material = identity.tls().equals(TlsSettings.NONE)
                    ? systemTls()
                    : options.tls().material(identity.tls(), runtimeTls);
            builder.connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT));
            builder.sslSocketFactory(material.sockets(), material.trust());
            if (material.sockets() instanceof TlsSockets) {
                builder.addInterceptor(runtimeTls::intercept);
            }
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

    /** TLS for hosts without TLS settings: the authorities of the Java runtime. */
    synchronized TlsMaterial systemTls() {
        TlsMaterial known = systemTls;
        if (known == null) {
            known = options.tls().material(TlsSettings.NONE, runtimeTls);
            systemTls = known;
        }
        return known;
    }

    /** Network interceptors run when there is a connection. */
    private static Response tellFailuresAfterHandshake(Interceptor.Chain chain) throws IOException {
        try {
            return chain.proceed(chain.request());
        } catch (SSLException e) {
            throw TransportFailure.afterHandshake(e);
        }
    }

    private static Response noteAddressOfHost(Interceptor.Chain chain) throws IOException {
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

    /** Ends every running call and closes every idle connection. */
    void cancelAll() {
        root.dispatcher().cancelAll();
        root.connectionPool().evictAll();
    }

    /** Ends the threads beside those of the callers. */
    void stop() {
        if (background != null) {
            background.stop();
        }
    }
}
