// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.text.SecretMask;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A selector in Kotlin, which throws checked exceptions without a declaration. */
class GivenProxiesTest {
    private static final URI HOST = URI.create("https://registry.example/v2/");

    private final GivenProxies proxies =
            new GivenProxies(new Throwing(), new EnvironmentProxies(Map.of(), new SecretMask()));

    private static final class Throwing extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            throw unchecked(new IOException("of the selector"));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            throw unchecked(new IOException("of the selector"));
        }

        @SuppressWarnings("unchecked")
        private static <E extends Throwable> RuntimeException unchecked(Throwable thrown) throws E {
            throw (E) thrown;
        }
    }

    @Test
    void aCheckedExceptionIsAFailureOfTheChoice() {
        assertThatThrownBy(() -> proxies.select(HOST))
                .isInstanceOf(GivenProxies.ChoiceException.class)
                .hasMessageContaining("threw java.io.IOException");
    }

    @Test
    void aCheckedExceptionAboutAFailedConnectionIsLogged() {
        assertThatCode(() -> proxies.connectFailed(HOST, new InetSocketAddress(0), new IOException("refused")))
                .doesNotThrowAnyException();
    }
}
