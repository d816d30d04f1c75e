// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialRefusal;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullException;
import dev.jpull.error.RegistryAccessDeniedException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Credentials that expire: their source is asked again, and with what was refused. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RenewedCredentialsTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final String OLD = "old-password-of-this-test";
    private static final String NEW = "new-password-of-this-test";
    private static final TestImage CONTENT = new ImageFactory(17)
            .image(
                    "linux/amd64",
                    new Layer(50_000, Compression.NONE),
                    new Layer(900, Compression.NONE),
                    new Layer(901, Compression.NONE),
                    new Layer(902, Compression.NONE),
                    new Layer(903, Compression.NONE));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry upstream;
    private final Queue<PullEvent> events = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() {
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT);
        fixture = new Fixture(temporary).hosts("server = \"" + upstream.origin() + "\"");
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    /** A source with a cached credential, which makes other ones when it is asked. */
    private static final class Expiring implements CredentialSource {
        private final Credential first;
        private final Function<CredentialRefusal, Optional<Credential>> renewal;
        private final Queue<CredentialRefusal> refusals = new ConcurrentLinkedQueue<>();
        private final AtomicInteger closed = new AtomicInteger();

        Expiring(Credential first, Function<CredentialRefusal, Optional<Credential>> renewal) {
            this.first = first;
            this.renewal = renewal;
        }

        @Override
        public Optional<Credential> credentialFor(String host) {
            return Optional.of(first);
        }

        @Override
        public Optional<Credential> renewed(CredentialRefusal refusal) {
            refusals.add(refusal);
            return renewal.apply(refusal);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private static Expiring expiring() {
        return new Expiring(new Credential("user", OLD), refusal -> Optional.of(new Credential("user", NEW)));
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("user:" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean has(LoggedRequest request, String authorization) {
        return authorization.equals(request.header("authorization"));
    }

    private List<LoggedRequest> requestsWith(String authorization) {
        return upstream.requests().stream()
                .filter(request -> has(request, authorization))
                .toList();
    }

    private static Behaviour refusal(int status) {
        return Behaviour.status(status).header("WWW-Authenticate", "Basic realm=\"test\"");
    }

    private PulledImage pull(CredentialSource source) {
        try (ImagePuller puller = fixture.retryingAtOnce()
                .credentials(source)
                .listener(events::add)
                .build()) {
            return puller.pull(IMAGE);
        }
    }

    @Test
    void theExampleOfTheDocumentsServesTwoPullersThatAreRefusedAtTheSameTime() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger made = new AtomicInteger();
        OptionsExample.Cloud cloud = new OptionsExample.Cloud() {
            @Override
            public String newPassword() {
                int number = made.incrementAndGet();
                if (number > 1) { // a renewal takes until the other puller asks for one as well
                    both.countDown();
                    await20Seconds(both);
                }
                return "password-" + number;
            }

            @Override
            public void close() {}
        };
        CredentialSource source = OptionsExample.expiring(cloud);
        String host = "registry.cloud.example";
        Credential old = source.credentialFor(host).orElseThrow();
        CredentialRefusal refusal = new CredentialRefusal(host, "team/app", old, 401, "basic");
        Callable<Credential> renewal = () -> source.renewed(refusal).orElseThrow();
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Future<Credential>> renewed = two.invokeAll(List.of(renewal, renewal));

            Credential current = source.credentialFor(host).orElseThrow();
            assertThat(current).isNotEqualTo(old);
            assertThat(renewed.get(0).get()).isEqualTo(current);
            assertThat(renewed.get(1).get()).isEqualTo(current);
            assertThat(source.renewed(refusal)).as("refused late").contains(current);
            assertThat(made).as("the late one makes none").hasValue(3);
        } finally {
            two.shutdown();
        }
    }

    private static void await20Seconds(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSourceThatDoesNotReturnHoldsUpNoCallBeyondItsDeadline() {
        CountDownLatch released = new CountDownLatch(1);
        upstream.requireBasic("user", NEW);
        CredentialSource source = host -> {
            await20Seconds(released);
            return Optional.empty();
        };
        ImagePuller puller = fixture.retryingAtOnce()
                .credentials(source)
                .listener(events::add)
                .build();
        try {
            assertThatThrownBy(() -> puller.pull(PullRequest.of(IMAGE).withTimeout(Duration.ofMillis(200))))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("within its deadline of 200 ms");
            assertThat(released.getCount()).as("the source has not returned").isEqualTo(1);
        } finally {
            released.countDown();
            assertThat(puller.close(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(events).filteredOn(PullEvent.PullFailed.class::isInstance).hasSize(1);
    }

    @Test
    void aPasswordThatExpiresInTheMiddleOfABlobIsRenewedAndTheBlobGoesOn() {
        upstream.when(request -> request.header("authorization") == null, refusal(401));
        upstream.when(
                request -> request.path().endsWith(CONTENT.largestBlob()) && request.header("range") == null,
                Behaviour.cut(20_000));
        upstream.when(request -> request.header("range") != null && has(request, basic(OLD)), refusal(401));
        Expiring source = expiring();
        PulledImage image = pull(source);
        assertThat(image.bytesFetched())
                .as("no byte is fetched twice")
                .isEqualTo(CONTENT.blobs().values().stream()
                        .mapToLong(blob -> blob.length)
                        .sum());
        assertThat(upstream.requests())
                .filteredOn(request -> request.status() == 206)
                .singleElement()
                .satisfies(request -> assertThat(request.header("range")).isEqualTo("bytes=20000-"));
        assertThat(source.refusals)
                .containsExactly(
                        new CredentialRefusal(upstream.host(), "team/app", new Credential("user", OLD), 401, "basic"));
    }

    @Test
    void requestsThatWereRefusedWithTheSameCredentialShareOneRenewal() {
        upstream.when(request -> request.header("authorization") == null, refusal(401));
        CountDownLatch several = new CountDownLatch(2);
        upstream.when(
                request -> {
                    boolean refused = request.isForBlob() && has(request, basic(OLD));
                    if (refused) {
                        several.countDown();
                        await(several); // a request that is sent after the first refusal has no credential
                    }
                    return refused;
                },
                refusal(401));
        Expiring source = new Expiring(new Credential("user", OLD), refusal -> {
            await(several); // until a second request has been refused
            return Optional.of(new Credential("user", NEW));
        });
        pull(source);
        assertThat(requestsWith(basic(OLD)).stream().filter(LoggedRequest::isForBlob))
                .hasSizeGreaterThan(1);
        assertThat(source.refusals).hasSize(1);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aTokenServerThatRefusesAnExpiredPasswordGetsTheNewOne() {
        upstream.requireToken("user", NEW);
        Expiring source = expiring();
        assertThat(pull(source).chainId()).isNotNull();
        assertThat(source.refusals)
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.scheme()).isEqualTo("bearer"));
        assertThat(tokenRequestsWith(OLD))
                .as("sent once, in each form of a token request")
                .hasSize(2);
    }

    private List<LoggedRequest> tokenRequestsWith(String password) {
        return upstream.requests().stream()
                .filter(request -> request.path().equals("/token"))
                .filter(request -> request.body().contains(password) || has(request, basic(password)))
                .toList();
    }

    @Test
    void theNewCredentialIsUsedByLaterPullsToo() {
        upstream.requireBasic("user", NEW).serve("team/other", "1", CONTENT);
        Expiring source = expiring();
        try (ImagePuller puller = fixture.builder().credentials(source).build()) {
            puller.pull(IMAGE);
            puller.pull(Fixture.NAMESPACE + "/team/other:1");
        }
        assertThat(source.refusals).hasSize(1);
        assertThat(requestsWith(basic(OLD))).hasSize(1);
    }

    @Test
    void anExpiredPasswordThatTheRegistryForbidsIsRenewed() {
        upstream.when(request -> request.header("authorization") == null, refusal(401));
        upstream.when(request -> has(request, basic(OLD)), Behaviour.status(403));
        Expiring source = expiring();
        assertThat(pull(source).chainId()).isNotNull();
        assertThat(source.refusals).extracting(CredentialRefusal::status).containsExactly(403);
    }

    @Test
    void aPasswordThatExpiresAfterAForbiddenRepositoryIsRenewed() {
        AtomicBoolean expired = new AtomicBoolean();
        upstream.when(request -> request.header("authorization") == null, refusal(401));
        upstream.when(request -> request.path().contains("/team/secret/"), Behaviour.status(403));
        upstream.when(request -> expired.get() && has(request, basic(OLD)), refusal(401));
        Expiring source = new Expiring(
                new Credential("user", OLD),
                refusal -> refusal.status() == 403 ? Optional.empty() : Optional.of(new Credential("user", NEW)));
        try (ImagePuller puller = fixture.retryingAtOnce().credentials(source).build()) {
            assertThatThrownBy(() -> puller.resolve(Fixture.NAMESPACE + "/team/secret:1"))
                    .isInstanceOf(RegistryAccessDeniedException.class);
            puller.resolve(IMAGE);
            expired.set(true);
            assertThat(puller.pull(IMAGE).chainId()).isNotNull();
        }
        assertThat(source.refusals).extracting(CredentialRefusal::status).containsExactly(403, 401);
    }

    @Test
    void aRegistryTokenThatHasExpiredIsRenewed() {
        upstream.when(request -> !has(request, "Bearer " + NEW), tokenRefusal());
        Expiring source =
                new Expiring(Credential.registryToken(OLD), refusal -> Optional.of(Credential.registryToken(NEW)));
        assertThat(pull(source).chainId()).isNotNull();
        assertThat(requestsWith("Bearer " + OLD)).hasSize(1);
        assertThat(source.refusals)
                .containsExactly(new CredentialRefusal(
                        upstream.host(), "team/app", Credential.registryToken(OLD), 401, "bearer"));
    }

    private Behaviour tokenRefusal() {
        return Behaviour.status(401)
                .header("WWW-Authenticate", "Bearer realm=\"" + upstream.origin() + "/token\",service=\"s\"");
    }

    @Test
    void aSourceThatMakesTheSameCredentialAgainIsAskedOnce() {
        upstream.requireBasic("user", NEW);
        Expiring source =
                new Expiring(new Credential("user", OLD), refusal -> Optional.of(new Credential("user", OLD)));
        assertThatThrownBy(() -> pull(source)).isInstanceOf(RegistryAccessDeniedException.class);
        assertThat(source.refusals).hasSize(1);
        assertThat(requestsWith(basic(OLD))).hasSize(1);
    }

    @Test
    void aSourceThatAlwaysMakesAnotherCredentialEnds() {
        upstream.requireToken("user", NEW);
        AtomicInteger made = new AtomicInteger();
        Expiring source = new Expiring(
                new Credential("user", OLD),
                refusal -> Optional.of(new Credential("user", "wrong-password-" + made.incrementAndGet())));
        try (ImagePuller puller = fixture.retryingAtOnce().credentials(source).build()) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> puller.pull(IMAGE)).isInstanceOf(RegistryAccessDeniedException.class);
            }
        }
        assertThat(source.refusals).hasSize(3);
        assertThat(tokenRequestsWith("wrong-password-")).hasSizeLessThanOrEqualTo(6);
    }

    @Test
    void aSourceThatThrowsIsNamedWithoutItsMessage() {
        upstream.requireBasic("user", NEW);
        Expiring source = new Expiring(new Credential("user", OLD), refusal -> {
            throw new IllegalStateException(
                    "not with " + refusal.refused().secret().reveal());
        });
        assertThatThrownBy(() -> pull(source))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(Expiring.class.getName())
                .hasMessageNotContaining(OLD);
    }

    @Test
    void noCredentialIsShown() {
        upstream.when(request -> request.header("authorization") == null, refusal(401));
        upstream.when(
                request -> true,
                refusal(401)
                        .withBody(("{\"errors\":[{\"code\":\"DENIED\",\"message\":\"" + OLD + " " + NEW + "\"}]}")
                                .getBytes(StandardCharsets.UTF_8)));
        Expiring source = expiring();
        PullException failure = catchThrowableOfType(PullException.class, () -> pull(source));
        assertThat(failure + failure.attempts().toString() + events + source.refusals)
                .contains("DENIED")
                .doesNotContain(OLD)
                .doesNotContain(NEW);
    }

    @Test
    void sourcesOfTheBuilderAreClosedOnceAndThoseOfAPullAreNot() {
        Expiring first = expiring();
        Expiring second = expiring();
        Expiring own = expiring();
        ImagePuller puller = fixture.builder()
                .credentials(first.orElse(CredentialSource.ANONYMOUS))
                .userCredentials(second)
                .build();
        puller.pull(PullRequest.builder(IMAGE).credentials(own).build());
        assertThat(first.closed).hasValue(0);
        puller.close();
        puller.close();
        assertThat(first.closed).hasValue(1);
        assertThat(second.closed).hasValue(1);
        assertThat(own.closed).hasValue(0);
    }

    @Test
    void aSourceForTwoUsesIsClosedOnceAndAnEqualOneIsAnother() {
        // Equal to all others of its class.
        record Equal(AtomicInteger closed) implements CredentialSource {
            @Override
            public Optional<Credential> credentialFor(String host) {
                return Optional.empty();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }

            @Override
            public boolean equals(Object other) {
                return other instanceof Equal;
            }

            @Override
            public int hashCode() {
                return 1;
            }
        }
        Equal both = new Equal(new AtomicInteger());
        fixture.builder().credentials(both).userCredentials(both).build().close();
        assertThat(both.closed).hasValue(1);
        Equal first = new Equal(new AtomicInteger());
        Equal second = new Equal(new AtomicInteger());
        fixture.builder().credentials(first).userCredentials(second).build().close();
        assertThat(first.closed).hasValue(1);
        assertThat(second.closed).hasValue(1);
    }

    @Test
    void aSourceThatFailsToCloseDoesNotKeepTheOthersOpen() {
        Expiring other = expiring();
        CredentialSource failing = new CredentialSource() {
            @Override
            public Optional<Credential> credentialFor(String host) {
                return Optional.empty();
            }

            @Override
            public void close() {
                throw new IllegalStateException("of the source");
            }
        };
        ImagePuller puller = fixture.builder()
                .credentials(failing.orElse(other))
                .userCredentials(failing)
                .build();
        assertThat(puller.close(Duration.ofSeconds(20))).isTrue();
        assertThat(other.closed).hasValue(1);
    }

    @Test
    void aSourceThatIsSlowToCloseDoesNotHoldTheCloseOfThePuller() {
        CountDownLatch release = new CountDownLatch(1);
        CredentialSource slow = new CredentialSource() {
            @Override
            public Optional<Credential> credentialFor(String host) {
                return Optional.empty();
            }

            @Override
            public void close() {
                await(release);
            }
        };
        ImagePuller puller = fixture.builder().credentials(slow).build();
        assertThat(puller.close(Duration.ofMillis(20))).isFalse();
        release.countDown();
        assertThat(puller.close(Duration.ofSeconds(20))).isTrue();
    }
}
