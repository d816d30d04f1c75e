// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Two Maven processes pull one image into one store at the same time: no blob is sent before both have asked for the tag. */
final class TwoProcessesScene implements ConsumerScene {
    private static final String OUTPUT = "second-process.log";
    private static final int PROCESSES = 2;

    private final ConsumerBuild build;
    private final TestImage image = ServedImages.one();
    private final TestRegistry registry = TestRegistry.start().serve("team/app", "1", image);
    private final CountDownLatch tags = new CountDownLatch(PROCESSES);
    private @Nullable Process second;

    TwoProcessesScene(ConsumerBuild build) {
        this.build = build;
    }

    @Override
    public void before() throws Exception {
        registry.when(this::waitsForBoth, Behaviour.ORDINARY);
        build.useHost(registry.origin());
        second = build.startMaven(OUTPUT);
    }

    private boolean waitsForBoth(LoggedRequest request) {
        if (request.isForTag()) {
            tags.countDown();
        }
        try {
            return request.isForBlob() && tags.await(ConsumerBuild.PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false; // the registry is closed
        }
    }

    @Override
    public void after() throws Exception {
        String name = "registry.example/team/app:1@" + image.rootDigest();
        Process process = second;
        assertThat(process).isNotNull();
        assertThat(build.await(process, OUTPUT)).contains(name);
        assertThat(build.log()).contains(name);
        assertThat(tags.getCount())
                .as("processes that have not asked for the tag")
                .isZero();
        ServedImages.assertEachBlobRequestedOnce(registry, List.of(image));
    }

    @Override
    public void close() {
        if (second != null) {
            second.destroyForcibly();
        }
        registry.close();
    }
}
