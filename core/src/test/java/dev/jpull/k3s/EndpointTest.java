// SPDX-License-Identifier: Apache-2.0
package dev.jpull.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.finding.SourcePosition;
import dev.jpull.hosts.Capability;
import dev.jpull.hosts.HostExtensions;
import dev.jpull.hosts.Provenance;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.hosts.TlsSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "https://m.example, https://m.example/v2, m.example, false",
        "m.example/, https://m.example/v2, m.example, false",
        "https://m.example/v2/, https://m.example/v2/, m.example, true",
        "http://m.example:80/a//b/, http://m.example:80/a//b/, m.example:80, true",
        "localhost:5000, http://localhost:5000/v2, localhost:5000, false",
        "[::1]:5000, http://[::1]:5000/v2, [::1]:5000, false",
        "docker.io, https://registry-1.docker.io/v2, docker.io, false",
        "https://registry-1.docker.io/v2, https://registry-1.docker.io/v2, docker.io, false",
        "docker.io:443, https://docker.io:443/v2, docker.io:443, false"
    })
    void isCompletedAsK3sDoesIt(String text, String url, String registry, boolean overridePath) throws Exception {
        Endpoint endpoint = Endpoint.parse(text, SourcePosition.BUILT_IN);
        assertThat(endpoint.url()).isEqualTo(url);
        assertThat(endpoint.registry()).isEqualTo(registry);
        assertThat(endpoint.overridePath()).isEqualTo(overridePath);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "https, m.example, /v2, https://m.example",
                "http, m.example:5000, /v2, http://m.example:5000",
                "https, m.example, /a/b, https://m.example/a/b",
                "https, m.example, /a/v2, https://m.example/a/v2",
                "https, m.example, '', none",
                "https, registry-1.docker.io, /v2, https://registry-1.docker.io"
            })
    void isWrittenForTheHostsThatItCanName(String scheme, String host, String path, String text) {
        RegistryHost wanted = new RegistryHost(
                scheme,
                host,
                path,
                Capability.ALL,
                TlsSettings.NONE,
                false,
                List.of(),
                Duration.ZERO,
                HostExtensions.NONE,
                Provenance.BUILT_IN);
        assertThat(Endpoint.textFor(wanted).orElse(null)).isEqualTo(text);
    }
}
