// SPDX-License-Identifier: Apache-2.0
package dev.jpull.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.TestCertificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of podman's auth.json, and where the file is. */
class PodmanAuthTest {
    @TempDir
    Path temporary;

    private PodmanAuth auth;

    @BeforeEach
    void write() {
        auth = new PodmanAuth(write(
                temporary.resolve("auth.json"),
                "quay.io",
                "quay.io/org",
                "quay.io/org/team/app",
                "registry.example:5000/org",
                "docker.io/library"));
    }

    /** A file in which the user of each key is the key, without its colon. */
    private static Path write(Path file, String... keys) {
        String entries = Stream.of(keys)
                .map(key -> "\"" + key + "\":{\"auth\":\""
                        + Base64.getEncoder()
                                .encodeToString((key.replace(':', '+') + ":secret").getBytes(StandardCharsets.UTF_8))
                        + "\"}")
                .collect(Collectors.joining(","));
        return TestCertificates.write(file, "{\"auths\":{" + entries + "}}");
    }

    private String user(String host, String repository) {
        return auth.credentialFor(host, repository).map(Credential::username).orElse("nobody");
    }

    @Test
    void theLongestKeyCounts() {
        assertThat(user("quay.io", "org/team/app")).isEqualTo("quay.io/org/team/app");
        assertThat(user("quay.io", "org/team/other")).isEqualTo("quay.io/org");
        assertThat(user("quay.io", "org")).isEqualTo("quay.io/org");
        assertThat(user("quay.io", "organisation/app")).isEqualTo("quay.io");
    }

    @Test
    void aKeyIsForItsHostAlone() {
        assertThat(user("registry.example:5000", "org/app")).isEqualTo("registry.example+5000/org");
        assertThat(user("registry.example:5000", "other/app")).isEqualTo("nobody");
        assertThat(user("registry.example", "org/app")).isEqualTo("nobody");
        assertThat(user("quay.io.example", "org/app")).isEqualTo("nobody");
    }

    @Test
    void dockerHubHasTheNameThatPodmanGivesIt() {
        assertThat(user("registry-1.docker.io", "library/busybox")).isEqualTo("docker.io/library");
        assertThat(user("registry-1.docker.io", "somebody/app")).isEqualTo("nobody");
    }

    @Test
    void theFileIsWherePodmanHasIt() {
        write(temporary.resolve("run/containers/auth.json"), "run.example");
        write(temporary.resolve("home/.config/containers/auth.json"), "home.example");
        String home = temporary.resolve("home").toString();
        String runtime = temporary.resolve("run").toString();
        auth = PodmanAuth.ofUser(Map.of("HOME", home));
        assertThat(user("home.example", "a")).isEqualTo("home.example");
        auth = PodmanAuth.ofUser(Map.of("HOME", home, "XDG_RUNTIME_DIR", runtime));
        assertThat(user("run.example", "a")).isEqualTo("run.example");
        String own = temporary.resolve("auth.json").toString();
        auth = PodmanAuth.ofUser(Map.of("HOME", home, "XDG_RUNTIME_DIR", runtime, "REGISTRY_AUTH_FILE", own));
        assertThat(user("quay.io", "a")).isEqualTo("quay.io");
    }

    @Test
    void dockersFilesComeBeforePodmans() {
        write(temporary.resolve("home/.config/containers/auth.json"), "a.example", "b.example/x", "c.example");
        write(temporary.resolve("home/.docker/config.json"), "b.example", "c.example");
        CredentialSource user = CredentialSource.ofUser(Map.of(
                "HOME",
                temporary.resolve("home").toString(),
                "DOCKER_AUTH_CONFIG",
                "{\"auths\":{\"c.example\":{\"username\":\"variable\",\"password\":\"secret\"}}}"));
        assertThat(user.credentialFor("a.example", "x"))
                .map(Credential::username)
                .contains("a.example");
        assertThat(user.credentialFor("b.example", "x"))
                .map(Credential::username)
                .contains("b.example");
        assertThat(user.credentialFor("c.example", "x"))
                .map(Credential::username)
                .contains("variable");
    }
}
