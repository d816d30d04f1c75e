// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Twelve modules, four at a time, pull three images each; every image is pulled by several modules, and shares layers with others. No blob
 * is sent before tags of more images were asked for than one module has, so that modules pull at the same time.
 */
final class ManyModulesScene implements ConsumerScene {
    private static final int MODULES = 12;
    private static final int IMAGES = 8;
    private static final int IMAGES_OF_A_MODULE = 3;

    private final ConsumerBuild build;
    private final List<TestImage> images = ServedImages.overlapping(IMAGES);
    private final TestRegistry registry = TestRegistry.start();
    private final Set<String> tags = ConcurrentHashMap.newKeySet();
    private final CountDownLatch missing = new CountDownLatch(IMAGES_OF_A_MODULE + 1);

    ManyModulesScene(ConsumerBuild build) {
        this.build = build;
    }

    @Override
    public void before() {
        for (int i = 0; i < IMAGES; i++) {
            registry.serve("team/app" + i, "1", images.get(i));
        }
        registry.when(this::waitsForTwoModules, Behaviour.ORDINARY.atRate(2_000_000));
        build.useHost(registry.origin());
        for (int module = 1; module <= MODULES; module++) {
            int first = module;
            String name = (module < 10 ? "m0" : "m") + module;
            String pulled = IntStream.range(first, first + IMAGES_OF_A_MODULE)
                    .mapToObj(i -> reference(i % IMAGES))
                    .collect(Collectors.joining(","));
            TestCertificates.write(build.directory().resolve(name).resolve("pom.xml"), """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <parent>
                <groupId>com.example</groupId>
                <artifactId>twelve-modules</artifactId>
                <version>1.0</version>
              </parent>
              <artifactId>%s</artifactId>
              <packaging>pom</packaging>
              <properties>
                <jpull.images>%s</jpull.images>
              </properties>
            </project>
            """.formatted(name, pulled));
        }
    }

    private boolean waitsForTwoModules(LoggedRequest request) {
        if (request.isForTag() && tags.add(request.path())) {
            missing.countDown();
        }
        try {
            return request.isForBlob() && missing.await(ConsumerBuild.PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false; // the registry is closed
        }
    }

    private static String reference(int image) {
        return "registry.example/team/app" + image + ":1";
    }

    @Override
    public void after() throws Exception {
        String log = build.log();
        for (int i = 0; i < IMAGES; i++) {
            assertThat(log).contains(reference(i) + "@" + images.get(i).rootDigest());
        }
        assertThat(log).containsOnlyOnce("closing 1 engines");
        assertThat(missing.getCount())
                .as("images that were not asked for before the first blob")
                .isZero();
        ServedImages.assertEachBlobRequestedOnce(registry, images);
    }

    @Override
    public void close() {
        registry.close();
    }
}
