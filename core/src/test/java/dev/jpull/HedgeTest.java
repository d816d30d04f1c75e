// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullException;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A mirror that answers late: somebody else is asked as well, but never what a tag means. */
class HedgeTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(55)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(50_000, Compression.GZIP),
                    new Layer(900, Compression.NONE));
    private static final Behaviour FOR_EVER = Behaviour.ORDINARY.delayed(60_000);

    HedgeTest() {
        super(CONTENT);
    }

    @Test
    void lateLayersComeFromTheNextHost() {
        mirror.when(LoggedRequest::isForBlob, FOR_EVER);
        PulledImage image = fixture.pull(Fixture.NAMESPACE + "/team/app:1");
        assertThat(image.resolvedBy()).isEqualTo(mirror.origin());
        assertThat(image.layers()).allSatisfy(layer -> assertThat(layer.host()).isEqualTo(upstream.origin()));
        assertThat(image.fallbacks()).anyMatch(attempt -> attempt.reason().contains("another host was asked too"));
        assertThat(upstream.requests()).noneMatch(LoggedRequest::isForTag);
    }

    @Test
    void aLateManifestComesFromTheNextHost() {
        mirror.when(request -> request.path().contains("/manifests/sha256:"), FOR_EVER);
        assertThat(fixture.pull(Fixture.NAMESPACE + "/team/app:1").chainId()).isNotNull();
        assertThat(fixture.pull(Fixture.NAMESPACE + "/team/app@" + CONTENT.rootDigest())
                        .chainId())
                .isNotNull();
    }

    @Test
    void whatATagMeansIsForTheFirstHostToSay() {
        mirror.when(LoggedRequest::isForTag, Behaviour.ORDINARY.delayed(2_500));
        assertThat(fixture.pull(Fixture.NAMESPACE + "/team/app:1").resolvedBy()).isEqualTo(mirror.origin());
        assertThat(upstream.requests()).noneMatch(LoggedRequest::isForTag);
    }

    @Test
    void aPromptMirrorIsAskedAlone() {
        fixture.pull(Fixture.NAMESPACE + "/team/app:1");
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void theLateOneCountsWhenNobodyElseHasIt() {
        mirror.when(LoggedRequest::isForBlob, Behaviour.ORDINARY.delayed(1_500));
        upstream.when(LoggedRequest::isForBlob, Behaviour.status(404));
        PulledImage image = fixture.pull(Fixture.NAMESPACE + "/team/app:1");
        assertThat(image.layers()).allSatisfy(layer -> assertThat(layer.host()).isEqualTo(mirror.origin()));
    }

    @Test
    void whenAllFailTheFailuresOfAllAreTold() {
        mirror.when(LoggedRequest::isForBlob, Behaviour.status(404).delayed(1_500));
        upstream.when(LoggedRequest::isForBlob, Behaviour.status(404));
        assertThatThrownBy(() -> fixture.pull(Fixture.NAMESPACE + "/team/app:1"))
                .isInstanceOfSatisfying(
                        PullException.class,
                        e -> assertThat(e.attempts())
                                .extracting(attempt -> attempt.host())
                                .contains(mirror.origin(), upstream.origin()));
    }

    @Test
    void aRaceIsCancelledWithItsPull() throws Exception {
        mirror.when(LoggedRequest::isForBlob, FOR_EVER);
        upstream.when(LoggedRequest::isForBlob, FOR_EVER);
        try (ImagePuller puller = fixture.builder().build()) {
            CompletableFuture<PulledImage> pull = puller.pullAsync(PullRequest.of(Fixture.NAMESPACE + "/team/app:1"));
            while (upstream.requests().stream().noneMatch(LoggedRequest::isForBlob)) {
                Thread.onSpinWait(); // until the next host is being asked as well
            }
            long start = System.nanoTime();
            pull.cancel(true);
            assertThatThrownBy(pull::get).isInstanceOf(CancellationException.class);
            puller.close();
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
        }
    }
}
