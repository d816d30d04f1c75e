// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.event.PullEvent;
import dev.jpull.event.PullListener;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.ImageFactory.RawLayer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls that compare the uncompressed content of layers with their diff IDs, while the layers come. */
class LayerVerificationTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final String PLATFORM = "linux/amd64";
    private static final ImageFactory FACTORY = new ImageFactory(13);
    private static final RawLayer RIGHT = RawLayer.gzip(FACTORY.layerContent(PLATFORM, 0, 300_000));
    private static final RawLayer OTHER = RawLayer.gzip(FACTORY.layerContent(PLATFORM, 1, 60_000));

    @TempDir
    Path temporary;

    private final List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Boolean> started = new CompletableFuture<>();
    private Fixture fixture;
    private TestRegistry registry;

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary);
        registry = TestRegistry.start();
        fixture.hosts("server = \"" + registry.origin() + "\"");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static TestImage image(RawLayer... layers) {
        return FACTORY.image(PLATFORM, List.of(layers));
    }

    private static boolean isFor(LoggedRequest request, RawLayer layer) {
        return request.isForBlob() && request.path().contains(TestImage.digest(layer.blob()));
    }

    private static PullRequest request(boolean verified) {
        return PullRequest.builder(IMAGE)
                .platform(PLATFORM)
                .verifyLayers(verified)
                .build();
    }

    private PulledImage pull() {
        try (ImagePuller puller = fixture.retryingAtOnce().listener(events::add).build()) {
            return puller.pull(request(true));
        }
    }

    private IntegrityException refused() {
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            return refusedBy(puller);
        }
    }

    private IntegrityException refusedBy(ImagePuller puller) {
        IntegrityException[] refusal = new IntegrityException[1];
        assertThatThrownBy(() -> puller.pull(request(true)))
                .isInstanceOfSatisfying(IntegrityException.class, e -> refusal[0] = e);
        assertThat(LocalStore.open(fixture.store()).images())
                .as("the image has no name")
                .isEmpty();
        return refusal[0];
    }

    @Test
    void layersOfEveryCompressionAreVerified() {
        TestImage content = FACTORY.image(
                PLATFORM,
                new Layer(700_000, Compression.GZIP),
                new Layer(90_000, Compression.ZSTD),
                new Layer(10_000, Compression.NONE));
        registry.serve("team/app", "1", content);

        PulledImage image = pull();

        assertThat(image.layers()).hasSize(3).allMatch(PulledLayer::diffIdVerified);
        assertThat(image.layers().get(0).chainId())
                .isEqualTo(image.layers().get(0).diffId());
        assertThat(image.layers().get(2).chainId()).hasToString(content.chainId(PLATFORM));
        assertThat(events.stream().filter(event -> event.name().equals("layer-completed")))
                .hasSize(3);
        assertThat(registry.requests().stream().filter(LoggedRequest::isForBlob))
                .as("nothing is fetched twice")
                .hasSize(4);
    }

    @Test
    void layersAreNotVerifiedUnlessThatIsAskedFor() {
        registry.serve("team/app", "1", image(new RawLayer(RIGHT.mediaType(), RIGHT.blob(), OTHER.diffId())));
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.layers()).hasSize(1).noneMatch(PulledLayer::diffIdVerified);
    }

    @Test
    void aWrongDiffIdIsNamedWithItsLayer() {
        registry.serve("team/app", "1", image(RIGHT, new RawLayer(OTHER.mediaType(), OTHER.blob(), RIGHT.diffId())));
        assertThat(refused())
                .hasMessageContainingAll(
                        "layer 2 of 2", TestImage.digest(OTHER.blob()), IMAGE, OTHER.diffId(), RIGHT.diffId());
    }

    @Test
    void aLayerThatIsThereIsVerifiedToo() {
        registry.serve("team/app", "1", image(new RawLayer(RIGHT.mediaType(), RIGHT.blob(), OTHER.diffId())));
        fixture.pull(IMAGE);
        try (ImagePuller puller = fixture.builder().build()) {
            assertThatThrownBy(() -> puller.pull(request(true)))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContainingAll(RIGHT.diffId(), OTHER.diffId());
            assertThatThrownBy(() ->
                            puller.pull(request(true).toBuilder().offline(true).build()))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContainingAll(RIGHT.diffId(), OTHER.diffId());
            assertThat(puller.pull(request(false).toBuilder().offline(true).build())
                            .layers())
                    .noneMatch(PulledLayer::diffIdVerified);
        }
    }

    @Test
    void aStoredImageIsVerifiedWithoutARequest() {
        registry.serve("team/app", "1", image(RIGHT, OTHER));
        fixture.pull(IMAGE);
        registry.clearLog();
        try (ImagePuller puller = fixture.builder().build()) {
            assertThat(puller.pull(request(true).toBuilder().offline(true).build())
                            .layers())
                    .hasSize(2)
                    .allMatch(PulledLayer::diffIdVerified);
        }
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void aLayerThatIsDamagedInTheStoreIsTheFaultOfTheStore() throws IOException {
        registry.serve("team/app", "1", image(RIGHT));
        fixture.pull(IMAGE);
        Path blob = fixture.blob(TestImage.digest(RIGHT.blob()));
        byte[] damaged = Files.readAllBytes(blob);
        damaged[damaged.length / 2] ^= 1;
        assertThat(blob.toFile().setWritable(true)).isTrue();
        Files.write(blob, damaged);
        try (ImagePuller puller = fixture.builder().build()) {
            assertThatThrownBy(() -> puller.pull(request(true)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.remedies()).contains(Remedy.REPAIR_STORE))
                    .hasMessageContaining(TestImage.digest(RIGHT.blob()));
        }
    }

    @Test
    void aBlobThatIsTwoLayersWithDifferentDiffIdsIsRefused() {
        registry.serve(
                "team/app", "1", image(RIGHT, OTHER, new RawLayer(RIGHT.mediaType(), RIGHT.blob(), OTHER.diffId())));
        assertThat(refused()).hasMessageContainingAll("layer 3 of 3", RIGHT.diffId(), OTHER.diffId());
    }

    @Test
    void aBlobThatIsTwoLayersIsVerifiedOnce() {
        registry.serve("team/app", "1", image(RIGHT, OTHER, RIGHT));
        assertThat(pull().layers()).hasSize(3).allMatch(PulledLayer::diffIdVerified);
        assertThat(events.stream().filter(event -> event.name().equals("layer-completed")))
                .hasSize(2);
    }

    @Test
    void aLayerThatEndsTooEarlyIsRefused() {
        byte[] half = Arrays.copyOf(RIGHT.blob(), RIGHT.blob().length / 2);
        registry.serve("team/app", "1", image(new RawLayer(RIGHT.mediaType(), half, RIGHT.diffId())));
        assertThat(refused()).hasMessageContainingAll("layer 1 of 1", TestImage.digest(half), IMAGE);
    }

    @Test
    void aLayerThatIsFetchedAgainIsVerifiedAgain() {
        TestImage content = image(RIGHT, OTHER);
        registry.serve("team/app", "1", content);
        registry.when(request -> isFor(request, RIGHT), Behaviour.corrupt(100_000), 1);
        try (TestRegistry second = TestRegistry.start().serve("team/app", "1", content)) {
            fixture.hosts("server = \"" + second.origin() + "\"", Fixture.host(registry, "pull", "resolve"));
            assertThat(pull().layers()).hasSize(2).allMatch(PulledLayer::diffIdVerified);
        }
    }

    @Test
    void aPullGoesOnWithTheBytesOfAnEarlierOne() {
        registry.serve("team/app", "1", image(RIGHT, OTHER));
        registry.when(request -> isFor(request, RIGHT) && request.header("range") == null, Behaviour.cut(150_000));
        registry.when(request -> isFor(request, RIGHT) && request.header("range") != null, Behaviour.status(500));
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            assertThatThrownBy(() -> puller.pull(request(true))).isInstanceOf(RegistryUnavailableException.class);
        }
        registry.behave();
        List<PulledLayer> layers = pull().layers();
        assertThat(layers).hasSize(2).allMatch(PulledLayer::diffIdVerified);
        assertThat(layers.get(0).bytesResumed()).isPositive();
    }

    @Test
    void oneWorkerIsEnoughForManyLayers() {
        RawLayer[] layers = new RawLayer[8];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = RawLayer.gzip(FACTORY.layerContent(PLATFORM, i, 40_000));
        }
        registry.serve("team/app", "1", image(layers));
        registry.when(request -> isFor(request, layers[3]), Behaviour.ORDINARY.delayed(300));
        try (ImagePuller puller = fixture.builder().layerWorkers(1).build()) {
            assertThat(puller.pull(request(true)).layers()).hasSize(8).allMatch(PulledLayer::diffIdVerified);
        }
    }

    @Test
    void aCancelledPullLeavesNoThread() throws Exception {
        registry.serve("team/app", "1", image(RIGHT, OTHER));
        registry.when(request -> isFor(request, RIGHT), Behaviour.stall(100_000));
        try (ImagePuller puller = fixture.builder().listener(startOf(RIGHT)).build()) {
            CompletableFuture<PulledImage> pulling = puller.pullAsync(request(true));
            assertThat(started.get(10, TimeUnit.SECONDS)).isTrue();
            long before = System.nanoTime();
            assertThat(pulling.cancel(true)).isTrue();
            assertThat(puller.close(Duration.ofSeconds(5))).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        }
    }

    private PullListener startOf(RawLayer layer) {
        return event -> {
            if (event instanceof PullEvent.BlobStarted begun
                    && begun.digest().toString().equals(TestImage.digest(layer.blob()))) {
                started.complete(true);
            }
        };
    }

    @Test
    void aBombStopsAtTheLimit() {
        byte[] zeros = new byte[4 << 20];
        registry.serve("team/app", "1", image(OTHER, RawLayer.gzip(zeros)));
        try (ImagePuller puller = fixture.builder().maxLayerSize(1 << 20).build()) {
            IntegrityException refusal = refusedBy(puller);
            assertThat(refusal).hasMessageContainingAll("layer 2 of 2", String.valueOf(1 << 20));
            assertThat(refusal.remedies()).contains(Remedy.RAISE_LAYER_LIMIT);
        }
    }

    @Test
    void anEncryptedLayerIsRefused() {
        registry.serve(
                "team/app", "1", image(new RawLayer(RIGHT.mediaType() + "+encrypted", new byte[40], RIGHT.diffId())));
        assertThat(refused()).hasMessageContainingAll("encrypted", "layer 1 of 1");
    }

    @Test
    void aLayerOfAnUnknownTypeIsNotVerifiedWhichIsSaid() {
        registry.serve(
                "team/app",
                "1",
                image(RIGHT, new RawLayer("application/vnd.example.layer.v1", new byte[40], OTHER.diffId())));
        PulledImage image = pull();
        assertThat(image.layers()).extracting(PulledLayer::diffIdVerified).containsExactly(true, false);
        assertThat(events)
                .filteredOn(PullEvent.Warning.class::isInstance)
                .extracting(event -> ((PullEvent.Warning) event).text())
                .anyMatch(text -> text.contains("layer 2 of 2") && text.contains("application/vnd.example.layer.v1"));
    }

    @Test
    void warningsAboutLayersAreFew() {
        RawLayer[] layers = new RawLayer[40];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new RawLayer("application/vnd.example.layer.v1", new byte[] {(byte) i}, OTHER.diffId());
        }
        registry.serve("team/app", "1", image(layers));
        assertThat(pull().layers()).noneMatch(PulledLayer::diffIdVerified);
        assertThat(events).filteredOn(PullEvent.Warning.class::isInstance).hasSize(10);
    }
}
