// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.hosts.TlsSettings;
import java.security.Provider;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What speaks TLS.
 *
 * @param provider is asked for the provider whenever connections over TLS to a host are set up
 * @param context the context of the program for hosts without TLS settings, or null for the authorities of the runtime
 */
public record TlsEngine(
        Supplier<Provider> provider, @Nullable SSLContext context) {
    /** The provider of the Java runtime. */
    public static final TlsEngine RUNTIME = new TlsEngine(TlsMaterial::runtimeProvider, null);

    /**
     * What connections with some settings are made with.
     *
     * @param fallback knows the hosts for which the TLS of the runtime is used
     * @throws dev.jpull.error.ConfigurationException if a file of the settings cannot be used
     */
    TlsMaterial material(TlsSettings settings, RuntimeTlsFallback fallback) {
        if (context != null && settings.equals(TlsSettings.NONE)) {
            // The context verifies certificates by itself; OkHttp uses the trust manager to sort chains for pins, which
            // are not used.
            return new TlsMaterial(context.getSocketFactory(), TlsMaterial.unverified());
        }
        return TlsMaterial.load(settings, provider.get(), fallback);
    }
}
