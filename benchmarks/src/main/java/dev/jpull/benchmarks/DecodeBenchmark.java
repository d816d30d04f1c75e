// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import com.github.luben.zstd.Zstd;
import dev.jpull.compression.DecodeLimits;
import dev.jpull.compression.InflateEngine;
import dev.jpull.compression.LayerDecoder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
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
import org.openjdk.jmh.annotations.Warmup;

/** Decodes 64 MiB of the modules of the JDK, in milliseconds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DecodeBenchmark {
    private static final int SIZE = 64 << 20;

    /** The format, and for gzip what inflates; {@code auto} is ISA-L if it is installed. */
    @Param({"gzip java", "gzip auto", "zstd java"})
    public String how;

    private final byte[] buffer = new byte[256 << 10];
    private byte[] layer = {};
    private InflateEngine engine = InflateEngine.java();

    /** Compresses it. */
    @Setup
    public void compress() throws IOException {
        byte[] content;
        try (InputStream modules = Files.newInputStream(Path.of(System.getProperty("java.home"), "lib", "modules"))) {
            content = modules.readNBytes(SIZE);
        }
        if (how.startsWith("zstd")) {
            layer = Zstd.compress(content);
        } else {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(content);
            }
            layer = out.toByteArray();
        }
        engine = InflateEngine.of(how.substring(how.indexOf(' ') + 1));
    }

    /** Reads all. */
    @Benchmark
    public long decode() throws IOException {
        long total = 0;
        try (InputStream stream = LayerDecoder.open(new ByteArrayInputStream(layer), DecodeLimits.DEFAULT, engine)) {
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                total += read;
            }
        }
        return total;
    }
}
