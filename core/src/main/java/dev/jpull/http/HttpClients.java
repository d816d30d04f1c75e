// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.SourcePosition;
import dev.jpull.hosts.TlsSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * One HTTP client for each endpoint identity: TLS settings and dial timeout. All of them share connections where these
 * are equal, and nothing where they are not. Safe for use by several threads; closing it ends every running call.
 */
public final class HttpClients implements AutoCloseable {
    private static final int IDLE_CONNECTIONS = 32;
    private static final int IDLE_SECONDS = 30;

    private final HttpOptions options;
    private final OkHttpClient root;
    private final Map<Identity, OkHttpClient> clients = new ConcurrentHashMap<>();
    private final Map<RegistryHost, HttpEndpoint> endpoints = new ConcurrentHashMap<>();

    /** What makes two hosts different to the network. */
    private record Identity(TlsSettings tls, Duration dialTimeout) {}

    /** Starts nothing until an endpoint is asked. */
    public HttpClients(HttpOptions options) {
        this.options = options;
        EnvironmentProxies proxies = new EnvironmentProxies(options.environment());
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                // Blobs share no TCP connection, and HTTP/2 framing costs a third more processor time.
                .protocols(List.of(Protocol.HTTP_1_1))
                // Redirects and authentication are decided by HttpEndpoint: OkHttp would take headers along.
                .followRedirects(false)
                .followSslRedirects(false)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS))
                .socketFactory(new ReadAheadSockets())
                .proxySelector(proxies)
                .proxyAuthenticator(proxies.authenticator())
                .readTimeout(options.answerTimeout())
                .writeTimeout(options.answerTimeout());
        options.interceptors().forEach(builder::addInterceptor);
        if (options.trace() != null) {
            builder.eventListenerFactory(HttpTrace.factory(options.trace()));
        }
        this.root = builder.build();
    }

    /**
     * The endpoint for a host; the same one for equal hosts.
     *
     * @throws ConfigurationException if its certificates cannot be used
     */
    public HttpEndpoint endpoint(RegistryHost host) {
        return endpoints.computeIfAbsent(host, unseen -> {
            try {
                return newEndpoint(unseen);
            } catch (ConfigurationException e) {
                throw new ConfigurationException(
                        unseen.source().equals(SourcePosition.BUILT_IN)
                                ? String.valueOf(e.getMessage())
                                : unseen.source() + ": " + e.getMessage(),
                        e);
            }
        });
    }

    private HttpEndpoint newEndpoint(RegistryHost host) {
        // The target of a redirect and a token server get the authorities of the host, because private CAs sign all
        // machines of a site; its client certificates and its skip_verify are for the host itself.
        TlsSettings elsewhere = new TlsSettings(
                host.tls().ca(),
                host.tls().caReplacesSystem(),
                List.of(),
                options.globalTls().skipVerify());
        return new HttpEndpoint(
                host,
                client(new Identity(host.tls(), host.dialTimeout())),
                client(new Identity(elsewhere, host.dialTimeout())),
                options.credentials());
    }

    private OkHttpClient client(Identity identity) {
        return clients.computeIfAbsent(identity, this::newClient);
    }

    private OkHttpClient newClient(Identity identity) {
        OkHttpClient.Builder builder = root.newBuilder().connectTimeout(identity.dialTimeout());
        if (!identity.tls().equals(TlsSettings.NONE)) {
            TlsMaterial material = TlsMaterial.load(identity.tls());
            builder.sslSocketFactory(material.sockets(), material.trust());
            if (identity.tls().insecure()) {
                builder.hostnameVerifier((name, session) -> true);
            }
        }
        return builder.build();
    }

    /** Ends every running call and closes every connection. */
    @Override
    public void close() {
        root.dispatcher().cancelAll();
        root.connectionPool().evictAll();
    }
}
