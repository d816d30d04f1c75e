// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;

/** A first build pulls; the build after it runs offline, when the registry is gone. */
final class OfflineScene implements ConsumerScene {
    private static final String OUTPUT = "first-process.log";

    private final ConsumerBuild build;
    private final TestImage image = ServedImages.index();
    private final TestRegistry registry = TestRegistry.start().serve("team/app", "1", image);

    OfflineScene(ConsumerBuild build) {
        this.build = build;
    }

    @Override
    public void before() throws Exception {
        build.useHost(registry.origin());
        build.await(build.startMaven(OUTPUT), OUTPUT);
        registry.close();
    }

    @Override
    public void after() throws Exception {
        assertThat(build.log()).contains("registry.example/team/app:1@" + image.rootDigest() + ", 0 bytes fetched");
    }

    @Override
    public void close() {
        registry.close();
    }
}
