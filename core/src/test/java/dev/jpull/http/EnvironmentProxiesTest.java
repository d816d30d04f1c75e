// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.text.SecretMask;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies are chosen as Go programs choose them. */
class EnvironmentProxiesTest {
    private static boolean direct(Map<String, String> environment, String url) {
        return new EnvironmentProxies(environment, new SecretMask())
                .select(URI.create(url))
                .contains(Proxy.NO_PROXY);
    }

    @ParameterizedTest
    @CsvSource({
        "https://registry.example/, false",
        "http://registry.example/, true",
        "https://localhost:5000/, true",
        "https://127.0.0.1:5000/, true",
        "https://[::1]:5000/, true"
    })
    void httpsHasAVariableOfItsOwnAndThisMachineIsNeverProxied(String url, boolean direct) {
        assertThat(direct(Map.of("HTTPS_PROXY", "proxy.example:3128"), url)).isEqualTo(direct);
    }

    @ParameterizedTest
    @CsvSource({
        "registry.example, https://registry.example/, true",
        "example, https://registry.example/, true",
        ".example, https://registry.example/, true",
        ".registry.example, https://registry.example/, false",
        "*.example, https://registry.example/, true",
        "xample, https://registry.example/, false",
        "registry.example:443, https://registry.example/, true",
        "registry.example:444, https://registry.example/, false",
        "*, https://registry.example/, true",
        "10.0.0.0/8, https://10.1.2.3/, true",
        "10.0.0.0/8, https://11.1.2.3/, false",
        "10.0.0.0/8, https://registry.example/, false",
        "'other, registry.example', https://registry.example/, true"
    })
    void noProxyIsObeyed(String exempt, String url, boolean direct) {
        assertThat(direct(Map.of("https_proxy", "http://proxy.example:3128", "no_proxy", exempt), url))
                .isEqualTo(direct);
    }

    @Test
    void aProxyThatIsNoneIsNamed() {
        assertThatThrownBy(() -> new EnvironmentProxies(Map.of("HTTPS_PROXY", "socks5://proxy"), new SecretMask()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("HTTPS_PROXY");
    }

    @Test
    void aRequestHeaderOfACgiProgramIsNoProxy() {
        Map<String, String> cgi = Map.of("REQUEST_METHOD", "GET", "HTTP_PROXY", "http://evil.example");
        assertThat(direct(cgi, "http://registry.example/")).isTrue();
    }
}
