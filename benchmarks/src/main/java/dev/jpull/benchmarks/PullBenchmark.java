// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import dev.jpull.ImagePuller;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.testdata.FileTree;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A whole pull in a process that is warm, as in a build tool, from an embedded registry on loopback to the disk. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(2)
public class PullBenchmark {
    /** How many layers the image has. */
    @Param({"1", "16"})
    public int layers;

    /** The size of each of them in bytes. */
    @Param({"1000000", "16000000"})
    public int size;

    private TestRegistry registry;
    private Path directory;
    private ImagePuller puller;
    private PullRequest request;
    private int pulls;

    /** Serves an image. */
    @Setup
    public void serve() throws IOException {
        Layer[] each =
                Collections.nCopies(layers, new Layer(size, Compression.NONE)).toArray(Layer[]::new);
        registry = TestRegistry.start().serve("app", "1", new ImageFactory(1).image("linux/amd64", each));
        directory = Files.createTempDirectory("jpull-benchmark-");
    }

    /** A store with nothing in it. */
    @Setup(Level.Invocation)
    public void open() {
        puller = ImagePuller.builder()
                .store(directory.resolve("store-" + pulls++))
                .plainHttp(true)
                .build();
        request = PullRequest.of(registry.host() + "/app:1");
    }

    /** Removes the store. */
    @TearDown(Level.Invocation)
    public void remove() throws IOException {
        puller.close();
        FileTree.delete(directory);
        Files.createDirectory(directory);
    }

    /** Ends the registry. */
    @TearDown
    public void close() throws IOException {
        registry.close();
        Files.delete(directory);
    }

    /** Pulls. */
    @Benchmark
    public PulledImage pull() {
        return puller.pull(request);
    }
}
