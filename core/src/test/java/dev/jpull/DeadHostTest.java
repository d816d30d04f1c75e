// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.http.HttpOptions;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A mirror that cannot be reached, in all ways: it costs one wait, and the image comes from the next host. */
class DeadHostTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT = new ImageFactory(47)
            .image(
                    "linux/amd64",
                    Stream.generate(() -> new Layer(2_000, Compression.NONE))
                            .limit(40)
                            .toArray(Layer[]::new));

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry upstream;

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary);
        upstream = TestRegistry.start().serve("team/app", "1", CONTENT);
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    /** Counts the connections to a mirror that is really somewhere else. */
    private static final class Counter implements HttpOptions.Network {
        private final AtomicInteger connections = new AtomicInteger();
        private final SocketAddress target;

        Counter(SocketAddress target) {
            this.target = target;
        }

        @Override
        public List<InetAddress> lookup(String name) throws UnknownHostException {
            if (name.equals("unknown.example")) {
                connections.incrementAndGet();
                throw new UnknownHostException(name);
            }
            return name.equals("mirror.example")
                    ? List.of(InetAddress.getByAddress(name, new byte[] {(byte) 203, 0, 113, 1}))
                    : List.of(InetAddress.getAllByName(name));
        }

        @Override
        public SocketAddress reach(SocketAddress address) {
            if (((InetSocketAddress) address).getHostString().equals("mirror.example")) {
                connections.incrementAndGet();
                return target;
            }
            return address;
        }
    }

    private PulledImage pull(Counter counter, String mirror, String... settings) {
        fixture.hosts(
                "server = \"" + upstream.origin() + "\"",
                Fixture.host(mirror, "pull", "resolve") + String.join("\n", settings));
        try (ImagePuller puller = fixture.builder().network(counter).build()) {
            return puller.pull(IMAGE);
        }
    }

    @Test
    void aNameThatNobodyKnowsIsLookedUpOnce() {
        Counter counter = new Counter(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        assertThat(pull(counter, "https://unknown.example").chainId()).isNotNull();
        assertThat(counter.connections).hasValue(1);
    }

    @Test
    void aRefusedConnectionIsTriedOnce() {
        Counter counter = new Counter(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        PulledImage image = pull(counter, "https://mirror.example");
        assertThat(counter.connections).hasValue(1);
        assertThat(image.fallbacks()).anyMatch(attempt -> attempt.reason().contains("connection refused"));
    }

    @Test
    void aBlackHoleCostsOneWait() throws IOException {
        try (RawServer hole = RawServer.blackHole()) {
            Counter counter = new Counter(hole.address());
            PulledImage image = pull(counter, "https://mirror.example", "  dial_timeout = \"400ms\"");
            assertThat(counter.connections).hasValue(1);
            assertThat(image.fallbacks()).anyMatch(attempt -> attempt.reason().contains("connecting timed out"));
        }
    }

    @Test
    void aMirrorWithoutTlsWhereItShouldHaveSome() {
        try (TestRegistry plain = TestRegistry.start()) {
            Counter counter = new Counter(new InetSocketAddress(InetAddress.getLoopbackAddress(), plain.port()));
            assertThat(pull(counter, "https://mirror.example").chainId()).isNotNull();
            assertThat(plain.requests()).isEmpty();
        }
    }

    @Test
    void aMirrorThatNobodyTrustsIsTriedOnce() {
        try (TestRegistry forged = World.secured("mirror.example")) {
            Counter counter = new Counter(new InetSocketAddress(InetAddress.getLoopbackAddress(), forged.port()));
            PulledImage image = pull(counter, "https://mirror.example");
            assertThat(counter.connections).hasValue(1);
            assertThat(image.fallbacks()).anyMatch(attempt -> attempt.reason().contains("unknown authority"));
        }
    }

    static Stream<Arguments> bursts() {
        return Stream.of(
                Arguments.of(
                        "429 three times, a second each", Behaviour.status(429).header("Retry-After", "1"), 3),
                Arguments.of("429 twice without a word", Behaviour.status(429), 2),
                Arguments.of("503 twice", Behaviour.status(503), 2));
    }

    /** The only host, for each path: every failure is followed by a pause, and no pause is long. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("bursts")
    void everyRetryBacksOffFirst(String name, Behaviour behaviour, int times) {
        for (String blob : CONTENT.blobs().keySet()) {
            upstream.when(request -> request.path().endsWith(blob), behaviour, times);
        }
        upstream.when(LoggedRequest::isForTag, behaviour, times);
        fixture.hosts("server = \"" + upstream.origin() + "\"");
        Queue<Duration> pauses = new ConcurrentLinkedQueue<>();
        try (ImagePuller puller = fixture.builder()
                .waits(
                        (pause, scope) -> {
                            pauses.add(pause);
                            scope.sleep(pause.dividedBy(100));
                        },
                        Duration.ofSeconds(5))
                .build()) {
            assertThat(puller.pull(IMAGE).chainId()).isNotNull();
        }
        assertThat(pauses).allSatisfy(pause -> assertThat(pause).isLessThan(Duration.ofSeconds(5)));
        int failures = times * (CONTENT.blobs().size() + 1);
        assertThat(upstream.requests())
                .filteredOn(request -> request.status() >= 400)
                .hasSize(failures);
        assertThat(pauses).hasSizeGreaterThanOrEqualTo(failures);
    }

    /**
     * Of the first requests for blobs, one for each download, the host throttles one, and serves the others when that one backs
     * off. It would throttle each later one, but none comes: all downloads back off without being throttled themselves.
     */
    @Test
    void theBackOffOfOneBlobHoldsForAllBlobs() {
        int downloads = 4;
        Duration retryAfter = Duration.ofSeconds(30);
        CountDownLatch arrived = new CountDownLatch(downloads);
        CountDownLatch backingOff = new CountDownLatch(1);
        CountDownLatch allBackOff = new CountDownLatch(downloads);
        AtomicBoolean first = new AtomicBoolean(true);
        upstream.when(
                request -> {
                    if (!request.isForBlob() || allBackOff.getCount() == 0) {
                        return false;
                    }
                    boolean early = arrived.getCount() > 0;
                    arrived.countDown();
                    boolean throttled = first.getAndSet(false) || !early;
                    return throttled ? await(arrived) : !await(backingOff);
                },
                Behaviour.status(429).header("Retry-After", String.valueOf(retryAfter.toSeconds())));
        fixture.hosts("server = \"" + upstream.origin() + "\"");
        Queue<Duration> pauses = new ConcurrentLinkedQueue<>();
        try (ImagePuller puller = fixture.builder()
                .maxConcurrentDownloads(downloads)
                .waits(
                        (pause, scope) -> {
                            pauses.add(pause);
                            backingOff.countDown();
                            allBackOff.countDown();
                            await(allBackOff);
                        },
                        Duration.ofSeconds(20))
                .build()) {
            assertThat(puller.pull(IMAGE).chainId()).isNotNull();
        }
        assertThat(upstream.requests())
                .filteredOn(request -> request.status() == 429)
                .as("throttled responses")
                .hasSize(1);
        // No time passes in the pauses, so that all later blobs back off as well.
        assertThat(pauses)
                .hasSizeGreaterThan(CONTENT.blobs().size() - downloads)
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofMillis(1), retryAfter));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void oneOfFiveRequestsFailsAtRandom() {
        Random random = new Random(9);
        upstream.when(
                request -> {
                    synchronized (random) {
                        return random.nextInt(5) == 0;
                    }
                },
                Behaviour.status(503));
        fixture.hosts("server = \"" + upstream.origin() + "\"");
        try (ImagePuller puller = fixture.builder()
                .waits((pause, scope) -> {}, Duration.ofSeconds(5))
                .build()) {
            assertThat(puller.pull(IMAGE).chainId()).isNotNull();
        }
        assertThat(upstream.requests()).anyMatch(request -> request.status() == 503);
    }

    @Test
    void theFirstAnswerForEachBlobIsWrong() {
        for (String blob : CONTENT.blobs().keySet()) {
            upstream.when(request -> request.path().endsWith(blob), Behaviour.corrupt(10), 1);
        }
        fixture.hosts("server = \"" + upstream.origin() + "\"");
        assertThat(fixture.pull(IMAGE).chainId()).isNotNull();
    }

    @Test
    void everyAnswerForABlobIsWrong() {
        upstream.when(LoggedRequest::isForBlob, Behaviour.corrupt(10));
        fixture.hosts("server = \"" + upstream.origin() + "\"");
        assertThatThrownBy(() -> fixture.pull(IMAGE)).isInstanceOf(IntegrityException.class);
        assertThat(upstream.requests().stream().filter(LoggedRequest::isForBlob).count())
                .as("nobody insists")
                .isLessThan(12);
    }
}
