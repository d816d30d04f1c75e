// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import dev.jpull.error.ConfigurationException;
import java.security.Provider;
import java.util.function.Supplier;

/**
 * The provider of TLS that a program supplies.
 *
 * @param given the supplier of the program
 */
public record CheckedTlsProvider(Supplier<Provider> given) implements Supplier<Provider> {
    /**
     * The provider.
     *
     * @throws ConfigurationException if the supplier fails, or returns null
     */
    @Override
    public Provider get() {
        Provider provider;
        try {
            provider = given.get();
        } catch (RuntimeException | LinkageError e) {
            throw new ConfigurationException(
                    "the supplier of tlsProvider fails: " + e
                            + ": put the library of the provider on the class path, or leave tlsProvider out to use the TLS of Java",
                    e);
        }
        if (provider == null) {
            throw new ConfigurationException(
                    "the supplier of tlsProvider returns null: return a provider, or leave tlsProvider out to use the TLS of Java");
        }
        return provider;
    }
}
