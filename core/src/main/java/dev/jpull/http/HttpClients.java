// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.ProxyAddress;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import javax.net.ssl.SSLException;
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
    private final HttpOptions options;
    private final ReadAllowance allowance = new ReadAllowance();
    private final SecretMask mask = new SecretMask();
    private final EnvironmentProxies proxies;
    private final @Nullable GivenProxies given;
    private final ClientFactory factory;
    private final Map<ClientIdentity, OkHttpClient> clients = new ConcurrentHashMap<>();
    private final Map<RegistryHost, Known> endpoints = new ConcurrentHashMap<>();

    /** An endpoint, and the files that it was made with. */
    private record Known(FileStamps files, HttpEndpoint endpoint) {}

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
        this.given = options.proxySelector() == null ? null : new GivenProxies(options.proxySelector(), proxies);
        this.factory = new ClientFactory(
                options, mask, given == null ? proxies : given, proxies.authenticator(), allowance, threads);
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
                                : new Known(files, newEndpointOf(host, options)))
                .endpoint();
    }

    /**
     * Makes endpoints of their own, which share the connections but no token with those of {@link #endpoint}.
     *
     * @param credentials where their credentials come from before those of these clients
     */
    public Function<RegistryHost, HttpEndpoint> endpointsWith(CredentialSource credentials) {
        for (Credential given : credentials.held()) {
            mask.addPassword(given.username(), given.secret());
        }
        HttpOptions own = options.withCredentials(credentials.orElse(options.credentials()));
        return host -> newEndpointOf(host, own);
    }

    private HttpEndpoint newEndpointOf(RegistryHost host, HttpOptions options) {
        try {
            return newEndpoint(host, options);
        } catch (ConfigurationException e) {
            throw new ConfigurationException(
                    host.source().equals(SourcePosition.BUILT_IN)
                            ? String.valueOf(e.getMessage())
                            : host.source() + ": " + e.getMessage(),
                    e);
        }
    }

    private HttpEndpoint newEndpoint(RegistryHost host, HttpOptions options) {
        // The target of a redirect and a token server get the authorities of the host, because private CAs sign all
        // machines of a site; its client certificates and its skip_verify are for the host itself.
        TlsSettings others = new TlsSettings(
                host.tls().ca(),
                host.tls().caReplacesSystem(),
                List.of(),
                options.globalTls().skipVerify());
        HttpUrl base = HttpEndpoint.urlOf(host);
        OutboundPolicy policy = new OutboundPolicy(host, base, options.trustedRealms(), options.foreignUrls());
        boolean plain = !base.isHttps() && host.tls().equals(TlsSettings.NONE);
        HostTransport transport = new HostTransport(
                host,
                base,
                client(ClientIdentity.of(host, plain, host.tls())),
                () -> client(ClientIdentity.of(host, false, others))
                        .newBuilder()
                        .dns(name -> admitted(policy, host, name))
                        .build(),
                policy,
                mask);
        return new HttpEndpoint(transport, policy, options, allowance, mask);
    }

    /** The secrets that are in use at the hosts of these clients. */
    public SecretMask mask() {
        return mask;
    }

    /** The addresses of a name; all of them must be such that the host may lead there. Proxies are our own choice. */
    private List<InetAddress> admitted(OutboundPolicy policy, RegistryHost host, String name)
            throws UnknownHostException {
        List<InetAddress> addresses = options.network().lookup(name);
        if (!proxies.isProxy(name) && !isOwnProxy(host, name) && (given == null || !given.isProxy(name))) {
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

    private OkHttpClient client(ClientIdentity identity) {
        // What was made with files that have changed since is no longer wanted.
        clients.keySet().removeIf(known -> known.isOutdatedBy(identity));
        return clients.computeIfAbsent(identity, factory::newClient);
    }

    /**
     * Does what a first connection over TLS does before it sends anything, so that the first real one is quicker.
     *
     * @param tls what of TLS will be used
     */
    public void warmUpTls(TlsUse tls) {
        try {
            TlsWarmUp.run(
                    options.tls().provider().get(),
                    tls == TlsUse.RUNTIME_AUTHORITIES
                            ? factory.systemTls().trust() // the runtime keeps what it has read
                            : TlsMaterial.unverified());
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException("this Java cannot do TLS", e);
        }
    }

    /** Does the work of a first request without TLS, up to the network, so that the first real one is quicker. */
    public void warmUp() {
        OkHttpClient offline = factory.root()
                .newBuilder()
                .addInterceptor(HttpClients::answerAtOnce)
                .build();
        Request request = new Request.Builder().url("http://localhost/").build();
        try (Response response = offline.newCall(request).execute()) {
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
        factory.cancelAll();
    }

    /** Ends every running call, every connection that is not in use any more, and the threads beside those of the callers. */
    @Override
    public void close() {
        cancelAll();
        factory.stop();
        IdleWatchdog.end();
    }
}
