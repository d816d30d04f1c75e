// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.store.ImageStore;
import dev.jpull.store.Ingest;
import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The way of 64 MiB into the store: written, hashed, flushed to the disk, named. The blob comes in order, or its second half
 * before its first, as several connections bring it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 3)
@Fork(2)
public class IngestBenchmark {
    private static final int SIZE = 64 << 20;
    private static final int PIECE = 128 << 10;

    private byte[] content;
    private Descriptor descriptor;
    private Path root;
    private ImageStore store;

    /** Makes a blob and a store. */
    @Setup
    public void make() throws IOException {
        content = new byte[SIZE];
        new SplittableRandom(1).nextBytes(content);
        descriptor = new Descriptor(new MediaType("application/octet-stream"), Digest.sha256(content), SIZE);
        root = Files.createTempDirectory("jpull-benchmark-");
        store = ImageStore.open(root);
    }

    /** Removes the blob. */
    @TearDown(Level.Invocation)
    public void empty() throws IOException {
        Files.deleteIfExists(store.pathOf(descriptor.digest()));
    }

    /** Removes the store. */
    @TearDown
    public void remove() throws IOException {
        FileTree.delete(root);
    }

    /** From the first byte to the last. */
    @Benchmark
    public boolean inOrder() {
        try (Ingest ingest = store.ingest(descriptor, () -> false).orElseThrow()) {
            write(ingest, 0, SIZE);
            return committed(ingest);
        }
    }

    /** The second half first, which is read back to be hashed. */
    @Benchmark
    public boolean outOfOrder() {
        try (Ingest ingest = store.ingest(descriptor, () -> false).orElseThrow()) {
            write(ingest, SIZE / 2, SIZE);
            write(ingest, 0, SIZE / 2);
            return committed(ingest);
        }
    }

    private void write(Ingest ingest, int start, int end) {
        byte[] piece = new byte[PIECE];
        for (int position = start; position < end; position += PIECE) {
            System.arraycopy(content, position, piece, 0, PIECE); // as it comes out of a socket
            ingest.write(position, piece, PIECE);
        }
    }

    private static boolean committed(Ingest ingest) {
        if (!ingest.commit()) {
            throw new IllegalStateException("the digest is wrong");
        }
        return true;
    }
}
