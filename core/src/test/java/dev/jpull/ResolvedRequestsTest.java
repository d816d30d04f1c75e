// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.RegistryAccessDeniedException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Resolutions with the credentials and the deadline of a request. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ResolvedRequestsTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT =
            new ImageFactory(18).image("linux/amd64", new Layer(900, Compression.NONE));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry upstream;

    @BeforeEach
    void start() {
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT);
        fixture = new Fixture(temporary).hosts("server = \"" + upstream.origin() + "\"");
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private CredentialSource source(String password) {
        return CredentialSource.forHost(upstream.host(), new Credential("user", password));
    }

    private static PullRequest with(CredentialSource source) {
        return PullRequest.builder(IMAGE).credentials(source).build();
    }

    @Test
    void theCredentialsOfARequestCount() {
        upstream.requireBasic("user", "right-password");
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            assertThat(puller.resolve(with(source("right-password"))).name()).isEqualTo(IMAGE);
            assertThat(puller.resolveAsync(with(source("right-password")))
                            .join()
                            .name())
                    .isEqualTo(IMAGE);
            assertThatThrownBy(() -> puller.resolve(IMAGE)).isInstanceOf(RegistryAccessDeniedException.class);
        }
    }

    @Test
    void requestsWithDifferentCredentialsShareNoResult() {
        upstream.requireBasic("user", "right-password");
        CredentialSource right = source("right-password");
        List<PullRequest> requests =
                List.of(with(source("wrong-password")), with(right), PullRequest.of(IMAGE), with(right));
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            assertThat(puller.resolveAll(requests))
                    .extracting(outcome -> outcome.failure() == null)
                    .containsExactly(false, true, false, true);
        }
        assertThat(upstream.requests().stream().filter(request -> request.status() == 200))
                .as("of the same source")
                .hasSize(1);
    }

    @Test
    void anOfflineRequestIsNotResolved() {
        PullRequest offline = PullRequest.builder(IMAGE).offline(true).build();
        try (ImagePuller puller = fixture.builder().build()) {
            assertThatThrownBy(() -> puller.resolve(offline))
                    .isInstanceOf(ReferenceException.class)
                    .hasMessage("a resolution asks hosts, which no offline request may do");
            assertThatThrownBy(() -> puller.resolveAsync(offline)).isInstanceOf(ReferenceException.class);
            assertThatThrownBy(() -> puller.resolveAll(List.of(PullRequest.of(IMAGE), offline)))
                    .isInstanceOf(ReferenceException.class);
        }
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void theDeadlineOfARequestEndsItsResolution() {
        CountDownLatch over = new CountDownLatch(1);
        upstream.when(request -> hasEnded(over), Behaviour.ORDINARY);
        PullRequest hasty = PullRequest.of(IMAGE).withTimeout(Duration.ofMillis(100));
        try (ImagePuller puller = fixture.builder().build()) {
            assertThatThrownBy(() -> puller.resolve(hasty))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("the resolution of " + IMAGE)
                    .hasMessageContaining("deadline of 100 ms");
            assertThat(puller.resolveAll(List.of(hasty)).get(0).failure())
                    .isInstanceOf(RegistryUnavailableException.class);
        } finally {
            over.countDown();
        }
    }

    private static boolean hasEnded(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anOutcomeThrowsANewFailureWithTheFramesOfTheCaller() {
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            ImageOutcome<ResolvedReference> outcome =
                    puller.resolveAll(Fixture.NAMESPACE + "/team/gone:1").get(0);
            PullException first = catchThrowableOfType(PullException.class, outcome::orThrow);
            PullException second = catchThrowableOfType(PullException.class, outcome::orThrow);
            PullException failure = Objects.requireNonNull(outcome.failure());
            assertThat(first)
                    .isNotSameAs(second)
                    .isExactlyInstanceOf(failure.getClass())
                    .hasMessage(failure.getMessage())
                    .hasCause(failure);
            assertThat(first.attempts()).isNotEmpty().isEqualTo(failure.attempts());
            assertThat(first.remedies()).isEqualTo(failure.remedies());
            assertThat(Arrays.stream(first.getStackTrace()).map(StackTraceElement::getClassName))
                    .contains(ResolvedRequestsTest.class.getName());
        }
    }
}
