// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.http.TlsMaterial;
import java.security.Provider;
import java.util.function.Supplier;
import org.conscrypt.Conscrypt;

/** What the tests of TLS run with: the TLS of Java, and the native one of the command. */
enum TlsImplementation implements Supplier<Provider> {
    JSSE {
        @Override
        public Provider get() {
            return TlsMaterial.runtimeProvider();
        }
    },
    CONSCRYPT {
        @Override
        public Provider get() {
            return Conscrypt.newProviderBuilder().provideTrustManager(false).build();
        }
    }
}
