// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.hosts.TlsSettings;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.security.Provider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/**
 * What goes for all endpoints of one engine.
 *
 * @param environment where proxies are configured
 * @param proxySelector the proxies that the program chooses, before those of the environment; or null
 * @param credentials where credentials come from
 * @param globalTls TLS settings that every host has, and that the targets of redirects get too
 * @param tls what speaks TLS
 * @param answerTimeout how long a host may be silent before its answer
 * @param stallTimeout how long a host may be silent in the middle of its answer
 * @param trustedRealms hosts of token servers that may have passwords although they are of another site
 * @param identityTokens is given the identity tokens of token servers, with the host of the registry; or null, then none are
 *     asked for
 * @param foreignUrls whether content may be fetched from the {@code urls} of its descriptor
 * @param network how hosts are found and reached
 * @param trace takes a line for every event of a connection, or null
 * @param dump takes every request and answer, without secrets, or null
 * @param interceptors stand before the network; tests put a scripted network here
 */
public record HttpOptions(
        Map<String, String> environment,
        @Nullable ProxySelector proxySelector,
        CredentialSource credentials,
        TlsSettings globalTls,
        TlsEngine tls,
        Duration answerTimeout,
        Duration stallTimeout,
        Set<String> trustedRealms,
        @Nullable BiConsumer<String, Credential> identityTokens,
        boolean foreignUrls,
        Network network,
        @Nullable Consumer<String> trace,
        @Nullable Consumer<String> dump,
        List<Interceptor> interceptors) {
    /** How long a host may be silent before its answer when nothing is said. */
    public static final Duration DEFAULT_ANSWER_TIMEOUT = Duration.ofSeconds(30);

    /** How long a host may be silent in the middle of its answer when nothing is said. */
    public static final Duration DEFAULT_STALL_TIMEOUT = Duration.ofSeconds(10);

    /** How hosts are found and reached; tests have a world of their own on loopback. */
    @FunctionalInterface
    public interface Network {
        /** That of the system. */
        Network SYSTEM = name -> List.of(InetAddress.getAllByName(name));

        /** The addresses of a host, at least one. */
        List<InetAddress> lookup(String name) throws UnknownHostException;

        /** Where a connection to an address really goes. */
        default SocketAddress reach(SocketAddress address) {
            return address;
        }
    }

    /** Copies the collections. */
    public HttpOptions {
        trustedRealms = Set.copyOf(trustedRealms);
        environment = Map.copyOf(environment);
        interceptors = List.copyOf(interceptors);
    }

    /** Defaults, with the environment of this process and without credentials. */
    public static HttpOptions defaults() {
        return new HttpOptions(
                System.getenv(),
                null,
                CredentialSource.ANONYMOUS,
                TlsSettings.NONE,
                TlsEngine.RUNTIME,
                DEFAULT_ANSWER_TIMEOUT,
                DEFAULT_STALL_TIMEOUT,
                Set.of(),
                null,
                false,
                Network.SYSTEM,
                null,
                null,
                List.of());
    }

    /** Defaults with a provider of TLS. */
    public static HttpOptions withTlsProvider(Supplier<Provider> tlsProvider) {
        HttpOptions defaults = defaults();
        return new HttpOptions(
                defaults.environment,
                defaults.proxySelector,
                defaults.credentials,
                defaults.globalTls,
                new TlsEngine(tlsProvider, null),
                defaults.answerTimeout,
                defaults.stallTimeout,
                defaults.trustedRealms,
                defaults.identityTokens,
                defaults.foreignUrls,
                defaults.network,
                defaults.trace,
                defaults.dump,
                defaults.interceptors);
    }

    /** The same with other credentials. */
    HttpOptions withCredentials(CredentialSource other) {
        return new HttpOptions(
                environment,
                proxySelector,
                other,
                globalTls,
                tls,
                answerTimeout,
                stallTimeout,
                trustedRealms,
                identityTokens,
                foreignUrls,
                network,
                trace,
                dump,
                interceptors);
    }
}
