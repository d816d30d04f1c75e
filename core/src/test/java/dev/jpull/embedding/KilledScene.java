// SPDX-License-Identifier: Apache-2.0
package dev.jpull.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A build is killed in the middle of a layer, and run again: it goes on where the first one was. */
final class KilledScene implements ConsumerScene {
    private static final int SENT = 8_000_000;
    private static final int MOST_LOST = 2 << 20;
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-[0-9]*");
    private static final String OUTPUT = "killed-process.log";

    private final ConsumerBuild build;
    private final TestImage image = ServedImages.large();
    private final TestRegistry registry = TestRegistry.start().serve("team/app", "1", image);

    KilledScene(ConsumerBuild build) {
        this.build = build;
    }

    @Override
    public void before() throws Exception {
        String layer = image.largestBlob();
        // Without ranges, the layer comes as one stream, and the size of its file says how much has come.
        registry.when(
                request -> request.path().endsWith(layer), Behaviour.stall(SENT).ignoringRange());
        build.useHost(registry.origin());
        Process maven = build.startMaven(OUTPUT);
        Path partial = build.store().resolve("ingest").resolve(layer.replace(':', '/'));
        try {
            awaitSize(partial, SENT - MOST_LOST / 2, maven);
        } finally {
            maven.destroyForcibly().waitFor();
        }
        registry.behave();
        registry.clearLog();
    }

    private void awaitSize(Path file, long size, Process maven) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ConsumerBuild.PATIENCE_SECONDS);
        while (!Files.exists(file) || Files.size(file) < size) {
            if (System.nanoTime() > end || maven.waitFor(20, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the build was to be killed in the middle of a layer:\n"
                        + Files.readString(build.directory().resolve(OUTPUT)));
            }
        }
    }

    @Override
    public void after() throws Exception {
        List<LoggedRequest> requests = registry.requests().stream()
                .filter(request -> request.path().endsWith(image.largestBlob()))
                .toList();
        assertThat(requests)
                .as("requests for the layer: " + registry.lines())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(firstByte(request)).isGreaterThan(SENT - MOST_LOST));
        assertThat(build.log()).contains("registry.example/team/app:1@" + image.rootDigest());
    }

    private static int firstByte(LoggedRequest request) {
        Matcher range = RANGE.matcher(String.valueOf(request.header("range")));
        return range.matches() ? Integer.parseInt(range.group(1)) : 0;
    }

    @Override
    public void close() {
        registry.close();
    }
}
