// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.RegistryAccessDeniedException;
import dev.jpull.error.Remedy;
import dev.jpull.secret.Secret;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which source is asked for a password, which host gets it, and which host does not. */
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
                .isInstanceOf(RegistryAccessDeniedException.class)
                .hasMessageNotContaining("wrong\"");
        assertThat(upstream.requests())
                .filteredOn(request -> request.header("authorization") != null)
                .hasSize(1);
    }

    @Test
    void oneTokenServesTheWholePull() {
        upstream.requireToken("user", "secret");
        pull(right());
        assertThat(tokenRequests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.body())
                    .contains("service=test", "scope=repository%3Aany%3Apull+repository%3Ateam%2Fapp%3Apull");
            assertThat(request.target()).isEqualTo("/token");
        });
    }

    private List<LoggedRequest> tokenRequests() {
        return upstream.requests().stream()
                .filter(request -> request.path().equals("/token"))
                .toList();
    }

    @Test
    void aTokenServerThatKnowsOnlyTheOlderFormIsRemembered() {
        upstream.requireToken("user", "secret").serve("team/other", "1", CONTENT);
        upstream.when(request -> request.method().equals("POST"), Behaviour.status(404));
        try (ImagePuller puller = fixture.builder().credentials(right()).build()) {
            puller.pull(IMAGE);
            puller.pull(Fixture.NAMESPACE + "/team/other:1");
        }
        assertThat(tokenRequests()).extracting(LoggedRequest::method).containsExactly("POST", "GET", "GET");
        assertThat(tokenRequests().get(1).target())
                .isEqualTo("/token?scope=repository%3Aany%3Apull&scope=repository%3Ateam%2Fapp%3Apull&service=test");
    }

    @Test
    void anIdentityTokenIsExchanged() {
        upstream.requireToken("user", "refresh-me");
        pull(CredentialSource.forHost(upstream.host(), Credential.identityToken("refresh-me")));
        assertThat(tokenRequests())
                .singleElement()
                .satisfies(request ->
                        assertThat(request.body()).contains("grant_type=refresh_token", "refresh_token=refresh-me"));
    }

    @Test
    void aPasswordThatTheTokenServerRefusesIsNotSentAgain() {
        upstream.requireToken("user", "secret");
        CredentialSource wrong = CredentialSource.forHost(upstream.host(), new Credential("user", "wrong"));
        try (ImagePuller puller = fixture.builder().credentials(wrong).build()) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> puller.pull(IMAGE)).isInstanceOf(RegistryAccessDeniedException.class);
            }
        }
        assertThat(tokenRequests())
                .filteredOn(request -> request.body().contains("wrong") || request.header("authorization") != null)
                .extracting(LoggedRequest::method)
                .containsExactly("POST", "GET");
    }

    @Test
    void aTokenThatTheRegistryNoLongerTakesIsRenewedOnce() {
        upstream.requireToken("user", "secret");
        upstream.when(
                request -> request.isForBlob() && request.header("authorization") != null,
                Behaviour.status(401)
                        .header(
                                "WWW-Authenticate",
                                "Bearer realm=\"" + upstream.origin() + "/token\",error=\"invalid_token\""),
                1);
        assertThat(pull(right()).chainId()).isNotNull();
        assertThat(tokenRequests()).hasSize(2);
    }

    @Test
    void aTokenThatEndsInTheMiddleOfABlobIsRenewedAndTheBlobGoesOn() {
        upstream.requireToken("user", "secret");
        upstream.when(
                request -> request.path().endsWith(CONTENT.largestBlob()) && request.header("range") == null,
                Behaviour.cut(20_000));
        upstream.when(
                request -> request.header("range") != null && tokenRequests().size() == 1,
                Behaviour.status(401)
                        .header(
                                "WWW-Authenticate",
                                "Bearer realm=\"" + upstream.origin() + "/token\",error=\"invalid_token\""));
        assertThat(pull(right()).chainId()).isNotNull();
        assertThat(tokenRequests()).hasSize(2);
        assertThat(upstream.requests())
                .filteredOn(request -> request.status() == 206)
                .singleElement()
                .satisfies(request -> assertThat(request.header("range")).isEqualTo("bytes=20000-"));
    }

    @Test
    void identityTokensAreHandedToWhoWantsToKeepThem() {
        upstream.requireToken("user", "secret");
        upstream.when(
                request -> request.path().equals("/token"),
                Behaviour.body(
                        "application/json",
                        "{\"token\":\"a-token-of-the-test-registry\",\"refresh_token\":\"keep-me\"}"
                                .getBytes(StandardCharsets.UTF_8)));
        Map<String, Credential> kept = new ConcurrentHashMap<>();
        try (ImagePuller puller =
                fixture.builder().credentials(right()).identityTokens(kept::put).build()) {
            puller.pull(IMAGE);
        }
        assertThat(kept).containsOnly(Map.entry(upstream.host(), Credential.identityToken("keep-me")));
        assertThat(tokenRequests().get(0).body()).contains("access_type=offline");
    }

    @Test
    void nobodyIsAskedForAnIdentityTokenThatNobodyKeeps() {
        upstream.requireToken("user", "secret");
        pull(right());
        assertThat(tokenRequests())
                .allSatisfy(request -> assertThat(request.everything()).doesNotContain("offline"));
    }

    @Test
    void theApiKnowsBetterThanTheFilesOfTheUser() {
        upstream.requireBasic("user", "secret");
        CredentialSource wrong = CredentialSource.forHost(upstream.host(), new Credential("user", "wrong"));
        try (ImagePuller puller =
                fixture.builder().credentials(right()).userCredentials(wrong).build()) {
            assertThat(puller.pull(IMAGE).chainId()).isNotNull();
        }
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
    void aDenialByTheTargetOfARedirectIsNotBlamedOnTheCredentials() {
        upstream.requireBasic("user", "secret");
        fixture.hosts("server = \"" + upstream.origin() + "\"");
        upstream.when(
                request -> request.isForBlob() && request.header("authorization") != null,
                Behaviour.redirect(mirror.origin() + "/content"));
        mirror.when(request -> true, Behaviour.status(401).header("WWW-Authenticate", "Basic realm=\"cdn\""));
        assertThatThrownBy(() -> pull(right()))
                .isInstanceOfSatisfying(
                        RegistryAccessDeniedException.class,
                        e -> assertThat(e.remedies()).doesNotContain(Remedy.LOG_IN))
                .hasMessageContaining("redirects to " + mirror.origin() + ", which denies access: status 401")
                .hasMessageContaining("no credentials are sent to the target of a redirect")
                .hasMessageNotContainingAny("were sent, and do not grant access", "log in");
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
                .isInstanceOf(RegistryAccessDeniedException.class)
                .hasMessageContaining("with a user or a fragment in its URL");
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
                    .isInstanceOf(RegistryAccessDeniedException.class)
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
                .isInstanceOf(RegistryAccessDeniedException.class)
                .hasMessageContaining("did not answer with a token");
    }

    @Test
    void dockersConfigIsUnderstood() {
        upstream.requireBasic("user", "secret");
        Path config = TestCertificates.write(
                temporary.resolve("config.json"),
                "{\"auths\":{\"http://" + upstream.host() + "/v1/\":{\"auth\":\"dXNlcjpzZWNyZXQ=\"}}}");
        assertThat(pull(CredentialSource.ofDockerConfig(config)).chainId()).isNotNull();
        assertThat(pull(CredentialSource.ofDockerConfig(config)).requests()).isPositive();
    }

    @Test
    void aDamagedDockerConfigIsAnErrorThatShowsNoSecret() {
        upstream.requireBasic("user", "secret");
        Path config = TestCertificates.write(
                temporary.resolve("config.json"), "{\"auths\":{\"" + upstream.host() + "\":{\"auth\":\"c2VjcmV0\"}}}");
        assertThatThrownBy(() -> pull(CredentialSource.ofDockerConfig(config)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("config.json")
                .hasMessageNotContaining("c2VjcmV0");
    }

    @Test
    void credentialsDoNotPrintTheirSecret() {
        assertThat(new Credential("user", "hunter2").toString())
                .contains("user")
                .doesNotContain("hunter2");
        assertThat(Credential.identityToken("hunter2").toString()).doesNotContain("hunter2");
        assertThat(Secret.of("hunter2")).hasToString("***").isEqualTo(Secret.of("hunter2"));
    }
}
