// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.ChainId;
import dev.jpull.manifest.DocumentJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** The documents of an image. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class DocumentBenchmark {
    /** How many layers the image has; 127 is what overlay file systems take. */
    @Param({"8", "127"})
    public int layers;

    private final List<Digest> diffIds = new ArrayList<>();
    private byte[] manifest;

    /** Makes the documents. */
    @Setup
    public void make() {
        StringBuilder json = new StringBuilder("{\"schemaVersion\": 2, \"mediaType\": \"" + MediaType.OCI_MANIFEST
                + "\", \"config\": " + descriptor(MediaType.OCI_CONFIG.value(), 0) + ", \"layers\": [");
        for (int i = 1; i <= layers; i++) {
            json.append(i == 1 ? "" : ", ").append(descriptor("application/vnd.oci.image.layer.v1.tar+gzip", i));
            diffIds.add(digest(-i));
        }
        manifest = json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String descriptor(String mediaType, int number) {
        return "{\"mediaType\": \"" + mediaType + "\", \"digest\": \"" + digest(number) + "\", \"size\": 27092228}";
    }

    private static Digest digest(int number) {
        return Digest.sha256(String.valueOf(number).getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads the manifest. */
    @Benchmark
    public ImageDocument manifest() {
        return DocumentJson.parse(manifest, MediaType.OCI_MANIFEST);
    }

    /** Names the layers. */
    @Benchmark
    public List<Digest> chainIds() {
        return ChainId.chain(diffIds);
    }
}
