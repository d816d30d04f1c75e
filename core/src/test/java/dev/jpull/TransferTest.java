// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How blobs arrive: over broken connections, from hosts that lie, in several pulls at once. */
class TransferTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(1)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(700_000, Compression.GZIP),
                    new Layer(90_000, Compression.ZSTD),
                    new Layer(10_000, Compression.NONE));

    TransferTest() {
        super(CONTENT);
    }

    private String hostPlatform() {
        return Platform.host().toString();
    }

    @Test
    void aCutLayerGoesOnWhereItBroke() {
        upstreamAlone();
        String largest = largestOf(hostPlatform());
        upstream.when(request -> request.path().endsWith(largest), Behaviour.cut(300_000), 1);
        PulledImage image = fixture.pull(IMAGE);
        assertThat(upstream.requests())
                .filteredOn(request -> request.path().endsWith(largest))
                .extracting(request -> request.header("range"))
                .containsExactly(null, "bytes=300000-");
        assertThat(image.chainId()).hasToString(CONTENT.chainId(hostPlatform()));
    }

    static Stream<Arguments> wrongRanges() {
        return Stream.of(
                Arguments.of("ignored", Behaviour.ORDINARY.ignoringRange()),
                Arguments.of("wrong start", Behaviour.ORDINARY.withContentRange("bytes 1-5/6")),
                Arguments.of("nonsense", Behaviour.ORDINARY.withContentRange("bytes */*")),
                Arguments.of("refused with 416", Behaviour.status(416)),
                Arguments.of("refused with 400", Behaviour.status(400)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongRanges")
    void anAnswerToARangeIsNotBelieved(String name, Behaviour onRange) {
        upstreamAlone();
        upstream.when(request -> request.isForBlob() && request.header("range") == null, Behaviour.cut(5_000), 4);
        upstream.when(request -> request.header("range") != null, onRange);
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.chainId()).hasToString(CONTENT.chainId(hostPlatform()));
    }

    @Test
    void aRangeThatStartsElsewhereIsNotWritten() {
        upstreamAlone();
        String largest = largestOf(hostPlatform());
        int size = CONTENT.blob(largest).length;
        upstream.when(
                request -> request.path().endsWith(largest) && request.header("range") == null,
                Behaviour.cut(400_000),
                1);
        // Right end, right total, but everything from the beginning.
        upstream.when(
                request -> request.path().endsWith(largest) && request.header("range") != null,
                Behaviour.ORDINARY
                        .ignoringRange()
                        .withStatus(206)
                        .withContentRange("bytes 0-" + (size - 1) + "/" + size));
        assertThat(fixture.pull(IMAGE).layers())
                .filteredOn(layer -> layer.digest().toString().equals(largest))
                .singleElement()
                .satisfies(
                        layer -> assertThat(layer.retries()).as("the cut alone").isEqualTo(1));
    }

    @Test
    void anInterruptedDownloadContinuesInTheNextPull() {
        upstreamAlone();
        String largest = largestOf(hostPlatform());
        upstream.when(
                request -> request.path().endsWith(largest) && request.header("range") == null, Behaviour.cut(400_000));
        upstream.when(request -> request.path().endsWith(largest), Behaviour.status(404));
        assertThatThrownBy(() -> fixture.pull(IMAGE)).isInstanceOf(PullException.class);
        upstream.behave();
        upstream.clearLog();

        PulledImage image = fixture.pull(IMAGE);

        PulledLayer layer = image.layers().stream()
                .filter(candidate -> candidate.digest().toString().equals(largest))
                .findFirst()
                .orElseThrow();
        assertThat(layer.bytesResumed()).isEqualTo(400_000);
        assertThat(layer.bytesFetched()).isEqualTo(layer.size() - 400_000);
        assertThat(upstream.requests())
                .filteredOn(request -> request.path().endsWith(largest))
                .singleElement()
                .satisfies(request -> assertThat(request.header("range")).isEqualTo("bytes=400000-"));
    }

    @Test
    void aHostWhoseStreamBrokeGetsAnotherChanceWhenNobodyElseHasTheBlob() {
        mirror.when(LoggedRequest::isForBlob, Behaviour.status(404));
        upstream.when(request -> request.path().endsWith(largestOf(hostPlatform())), Behaviour.cut(0), 2);
        assertThat(fixture.pull(IMAGE).chainId()).hasToString(CONTENT.chainId(hostPlatform()));
    }

    @Test
    void aMirrorThatSendsWrongBytesIsSetAside() {
        mirror.when(LoggedRequest::isForBlob, Behaviour.corrupt(50));
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.layers()).allMatch(layer -> upstream.origin().equals(layer.host()));
        assertThat(image.chainId()).hasToString(CONTENT.chainId(hostPlatform()));
    }

    @Test
    void oneWrongByteIsHealedByFetchingAgain() {
        upstreamAlone();
        upstream.when(LoggedRequest::isForBlob, Behaviour.corrupt(50), 1);
        assertThat(fixture.pull(IMAGE).chainId()).hasToString(CONTENT.chainId(hostPlatform()));
    }

    static Stream<Arguments> lies() {
        return Stream.of(
                Arguments.of("wrong byte", Behaviour.corrupt(50)),
                Arguments.of("one byte short", Behaviour.surplus(-1)),
                Arguments.of("one byte long", Behaviour.surplus(1)),
                Arguments.of("one byte short, in chunks", Behaviour.surplus(-1).inChunks()),
                Arguments.of("one byte long, in chunks", Behaviour.surplus(1).inChunks()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void wrongContentIsNeverStored(String name, Behaviour lie) throws IOException {
        upstreamAlone();
        String largest = largestOf(hostPlatform());
        upstream.when(request -> request.path().endsWith(largest), lie);
        assertThatThrownBy(() -> fixture.pull(IMAGE))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(largest);
        assertThat(fixture.blob(largest)).doesNotExist();
        assertThat(fixture.store().resolve("index.json")).doesNotExist();
        try (Stream<Path> blobs = Files.list(fixture.store().resolve("blobs/sha256"))) {
            assertThat(blobs)
                    .allSatisfy(blob -> assertThat(
                                    Digest.sha256(Files.readAllBytes(blob)).hex())
                            .isEqualTo(blob.getFileName().toString()));
        }
    }

    @Test
    void aThrottledRequestIsTriedAgain() {
        upstreamAlone();
        upstream.when(request -> true, Behaviour.status(429).header("Retry-After", "0"), 2);
        assertThat(fixture.pull(IMAGE).chainId()).isNotNull();
    }

    @Test
    void twoPullersOfOneStoreFetchEachBlobOnce() throws Exception {
        upstreamAlone();
        upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(4_000_000));
        try (ImagePuller one = fixture.builder().build();
                ImagePuller other = fixture.builder().build()) {
            CompletableFuture<PulledImage> first = one.pullAsync(PullRequest.of(IMAGE));
            CompletableFuture<PulledImage> second = other.pullAsync(PullRequest.of(IMAGE));
            assertThat(first.get(30, TimeUnit.SECONDS).chainId())
                    .isEqualTo(second.get(30, TimeUnit.SECONDS).chainId());
        }
        List<String> blobs = upstream.requests().stream()
                .filter(LoggedRequest::isForBlob)
                .map(LoggedRequest::path)
                .toList();
        assertThat(blobs).doesNotHaveDuplicates();
    }

    @Test
    void aCancelledPullStopsAndKeepsWhatItHas() throws Exception {
        upstreamAlone();
        String largest = largestOf(hostPlatform());
        upstream.when(request -> request.path().endsWith(largest), Behaviour.stall(300_000));
        CountDownLatch progressed = new CountDownLatch(1);
        try (ImagePuller puller = fixture.builder()
                .listener(event -> {
                    if (event instanceof PullEvent.BlobProgress progress
                            && progress.digest().toString().equals(largest)) {
                        progressed.countDown();
                    }
                })
                .build()) {
            CompletableFuture<PulledImage> pull = puller.pullAsync(PullRequest.of(IMAGE));
            assertThat(progressed.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(pull.cancel(true)).isTrue();
            upstream.behave();
            PulledImage again = puller.pull(IMAGE);
            assertThat(again.layers())
                    .filteredOn(layer -> layer.digest().toString().equals(largest))
                    .singleElement()
                    .satisfies(layer -> assertThat(layer.bytesResumed()).isPositive());
        }
    }

    @Test
    void aClosedPullerEndsItsPulls() throws Exception {
        upstreamAlone();
        upstream.when(LoggedRequest::isForTag, Behaviour.ORDINARY.delayed(60_000));
        ImagePuller puller = fixture.builder().build();
        CompletableFuture<PulledImage> pull = puller.pullAsync(PullRequest.of(IMAGE));
        while (upstream.requests().isEmpty()) {
            Thread.onSpinWait();
        }
        puller.close();
        assertThatThrownBy(() -> pull.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(PullCancelledException.class);
        assertThatThrownBy(() -> puller.pull(IMAGE)).isInstanceOf(IllegalStateException.class);
    }

    private static String largestOf(String platform) {
        byte[] manifest = CONTENT.documents().values().stream()
                .map(TestImage.Document::content)
                .filter(content -> new String(content, StandardCharsets.UTF_8).contains("\"layers\""))
                .skip(platform.equals("linux/arm64") ? 1 : 0)
                .findFirst()
                .orElseThrow();
        String text = new String(manifest, StandardCharsets.UTF_8);
        return CONTENT.blobs().entrySet().stream()
                .filter(blob -> text.contains(blob.getKey()))
                .max(Comparator.comparingInt(blob -> blob.getValue().length))
                .orElseThrow()
                .getKey();
    }

    private static final TestImage BIG =
            new ImageFactory(45).image("linux/amd64", new Layer(24 << 20, Compression.NONE));
    private static final long SLOW = 8 << 20;

    private List<LoggedRequest> pullBig(Behaviour behaviour) {
        upstream.serve("team/app", "big", BIG).when(LoggedRequest::isForBlob, behaviour);
        upstreamAlone();
        assertThat(fixture.pull(Fixture.NAMESPACE + "/team/app:big").chainId()).hasToString(BIG.chainId("linux/amd64"));
        String layer = BIG.largestBlob();
        return upstream.requests().stream()
                .filter(request -> request.path().endsWith(layer))
                .toList();
    }

    @Test
    void aLargeBlobComesOverSeveralConnections() {
        List<LoggedRequest> requests = pullBig(Behaviour.ORDINARY.atRate(SLOW));
        assertThat(requests).hasSizeGreaterThan(2);
        assertThat(requests)
                .filteredOn(request -> request.header("range") == null)
                .hasSize(1);
        List<String> ranges = requests.stream()
                .map(request -> request.header("range"))
                .filter(range -> range != null)
                .toList();
        assertThat(ranges).doesNotHaveDuplicates().allMatch(range -> range.matches("bytes=[0-9]+-[0-9]*"));
    }

    static Stream<Arguments> helpless() {
        return Stream.of(
                Arguments.of("ignored", Behaviour.ORDINARY.ignoringRange()),
                Arguments.of("wrong", Behaviour.ORDINARY.withContentRange("bytes 0-5/6")),
                Arguments.of("416", Behaviour.status(416)),
                Arguments.of("429", Behaviour.status(429)),
                Arguments.of("broken", Behaviour.cut(1000)),
                Arguments.of("dropped", Behaviour.drop()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("helpless")
    void aHostThatDoesNoRangesSendsALargeBlobAsOneStream(String name, Behaviour onRange) {
        upstream.when(request -> request.header("range") != null, onRange);
        List<LoggedRequest> requests = pullBig(Behaviour.ORDINARY.atRate(SLOW));
        assertThat(requests)
                .filteredOn(request -> request.header("range") == null)
                .hasSize(1);
        assertThat(requests).hasSizeLessThan(10);
    }

    @Test
    void spreadALargeBlobComesFromAllHosts() {
        for (TestRegistry host : List.of(upstream, mirror)) {
            host.serve("team/app", "big", BIG).when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(SLOW));
        }
        try (ImagePuller puller = fixture.builder().spread(true).build()) {
            assertThat(puller.pull(Fixture.NAMESPACE + "/team/app:big").chainId())
                    .hasToString(BIG.chainId("linux/amd64"));
        }
        assertThat(upstream.requests()).anyMatch(request -> request.header("range") != null);
        assertThat(upstream.requests()).noneMatch(LoggedRequest::isForTag);
        assertThat(mirror.requests()).anyMatch(request -> request.isForBlob() && request.header("range") == null);
    }

    @Test
    void ofSeveralSendersTheOneWithWrongBytesIsSetAside() {
        mirror.serve("team/app", "big", BIG).when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(SLOW));
        // Every response of the upstream has a wrong byte, so that each of its parts spoils the blob.
        upstream.serve("team/app", "big", BIG)
                .when(LoggedRequest::isForBlob, Behaviour.corrupt(500).atRate(SLOW));
        PulledImage image;
        try (ImagePuller puller = fixture.builder().spread(true).build()) {
            image = puller.pull(Fixture.NAMESPACE + "/team/app:big");
        }
        assertThat(image.chainId()).hasToString(BIG.chainId("linux/amd64"));
        assertThat(upstream.requests()).as("the upstream sent a part").anyMatch(LoggedRequest::isForBlob);
        assertThat(image.layers())
                .filteredOn(layer -> layer.digest().toString().equals(BIG.largestBlob()))
                .singleElement()
                .satisfies(layer -> {
                    assertThat(layer.host()).isEqualTo(mirror.origin());
                    assertThat(layer.retries()).as("the blob came wrong first").isPositive();
                });
    }

    @Test
    void everyHostMayBeWrongOnce() {
        for (TestRegistry host : List.of(upstream, mirror)) {
            host.when(LoggedRequest::isForBlob, Behaviour.corrupt(500), 1);
        }
        try (ImagePuller puller = fixture.builder().maxConcurrentDownloads(1).build()) {
            assertThat(puller.pull(IMAGE).chainId()).hasToString(CONTENT.chainId("linux/amd64"));
        }
    }

    @Test
    void withOneConnectionNoBlobIsSplit() {
        upstream.serve("team/app", "big", BIG).when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(SLOW));
        upstreamAlone();
        try (ImagePuller puller = fixture.builder().maxConnections(1).build()) {
            puller.pull(Fixture.NAMESPACE + "/team/app:big");
        }
        assertThat(upstream.requests()).noneMatch(request -> request.header("range") != null);
    }
}
