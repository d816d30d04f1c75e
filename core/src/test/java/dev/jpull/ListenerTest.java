// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener is told, and what it can do to a puller. */
class ListenerTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(3)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(400_000, Compression.NONE),
                    new Layer(60_000, Compression.GZIP),
                    new Layer(9_000, Compression.NONE));

    private final List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());

    private ImagePuller puller(PullListener listener) {
        return fixture.builder().listener(listener).build();
    }

    ListenerTest() {
        super(CONTENT);
    }

    private List<String> names() {
        return events.stream().map(PullEvent::name).toList();
    }

    @Test
    void aListenerThatThrowsAnErrorGetsTheNextEventAllTheSame() {
        AtomicInteger calls = new AtomicInteger();
        try (ImagePuller puller = puller(event -> {
            events.add(event);
            if (calls.incrementAndGet() % 2 == 1) {
                throw new StackOverflowError("of the listener");
            }
            Thread.currentThread().interrupt(); // the listener's own thread
        })) {
            puller.pull(IMAGE);
        }
        assertThat(names()).startsWith("pull-started").endsWith("pull-completed");
    }

    @Test
    void pullsDoNotWaitForAListenerThatStandsStill() {
        CountDownLatch release = new CountDownLatch(1);
        ImagePuller puller = puller(event -> {
            events.add(event);
            await(release);
        });
        for (int i = 0; i < 20; i++) {
            puller.pull(IMAGE); // the first one waits for a moment; 20 of such moments would not end in time
        }
        long start = System.nanoTime();
        boolean ended = puller.close(Duration.ofMillis(50));
        assertThat(ended).as("the listener is still at work").isFalse();
        assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(20).toNanos());
        release.countDown();
        assertThat(puller.close(Duration.ofSeconds(20))).isTrue();
        assertThat(events).as("no event after closing").hasSize(1);
    }

    @Test
    void aListenerMayPullResolveAndClose() throws Exception {
        CompletableFuture<PulledImage> inner = new CompletableFuture<>();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        CompletableFuture<ImagePuller> self = new CompletableFuture<>();
        ImagePuller puller = puller(event -> {
            events.add(event);
            if (event instanceof PullEvent.Resolved && !inner.isDone()) {
                self.join().resolve(IMAGE);
                inner.complete(self.join().pull(IMAGE));
            } else if (event instanceof PullEvent.PullCompleted && event.pull() > 1 && !closed.isDone()) {
                closed.complete(self.join().close(Duration.ofSeconds(20)));
            }
        });
        self.complete(puller);

        puller.pull(IMAGE);

        assertThat(inner.join().digest()).hasToString(CONTENT.rootDigest());
        assertThat(closed.join()).as("its own thread cannot have ended").isFalse();
        assertThat(puller.close(Duration.ofSeconds(20))).isTrue();
        assertThatThrownBy(() -> puller.pull(IMAGE)).hasMessageContaining("the puller is closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry.example/Upper", "registry.example/app:tag:tag", "a\u001b[31mb"})
    void aPullOfABadReferenceBeginsAndFails(String reference) {
        try (ImagePuller puller = puller(events::add)) {
            assertThatThrownBy(() -> puller.pull(reference)).isInstanceOf(ReferenceException.class);
            assertThat(puller.pullAsync(PullRequest.of(reference)))
                    .completesExceptionallyWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withCauseInstanceOf(ReferenceException.class);
        }
        assertThat(names()).containsExactly("pull-started", "pull-failed", "pull-started", "pull-failed");
        assertThat(events).extracting(PullEvent::pull).containsExactly(1L, 1L, 2L, 2L);
        assertThat(events).allSatisfy(event -> assertThat(event.image()).doesNotContain("\u001b"));
    }

    @Test
    void aPullWithABadConfigurationBeginsAndFails() {
        TestCertificates.write(fixture.directory().resolve("hosts.toml"), "server = 3\n");
        try (ImagePuller puller = puller(events::add)) {
            assertThatThrownBy(() -> puller.pull(IMAGE)).isInstanceOf(ConfigurationException.class);
        }
        assertThat(names()).containsExactly("pull-started", "pull-failed");
    }

    @Test
    void twoPullsOfOneImageAreToldApart() {
        try (ImagePuller puller = puller(events::add)) {
            List<CompletableFuture<PulledImage>> both =
                    List.of(puller.pullAsync(PullRequest.of(IMAGE)), puller.pullAsync(PullRequest.of(IMAGE)));
            assertThat(both).extracting(future -> future.join().pull()).containsExactly(1L, 2L);
        }
        assertThat(events.stream().filter(PullEvent.PullCompleted.class::isInstance))
                .extracting(PullEvent::pull)
                .containsExactlyInAnyOrder(1L, 2L);
        assertThat(events).extracting(PullEvent::pull).containsOnly(1L, 2L);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailureOfARealPullKeepsItsAttemptsWhenItIsSerialised() throws Exception {
        mirror.when(request -> true, Behaviour.status(500));
        upstream.when(request -> true, Behaviour.drop());
        try (ImagePuller puller = fixture.builder()
                .waits((pause, scope) -> {}, Duration.ofSeconds(5))
                .build()) {
            PullException failure =
                    org.assertj.core.api.Assertions.catchThrowableOfType(PullException.class, () -> puller.pull(IMAGE));
            PullException copy = (PullException) SerializationTest.roundTrip(failure);
            assertThat(copy.attempts()).isEqualTo(failure.attempts()).isNotEmpty();
            assertThat(copy).hasMessage(failure.getMessage());
        }
    }
}
