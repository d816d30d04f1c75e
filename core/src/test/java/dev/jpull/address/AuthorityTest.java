// SPDX-License-Identifier: Apache-2.0
package dev.jpull.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosts with and without a port, and the names of Docker Hub. */
class AuthorityTest {
    @ParameterizedTest(name = "{0} is {1} with port {2}")
    @CsvSource({
        "registry.example, registry.example, , registry.example",
        "registry.example:5000, registry.example, 5000, registry.example",
        "registry.example:, registry.example, '', registry.example",
        ":5000, :5000, , :5000",
        "[fd00::1]:5000, [fd00::1], 5000, fd00::1",
        "[fd00::1], [fd00::1], , fd00::1",
        "fd00::1, fd00::1, , fd00::1",
        "::1, ::1, , ::1",
    })
    void aTextIsSplitAtThePort(String text, String host, @Nullable String port, String bareHost) {
        Authority authority = Authority.of(text);
        assertThat(authority).isEqualTo(new Authority(host, port)).hasToString(text);
        assertThat(authority.hasPort()).isEqualTo(port != null);
        assertThat(authority.hasPort(5000)).isEqualTo("5000".equals(port));
        assertThat(authority.bareHost()).isEqualTo(bareHost);
    }

    @ParameterizedTest(name = "{0} has a flaw")
    @CsvSource({
        "'', it has no host",
        "host:0, its port is not a number from 1 to 65535",
        "host:65536, its port is not a number from 1 to 65535",
        "fd00::1, an IPv6 address has to be in brackets",
        "[fd00::1, it is no IPv6 address",
        "1.2.3, it is no complete IPv4 address",
        "-host, its name does not begin with a letter or a digit",
    })
    void whatCannotBeContactedHasAFlaw(String text, String flaw) {
        assertThat(Authority.flaw(text)).isEqualTo(flaw);
    }

    @Test
    void dockerHubHasSeveralNamesAndOneApiHost() {
        assertThat(DockerHub.apiHost("docker.io")).isEqualTo("registry-1.docker.io");
        assertThat(DockerHub.apiHost("quay.io")).isEqualTo("quay.io");
        assertThat(DockerHub.sameRegistry("index.docker.io", "registry-1.docker.io"))
                .isTrue();
        assertThat(DockerHub.sameRegistry("docker.io", "quay.io")).isFalse();
        assertThat(DockerHub.isRegistry("auth.docker.io")).isFalse();
    }
}
