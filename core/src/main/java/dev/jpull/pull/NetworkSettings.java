// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.hosts.ClientKeyPair;
import dev.jpull.hosts.HostDefaults;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.http.CheckedTlsProvider;
import dev.jpull.http.HttpOptions;
import dev.jpull.http.TlsEngine;
import dev.jpull.http.TlsMaterial;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The settings of a builder that are about hosts and connections. For use by one thread. */
public final class NetworkSettings {
    private static final System.Logger LOGGER = System.getLogger(NetworkSettings.class.getName());

    private Map<String, String> environment = System.getenv();
    private @Nullable ProxySelector proxySelector;
    private @Nullable Path certificateAuthority;
    private @Nullable ClientKeyPair clientCertificate;
    private boolean skipVerify;
    private Supplier<Provider> tlsProvider = TlsMaterial::runtimeProvider;
    private @Nullable SSLContext sslContext;
    private boolean plainHttp;
    private final Set<String> trustedRealms = new LinkedHashSet<>();
    private @Nullable BiConsumer<String, Credential> identityTokens;
    private boolean foreignUrls;
    private Duration stallTimeout = HttpOptions.DEFAULT_STALL_TIMEOUT;
    private HttpOptions.Network network = HttpOptions.Network.SYSTEM;
    private @Nullable Consumer<String> trace;
    private @Nullable Consumer<String> dump;

    /** Instead of the variables of this process. */
    public void environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
    }

    /** The variables that count. */
    public Map<String, String> environment() {
        return environment;
    }

    /** Chooses proxies before the environment. */
    public void proxySelector(ProxySelector selector) {
        proxySelector = selector;
    }

    /** Instead of the authorities of the runtime. */
    public void certificateAuthority(Path file) {
        certificateAuthority = file;
    }

    /** For hosts without one of their own. */
    public void clientCertificate(Path certificate, Path key) {
        clientCertificate = new ClientKeyPair(certificate, key);
    }

    /** Whether certificates are accepted unverified. */
    public void skipVerify(boolean wanted) {
        skipVerify = wanted;
    }

    /** What speaks TLS. */
    public void tlsProvider(Supplier<Provider> supplier) {
        tlsProvider = new CheckedTlsProvider(supplier);
    }

    /** For hosts without TLS settings. */
    public void sslContext(SSLContext context) {
        sslContext = context;
    }

    /** Whether hosts that are not configured are contacted by plain HTTP. */
    public void plainHttp(boolean wanted) {
        plainHttp = wanted;
    }

    /** A token server that may have passwords. */
    public void trustRealm(String host) {
        trustedRealms.add(host);
    }

    /** Takes identity tokens. */
    public void identityTokens(BiConsumer<String, Credential> keeper) {
        identityTokens = keeper;
    }

    /** Whether content may be fetched from the {@code urls} of its descriptor. */
    public void foreignUrls(boolean wanted) {
        foreignUrls = wanted;
    }

    /** How long a host may be silent in the middle of a response. */
    public void stallTimeout(Duration limit) {
        stallTimeout = limit;
    }

    /** How hosts are found and reached. */
    public void network(HttpOptions.Network wanted) {
        network = wanted;
    }

    /** Takes events of connections. */
    public void trace(Consumer<String> lines) {
        trace = guarded("httpTrace", lines);
    }

    /** Takes requests and responses. */
    public void dump(Consumer<String> lines) {
        dump = guarded("httpDump", lines);
    }

    /** An exception of a consumer is a defect of the program, and must not count as the failure of a host. */
    private static Consumer<String> guarded(String name, Consumer<String> consumer) {
        return line -> {
            try {
                consumer.accept(line);
            } catch (Throwable e) { // Kotlin code throws checked exceptions without a declaration
                LOGGER.log(System.Logger.Level.WARNING, "the consumer given to " + name + " failed", e);
            }
        };
    }

    private @Nullable TlsSettings tls() {
        return certificateAuthority == null && clientCertificate == null && !skipVerify
                ? null
                : new TlsSettings(
                        certificateAuthority == null ? List.of() : List.of(certificateAuthority),
                        certificateAuthority != null,
                        clientCertificate == null ? List.of() : List.of(clientCertificate),
                        skipVerify ? Boolean.TRUE : null);
    }

    /** What completes hosts of a configuration. */
    public HostDefaults hostDefaults() {
        return new HostDefaults(plainHttp ? "http" : null, tls());
    }

    /**
     * Looks whether the settings fit together, and files are there.
     *
     * @throws dev.jpull.error.ConfigurationException if they cannot be used
     */
    public void check() {
        SettingChecks.tls(tls(), sslContext);
    }

    /** The options of connections. */
    public HttpOptions options(CredentialSource credentials) {
        TlsSettings tls = tls();
        return new HttpOptions(
                environment,
                proxySelector,
                credentials,
                tls == null ? TlsSettings.NONE : tls,
                new TlsEngine(tlsProvider, sslContext),
                HttpOptions.DEFAULT_ANSWER_TIMEOUT,
                stallTimeout,
                trustedRealms,
                identityTokens,
                foreignUrls,
                network,
                trace,
                dump,
                List.of());
    }
}
