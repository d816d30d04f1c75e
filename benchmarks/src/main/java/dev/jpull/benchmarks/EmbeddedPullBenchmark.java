// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks;

import dev.jpull.ImagePuller;
import dev.jpull.ImagePullerBuilder.Durability;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.testdata.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSink;
import okio.Okio;
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

/**
 * The pull of an image with one layer of 1 MB by a puller that has pulled before, as in a build tool, beside a download of the same
 * bytes by OkHttp alone, which verifies nothing. The registry is a process of its own, and responds at once or after the time of
 * a round trip. Read the medians: a flush of the disk now and then takes long.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
@Fork(1)
public class EmbeddedPullBenchmark {
    private static final int LAYER = 1_000_000;

    /** How long each response is held back, in milliseconds. */
    @Param({"0", "5"})
    public int roundTrip;

    private RegistryProcess registry;
    private Path directory;
    private OkHttpClient client;
    private List<String> urls;

    /** Starts the registry and a client. */
    @Setup
    public void serve() throws IOException {
        registry = RegistryProcess.start(1, LAYER, roundTrip);
        directory = Files.createTempDirectory("jpull-benchmark-");
        client = new OkHttpClient();
        String repository = "http://" + registry.host() + "/v2/app-0/";
        String manifest = repository + "manifests/1";
        urls = List.of(manifest);
        requestsToFiles();
        ImageManifest parsed =
                (ImageManifest) DocumentJson.parse(Files.readAllBytes(directory.resolve("0")), MediaType.OCI_MANIFEST);
        urls = Stream.concat(
                        Stream.of(manifest),
                        Stream.concat(Stream.of(parsed.config()), parsed.layers().stream())
                                .map(Descriptor::digest)
                                .map(digest -> repository + "blobs/" + digest))
                .toList();
    }

    /** Removes the files. */
    @Setup(Level.Invocation)
    public void empty() throws IOException {
        FileTree.delete(directory);
        Files.createDirectory(directory);
    }

    /** Ends the registry. */
    @TearDown
    public void close() throws IOException {
        registry.close();
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
        FileTree.delete(directory);
    }

    /** A puller and its store. */
    @State(Scope.Benchmark)
    public static class Embedded {
        /** Whether the store is flushed. */
        @Param({"SYNCED", "UNSYNCED"})
        public Durability durability;

        Path store;
        ImagePuller puller;
        PullRequest request;

        /** Makes the puller, and pulls once. */
        @Setup
        public void open(EmbeddedPullBenchmark benchmark) throws IOException {
            store = Files.createTempDirectory("jpull-benchmark-").resolve("store");
            puller = ImagePuller.builder()
                    .store(store)
                    .plainHttp(true)
                    .durability(durability)
                    .build();
            request = PullRequest.of(benchmark.registry.image(0));
            PulledImage unused = puller.pull(request);
        }

        /** Closes the puller. */
        @TearDown
        public void close() throws IOException {
            puller.close();
            FileTree.delete(store.getParent());
        }
    }

    /** A puller whose store loses its image before each pull. */
    @State(Scope.Benchmark)
    public static class Empty extends Embedded {
        /** Removes the image. */
        @Setup(Level.Invocation)
        public void remove() throws IOException {
            Files.delete(store.resolve("index.json"));
            try (Stream<Path> blobs = Files.list(store.resolve("blobs/sha256"))) {
                for (Path blob : blobs.toList()) {
                    Files.delete(blob);
                }
            }
        }
    }

    /** OkHttp alone: the layer, to a file. */
    @Benchmark
    public void layerToFile() throws IOException {
        download(2);
    }

    /** OkHttp alone: manifest, configuration and layer one after the other, each to a file. */
    @Benchmark
    public void requestsToFiles() throws IOException {
        for (int i = 0; i < urls.size(); i++) {
            download(i);
        }
    }

    /** The same, each file flushed to the disk. */
    @Benchmark
    public void requestsToFlushedFiles() throws IOException {
        for (int i = 0; i < urls.size(); i++) {
            try (FileChannel file = FileChannel.open(download(i), StandardOpenOption.WRITE)) {
                file.force(true);
            }
        }
    }

    private Path download(int number) throws IOException {
        Path file = directory.resolve(String.valueOf(number));
        Request request = new Request.Builder().url(urls.get(number)).build();
        try (Response response = client.newCall(request).execute();
                BufferedSink sink = Okio.buffer(Okio.sink(file))) {
            if (response.code() != 200) {
                throw new IOException("status " + response.code() + " of " + urls.get(number));
            }
            sink.writeAll(response.body().source());
        }
        return file;
    }

    /** A pull into a store without the image. */
    @Benchmark
    public PulledImage pull(Empty embedded) {
        return embedded.puller.pull(embedded.request);
    }

    /** A pull of a tag whose image is there: one request. */
    @Benchmark
    public PulledImage pullAgain(Embedded embedded) {
        return embedded.puller.pull(embedded.request);
    }
}
