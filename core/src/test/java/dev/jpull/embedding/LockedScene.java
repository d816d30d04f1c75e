// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Files;

/**
 * A first build writes the lock file. With it enforced, a build whose store has the image makes no request; one of a project that has no
 * lock file fails; and when the tag has moved, a build with an empty store, as on a new machine, fails.
 */
final class LockedScene implements ConsumerScene {
    private static final String FIRST = "first-process.log";
    private static final String AGREEING = "agreeing-process.log";
    private static final String REFUSED = "refused-process.log";
    private static final String NO_LOCK_FILE = "without-lock-file.xml";
    private static final String OTHER_STORE = "-Djpull.store=target/images-of-the-first";

    private final ConsumerBuild build;
    private final TestImage locked = ServedImages.index();
    private final TestImage moved = ServedImages.one();
    private final TestRegistry registry = TestRegistry.start().serve("team/app", "1", locked);

    LockedScene(ConsumerBuild build) {
        this.build = build;
    }

    @Override
    public void before() throws Exception {
        build.useHost(registry.origin());
        build.await(build.startMaven(FIRST, OTHER_STORE), FIRST);
        assertThat(build.directory().resolve("jpull.lock"))
                .content()
                .contains("registry.example/team/app:1 " + locked.rootDigest());
        registry.clearLog();
        assertThat(build.await(build.startMaven(AGREEING, OTHER_STORE, "-Djpull.locked"), AGREEING))
                .contains("registry.example/team/app:1@" + locked.rootDigest());
        buildWithoutLockFile();
        assertThat(registry.requests()).isEmpty();
        registry.serve("team/app", "1", moved);
    }

    private void buildWithoutLockFile() throws Exception {
        String pom = Files.readString(build.directory().resolve("pom.xml"));
        Files.writeString(build.directory().resolve(NO_LOCK_FILE), pom.replaceFirst("<lockFile>.*</lockFile>", ""));
        assertThat(build.awaitFailure(build.startMaven(REFUSED, "-f", NO_LOCK_FILE, "-Djpull.locked"), REFUSED))
                .contains("locked and lockMaxAge need a lock file");
    }

    @Override
    public void after() throws Exception {
        assertThat(build.log())
                .contains("BUILD FAILURE", "registry.example/team/app:1", locked.rootDigest(), moved.rootDigest());
        assertThat(registry.requests()).noneMatch(request -> request.isForBlob());
    }

    @Override
    public void close() {
        registry.close();
    }
}
