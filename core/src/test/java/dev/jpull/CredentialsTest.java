// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.credentials.DockerConfig;
import dev.jpull.error.AccessDeniedException;
import dev.jpull.error.ConfigurationException;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is asked for a password, who gets it, and who does not. */
class CredentialsTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT = new ImageFactory(2)
            .image("linux/amd64", new Layer(50_000, Compression.GZIP), new Layer(900, Compression.NONE));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry upstream;
    private TestRegistry mirror;

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary);
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT);
        mirror = TestRegistry.start().serve("team/app", "1", CONTENT);
        fixture.hosts("server = \"" + upstream.origin() + "\"");
    }

    @AfterEach
    void stop() {
        upstream.close();
        mirror.close();
    }

    private PulledImage pull(CredentialSource source) {
        try (ImagePuller puller = fixture.builder().credentials(source).build()) {
            return puller.pull(IMAGE);
        }
    }

    private CredentialSource right() {
        return CredentialSource.forHost(upstream.host(), new Credential("user", "secret"));
    }

    @Test
    void basicIsAnsweredOnceAndThenSentAlong() {
        upstream.requireBasic("user", "secret");
        pull(right());
        assertThat(upstream.requests())
                .filteredOn(request -> request.status() == 401)
                .hasSize(1);
    }

    @Test
    void aWrongPasswordIsSentOnce() {
        upstream.requireBasic("user", "secret");
        CredentialSource wrong = CredentialSource.forHost(upstream.host(), new Credential("user", "wrong"));
        assertThatThrownBy(() -> pull(wrong))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageNotContaining("wrong\"");
        assertThat(upstream.requests())
                .filteredOn(request -> request.header("authorization") != null)
                .hasSize(1);
    }

    @Test
    void oneTokenServesTheWholePull() {
        upstream.requireToken("user", "secret");
        pull(right());
        assertThat(upstream.requests())
                .filteredOn(request -> request.path().equals("/token"))
                .singleElement()
                .satisfies(request ->
                        assertThat(request.target()).contains("service=test", "scope=repository%3Ateam%2Fapp%3Apull"));
    }

    @Test
    void aTokenForEverybodyNeedsNoCredentials() {
        upstream.requireToken("", "");
        assertThat(pull(CredentialSource.ANONYMOUS).chainId()).isNotNull();
    }

    @Test
    void credentialsAreLookedUpForTheHostThatIsContacted() {
        fixture.hosts("server = \"" + upstream.origin() + "\"", Fixture.host(mirror, "pull", "resolve"));
        mirror.requireBasic("user", "secret");
        upstream.requireBasic("user", "secret");
        List<String> asked = new ArrayList<>();
        CredentialSource source = host -> {
            asked.add(host);
            return right().credentialFor(host);
        };
        pull(source);
        assertThat(asked).contains(mirror.host(), upstream.host());
        assertThat(mirror.requests()).allMatch(request -> request.header("authorization") == null);
    }

    @Test
    void nothingSecretFollowsARedirectToAnotherOrigin() {
        upstream.requireBasic("user", "secret");
        fixture.hosts(
                "server = \"" + upstream.origin() + "\"",
                "[header]",
                "X-Api-Key = \"secret-key\"",
                "Cookie = \"secret-cookie\"");
        for (String blob : CONTENT.blobs().keySet()) {
            upstream.when(
                    request -> request.path().endsWith(blob) && request.header("authorization") != null,
                    Behaviour.redirect(mirror.origin() + "/v2/team/app/blobs/" + blob + "?signature=x"));
        }
        pull(right());
        assertThat(mirror.requests()).isNotEmpty().allSatisfy(request -> {
            assertThat(request.header("authorization")).isNull();
            assertThat(request.header("x-api-key")).isNull();
            assertThat(request.header("cookie")).isNull();
        });
        assertThat(upstream.requests())
                .filteredOn(LoggedRequest::isForBlob)
                .allSatisfy(request -> assertThat(request.header("x-api-key")).isEqualTo("secret-key"));
    }

    @Test
    void aRedirectOnTheSameOriginKeepsEverything() {
        upstream.requireBasic("user", "secret");
        upstream.when(
                request -> request.isForTag()
                        && request.header("authorization") != null
                        && !request.target().contains("again"),
                Behaviour.redirect("/v2/team/app/manifests/1?again"));
        assertThat(pull(right()).chainId()).isNotNull();
    }

    @Test
    void aRealmWithAUserInItIsRefused() {
        upstream.when(
                request -> true,
                Behaviour.status(401)
                        .header("WWW-Authenticate", "Bearer realm=\"http://a:b@" + mirror.host() + "/token\""));
        assertThatThrownBy(() -> pull(right()))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("user in its URL");
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void aTokenServerWithoutTlsIsRefusedToARegistryWithTls() {
        TestCertificates certificates = new TestCertificates();
        TestCertificates.write(fixture.directory().resolve("ca.pem"), certificates.caPem());
        try (TestRegistry secure = TestRegistry.startTls(certificates.serverContext(certificates.localhost()), false)) {
            fixture.hosts("server = \"" + secure.origin() + "\"", "ca = \"ca.pem\"");
            secure.when(
                    request -> true,
                    Behaviour.status(401).header("WWW-Authenticate", "Bearer realm=\"" + mirror.origin() + "/token\""));
            assertThatThrownBy(() -> pull(CredentialSource.forHost(secure.host(), new Credential("user", "secret"))))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("without TLS");
            assertThat(mirror.requests()).isEmpty();
        }
    }

    @Test
    void aTokenServerThatAnswersHtmlIsNamed() {
        upstream.requireToken("user", "secret");
        upstream.when(
                request -> request.path().equals("/token"), Behaviour.body("text/html", new byte[] {'<', 'p', '>'}));
        assertThatThrownBy(() -> pull(right()))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("did not answer with a token");
    }

    @Test
    void dockersConfigIsUnderstood() {
        upstream.requireBasic("user", "secret");
        Path config = TestCertificates.write(
                temporary.resolve("config.json"),
                "{\"auths\":{\"http://" + upstream.host() + "/v1/\":{\"auth\":\"dXNlcjpzZWNyZXQ=\"}}}");
        assertThat(pull(new DockerConfig(config)).chainId()).isNotNull();
        assertThat(pull(new DockerConfig(config)).requests()).isPositive();
    }

    @Test
    void aDamagedDockerConfigIsAnErrorThatShowsNoSecret() {
        upstream.requireBasic("user", "secret");
        Path config = TestCertificates.write(
                temporary.resolve("config.json"), "{\"auths\":{\"" + upstream.host() + "\":{\"auth\":\"c2VjcmV0\"}}}");
        assertThatThrownBy(() -> pull(new DockerConfig(config)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("config.json")
                .hasMessageNotContaining("c2VjcmV0");
    }

    @Test
    void credentialsDoNotPrintTheirSecret() {
        assertThat(new Credential("user", "secret").toString())
                .doesNotContain("secret\"")
                .isEqualTo("user (secret hidden)");
        assertThat(Credential.identityToken("token-value").toString()).doesNotContain("token-value");
    }
}
