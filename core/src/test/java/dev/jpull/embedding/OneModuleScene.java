// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.LocalStore;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.util.List;

/** One module pulls one image. */
final class OneModuleScene implements ConsumerScene {
    private final ConsumerBuild build;
    private final TestImage image = ServedImages.one();
    private final TestRegistry registry = TestRegistry.start().serve("team/app", "1", image);

    OneModuleScene(ConsumerBuild build) {
        this.build = build;
    }

    @Override
    public void before() {
        build.useHost(registry.origin());
    }

    @Override
    public void after() throws Exception {
        assertThat(build.log()).contains("registry.example/team/app:1@" + image.rootDigest());
        assertThat(LocalStore.open(build.store()).verify(false)).isEmpty();
        ServedImages.assertEachBlobRequestedOnce(registry, List.of(image));
    }

    @Override
    public void close() {
        registry.close();
    }
}
