// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.LocalStore;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.util.List;

/** One module pulls one image. */
final class OneModuleScene implements ConsumerScene {
    private static final TestImage IMAGE = ServedImages.one();

    private final ConsumerBuild build;
    private final TestRegistry registry = TestRegistry.start().serve("team/app", "1", IMAGE);

    OneModuleScene(ConsumerBuild build) {
        this.build = build;
    }

    @Override
    public void before() {
        build.useHost(registry.origin());
    }

    @Override
    public void after() throws Exception {
        assertThat(build.log()).contains(printed());
        assertThat(LocalStore.open(build.store()).verify(false)).isEmpty();
        ServedImages.assertEachBlobRequestedOnce(registry, List.of(IMAGE));
    }

    /** What the build prints, and README.md says that it prints. */
    static String printed() {
        long bytes =
                IMAGE.blobs().values().stream().mapToLong(blob -> blob.length).sum();
        return "[INFO] --- jpull-example-maven-plugin:1.0:pull (default) @ one-module ---\n[INFO] registry.example/team/app:1@"
                + IMAGE.rootDigest() + ", " + bytes + " bytes fetched\n";
    }

    @Override
    public void close() {
        registry.close();
    }
}
