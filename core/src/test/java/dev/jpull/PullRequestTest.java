// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.ReferenceException;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for one pull alone, and pulls that belong together. */
class PullRequestTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final String OTHER = Fixture.NAMESPACE + "/team/other:1";
    private static final TestImage CONTENT = new ImageFactory(5)
            .image("linux/amd64", new Layer(50_000, Compression.GZIP), new Layer(900, Compression.NONE));
    private static final TestImage OTHER_CONTENT =
            new ImageFactory(6).image("linux/amd64", new Layer(200_000, Compression.NONE));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry upstream;

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary);
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT).serve("team/other", "1", OTHER_CONTENT);
        fixture.hosts("server = \"" + upstream.origin() + "\"");
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void itsTextHasThePlatformsAndWhetherItIsOffline() {
        assertThat(PullRequest.of("app:1")).hasToString("app:1");
        PullRequest.Builder request =
                PullRequest.builder("app:1").platform("linux/arm64").platform("linux/amd64");
        assertThat(request.build()).hasToString("app:1 for linux/arm64, linux/amd64");
        assertThat(request.allPlatforms(true).offline(true).build()).hasToString("app:1 for all platforms, offline");
    }

    @Test
    void theImageSaysWhichPlatformIsPreferred() {
        try (ImagePuller puller = fixture.builder().build()) {
            PullRequest request =
                    PullRequest.builder(IMAGE).platform("linux/amd64").build();
            assertThat(puller.pull(request).platform()).hasToString("linux/amd64");
        }
    }

    @Test
    void settingsDoNotResetEachOther() {
        PullRequest request = PullRequest.builder("a")
                .platform("linux/arm64")
                .allPlatforms(true)
                .metadata(true)
                .annotation("team", "blue")
                .platform("linux/amd64")
                .build();
        PullRequest changed = request.toBuilder().allPlatforms(false).build();

        assertThat(request.allPlatforms()).isTrue();
        assertThat(changed.allPlatforms()).isFalse();
        assertThat(changed.platforms()).hasToString("[linux/arm64, linux/amd64]");
        assertThat(changed.metadata()).isTrue();
        assertThat(changed.annotations()).containsEntry("team", "blue");
    }

    @Test
    void platformsTakeThePlaceOfThoseThatWereAdded() {
        PullRequest request = PullRequest.builder("a")
                .platform("linux/arm64")
                .platform("linux/amd64")
                .build();
        PullRequest.Builder builder = request.toBuilder();
        assertThat(builder.platforms(List.of("linux/s390x")).build().platforms())
                .hasToString("[linux/s390x]");
        assertThatThrownBy(() -> builder.platforms(List.of("linux/amd64", "linux/arm64/v8/x")))
                .isInstanceOf(ReferenceException.class);
        assertThat(builder.build().platforms()).hasToString("[linux/s390x]");
        assertThat(builder.platforms(List.of()).build().platforms()).isEmpty();
    }

    @Test
    void aPlatformIsCheckedWhenItIsGiven() {
        PullRequest.Builder builder = PullRequest.builder("a");
        assertThatThrownBy(() -> builder.platform("linux/arm64/v8/x")).isInstanceOf(ReferenceException.class);
        assertThat(builder.build().platforms()).isEmpty();
        assertThatThrownBy(() -> builder.deadline(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aListenerOfOnePullGetsTheEventsOfThatPullToItsEnd() throws Exception {
        List<PullEvent> all = Collections.synchronizedList(new ArrayList<>());
        List<PullEvent> own = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch ended = new CountDownLatch(1);
        try (ImagePuller puller = fixture.builder().listener(all::add).build()) {
            PulledImage image = puller.pull(PullRequest.builder(IMAGE)
                    .listener(event -> {
                        own.add(event);
                        if (event instanceof PullEvent.PullCompleted) {
                            ended.countDown();
                        }
                    })
                    .build());
            puller.pull(OTHER);
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(own).extracting(PullEvent::pull).containsOnly(image.pull());
        }
        assertThat(own.stream().map(PullEvent::name))
                .containsExactlyElementsOf(all.stream()
                        .filter(event -> event.image().equals(IMAGE))
                        .map(PullEvent::name)
                        .toList());
    }

    @Test
    void aSlowListenerOfOnePullGetsItsEndAndDelaysNoOther() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch other = new CountDownLatch(1);
        try (ImagePuller puller = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.PullCompleted) {
                        other.countDown();
                    }
                })
                .build()) {
            puller.pull(PullRequest.builder(IMAGE)
                    .listener(event -> {
                        await(released);
                        if (event instanceof PullEvent.PullCompleted) {
                            ended.countDown();
                        }
                    })
                    .build());
            assertThat(other.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(ended.getCount()).isEqualTo(1);
            released.countDown();
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(puller.close(Duration.ofSeconds(20))).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("never released");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aPullEndsAtItsDeadlineOrThatOfThePuller() {
        upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(2_000));
        try (ImagePuller puller =
                fixture.builder().deadline(Duration.ofMillis(300)).build()) {
            assertThatThrownBy(() -> puller.pull(IMAGE))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("within its deadline of 300 ms");
            assertThatThrownBy(() -> puller.pull(PullRequest.builder(IMAGE)
                            .deadline(Duration.ofMillis(200))
                            .build()))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("within its deadline of 200 ms");
            upstream.behave();
            PullRequest unlimited =
                    PullRequest.builder(IMAGE).deadline(Duration.ZERO).build();
            assertThatCode(() -> puller.pull(unlimited)).doesNotThrowAnyException();
        }
    }

    @Test
    void credentialsOfOnePullAreNotUsedByAnother() {
        upstream.requireBasic("user", "secret");
        try (ImagePuller puller = fixture.builder().build()) {
            CredentialSource right = CredentialSource.forHost(upstream.host(), new Credential("user", "secret"));
            PulledImage image =
                    puller.pull(PullRequest.builder(IMAGE).credentials(right).build());
            assertThat(image.digest()).hasToString(CONTENT.rootDigest());
            assertThatThrownBy(() -> puller.pull(OTHER)).isInstanceOf(RegistryAccessDeniedException.class);
        }
    }

    @Test
    void futuresAreCompletedByTheExecutorAndWithoutOneThatWorks() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "of-the-caller"));
        try (ImagePuller puller = fixture.builder().executor(executor).build()) {
            upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.delayed(100));
            CompletableFuture<String> thread = puller.pullAsync(PullRequest.of(IMAGE))
                    .thenApply(image -> Thread.currentThread().getName());
            assertThat(thread.get(20, TimeUnit.SECONDS)).isEqualTo("of-the-caller");
            executor.shutdownNow();
            assertThat(puller.resolveAsync(IMAGE).get(20, TimeUnit.SECONDS).digest())
                    .hasToString(CONTENT.rootDigest());
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void pullsOfOneCallGiveTheirImagesInOrder() {
        upstream.when(
                request -> request.isForBlob() && request.path().contains("app"), Behaviour.ORDINARY.atRate(100_000));
        try (ImagePuller puller = fixture.builder().build()) {
            List<PulledImage> images = puller.pullAll(List.of(PullRequest.of(IMAGE), PullRequest.of(OTHER)));
            assertThat(images).extracting(PulledImage::name).containsExactly(IMAGE, OTHER);
            assertThat(puller.pullAll(List.of())).isEmpty();
        }
    }

    @Test
    void thePullsOfOneCallEndWithTheFirstFailure() {
        List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());
        upstream.when(
                request -> request.isForBlob() && request.path().contains("other"), Behaviour.ORDINARY.atRate(2_000));
        try (ImagePuller puller = fixture.builder().listener(events::add).build()) {
            List<PullRequest> requests =
                    List.of(PullRequest.of(OTHER), PullRequest.of(Fixture.NAMESPACE + "/team/absent:1"));
            assertThatThrownBy(() -> puller.pullAll(requests))
                    .isInstanceOf(ImageNotFoundException.class)
                    .isNotInstanceOf(PullCancelledException.class);
        }
        assertThat(events.stream()
                        .filter(PullEvent.PullFailed.class::isInstance)
                        .map(PullEvent::image))
                .containsExactlyInAnyOrder(OTHER, Fixture.NAMESPACE + "/team/absent:1");
    }
}
