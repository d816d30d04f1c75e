// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.event.PullEvent;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls of one engine beside each other: a slow one does not keep the others waiting. */
class FairnessTest {
    private static final TestImage SLOW = new ImageFactory(70)
            .image(
                    "linux/amd64",
                    new Layer(400_000, Compression.NONE),
                    new Layer(410_000, Compression.NONE),
                    new Layer(420_000, Compression.NONE),
                    new Layer(430_000, Compression.NONE));
    private static final TestImage QUICK = new ImageFactory(71)
            .image(
                    "linux/amd64",
                    new Layer(50_000, Compression.GZIP),
                    new Layer(60_000, Compression.GZIP),
                    new Layer(70_000, Compression.GZIP));

    @TempDir
    Path temporary;

    @Test
    void anImageWhoseLayersDripLeavesASlotToTheNextPull() throws Exception {
        CountDownLatch dripping = new CountDownLatch(3);
        try (TestRegistry registry =
                        TestRegistry.start().serve("team/slow", "1", SLOW).serve("team/quick", "1", QUICK);
                ImagePuller puller = new Fixture(temporary)
                        .hosts("server = \"" + registry.origin() + "\"")
                        .builder()
                        .maxConcurrentDownloads(3)
                        .listener(event -> {
                            if (event instanceof PullEvent.BlobProgress
                                    && event.image().contains("slow")) {
                                dripping.countDown();
                            }
                        })
                        .build()) {
            registry.when(
                    request -> request.isForBlob() && request.path().contains("slow"),
                    Behaviour.ORDINARY.atRate(1_500));
            CompletableFuture<PulledImage> slow = puller.pullAsync(PullRequest.of(Fixture.NAMESPACE + "/team/slow:1"));
            assertThat(dripping.await(30, TimeUnit.SECONDS)).isTrue();
            PulledImage quick = puller.pullAsync(PullRequest.of(Fixture.NAMESPACE + "/team/quick:1"))
                    .get(60, TimeUnit.SECONDS);
            assertThat(quick.layers()).hasSize(3);
            assertThat(quick.fallbacks()).isEmpty();
            assertThat(slow).as("its layers take minutes").isNotDone();
            slow.cancel(true);
        }
    }
}
