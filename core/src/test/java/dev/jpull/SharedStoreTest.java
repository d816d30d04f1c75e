// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.StoreException;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many pulls into one store at the same time, and a clean-up of it meanwhile. */
class SharedStoreTest {
    private static final TestImage CONTENT = new ImageFactory(50)
            .image(
                    "linux/amd64",
                    new Layer(400_000, Compression.NONE),
                    new Layer(300_000, Compression.GZIP),
                    new Layer(2_000, Compression.NONE));

    @TempDir
    Path temporary;

    @Test
    void everyBlobIsFetchedOnceByAllTogether() throws Exception {
        try (TestRegistry upstream = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(4_000_000));
            Fixture fixture = new Fixture(temporary).hosts("server = \"" + upstream.origin() + "\"");
            List<ImagePuller> pullers = new ArrayList<>();
            List<CompletableFuture<PulledImage>> pulls = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ImagePuller puller = fixture.builder().build();
                pullers.add(puller);
                for (int j = 0; j < 4; j++) {
                    pulls.add(puller.pullAsync(PullRequest.of(Fixture.NAMESPACE + "/team/app:1")));
                }
            }
            for (CompletableFuture<PulledImage> pull : pulls) {
                assertThat(pull.get(60, TimeUnit.SECONDS).chainId()).hasToString(CONTENT.chainId("linux/amd64"));
            }
            pullers.forEach(ImagePuller::close);
            Map<String, Long> times = upstream.requests().stream()
                    .filter(LoggedRequest::isForBlob)
                    .collect(Collectors.groupingBy(LoggedRequest::path, Collectors.counting()));
            assertThat(times.values()).containsOnly(1L);
        }
    }

    @Test
    void aPullEndsCompleteWhateverIsPrunedMeanwhile() throws Exception {
        try (TestRegistry upstream = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            upstream.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.atRate(2_000_000));
            Fixture fixture = new Fixture(temporary).hosts("server = \"" + upstream.origin() + "\"");
            fixture.pull(Fixture.NAMESPACE + "/team/app:1");
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Integer> pruned = CompletableFuture.supplyAsync(() -> {
                LocalStore store = LocalStore.open(fixture.store());
                int blobs = 0;
                while (!over.get()) {
                    // Nothing is spared for being new, and at times the image itself goes.
                    blobs += store.prune(Duration.ofSeconds(-10), blobs % 2 == 0 ? 0 : Long.MAX_VALUE, false)
                            .blobs()
                            .size();
                    if (blobs > 12) {
                        break; // let the last pull win
                    }
                }
                return blobs;
            });
            int completed = 0;
            for (int i = 0; i < 4; i++) {
                try (ImagePuller puller = fixture.builder().build()) {
                    PulledImage image = puller.pull(Fixture.NAMESPACE + "/team/app:1");
                    assertThat(image.chainId()).hasToString(CONTENT.chainId("linux/amd64"));
                    completed++;
                } catch (StoreException e) {
                    // It was too much, and that is said; nothing has a name that it should not have.
                    assertThat(e.getMessage()).contains("repeatedly");
                }
            }
            over.set(true);
            assertThat(pruned.get(60, TimeUnit.SECONDS)).isPositive();
            assertThat(completed).as("pulls that won against the pruning").isPositive();
            assertThat(upstream.requests().stream().filter(LoggedRequest::isForBlob))
                    .as("pruned blobs were fetched again")
                    .hasSizeGreaterThan(CONTENT.blobs().size());
            fixture.pull(Fixture.NAMESPACE + "/team/app:1");
            LocalStore store = LocalStore.open(fixture.store());
            assertThat(store.verify(false)).isEmpty();
            assertThat(store.images()).hasSize(1);
        }
    }
}
