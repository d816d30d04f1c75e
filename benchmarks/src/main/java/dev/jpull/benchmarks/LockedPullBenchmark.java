// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder;
import dev.jpull.ImagePullerBuilder.Durability;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A pull by a lock file from a store that has the image already, so that nothing is requested; and what a build tool pays for a
 * puller that it makes and closes for such a pull.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class LockedPullBenchmark {
    /** How many images the store and the lock file have. */
    @Param({"1", "1000"})
    public int images;

    private Path directory;
    private ImagePuller puller;
    private PullRequest request;

    /** Pulls the images, and ends the registry: a request would fail. */
    @Setup
    public void lock() throws IOException {
        directory = Files.createTempDirectory("jpull-benchmark-");
        try (RegistryProcess registry = RegistryProcess.start(images, 1000, 0);
                ImagePuller unlocked = builder().durability(Durability.UNSYNCED).build()) {
            List<PullRequest> requests = IntStream.range(0, images)
                    .mapToObj(number -> PullRequest.of(registry.image(number)))
                    .toList();
            List<PulledImage> unused = unlocked.pullAll(requests);
            request = requests.get(images / 2);
        }
        puller = builder().locked(true).build();
    }

    private ImagePullerBuilder builder() {
        return ImagePuller.builder()
                .store(directory.resolve("store"))
                .lockFile(directory.resolve("jpull.lock"))
                .plainHttp(true);
    }

    /** Removes the store. */
    @TearDown
    public void close() throws IOException {
        puller.close();
        FileTree.delete(directory);
    }

    /** A pull by a puller that has pulled before. */
    @Benchmark
    public PulledImage pull() {
        return puller.pull(request);
    }

    /** A pull by a puller of its own. */
    @Benchmark
    public PulledImage buildPullAndClose() {
        try (ImagePuller own = builder().locked(true).build()) {
            return own.pull(request);
        }
    }

    /** A puller that pulls nothing. */
    @Benchmark
    public Path buildAndClose() {
        try (ImagePuller own = builder().locked(true).build()) {
            return own.store();
        }
    }
}
