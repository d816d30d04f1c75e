// SPDX-License-Identifier: Apache-2.0
package dev.jpull.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that embeds the library beside Jackson 2, beside OkHttp 4 in another class loader, and without a logging library. It
 * pulls, fails and cancels in a process of its own, which ends by itself, with nothing on standard error.
 */
class ConsumerTest {
    private static final TestImage IMAGE =
            new ImageFactory(17).index(List.of("linux/amd64", "linux/arm64"), new Layer(60_000, Compression.GZIP));
    private static final TestImage ENDLESS =
            new ImageFactory(18).image("linux/amd64", new Layer(200_000, Compression.NONE));

    private static @TempDir Path shared;
    private static TestRegistry registry;

    private @TempDir Path temporary;

    @BeforeAll
    static void compileAndServe() throws IOException {
        ConsumerBuild.compile(shared.resolve("classes"));
        registry = TestRegistry.start().serve("team/app", "1", IMAGE).serve("team/endless", "1", ENDLESS);
        registry.when(request -> request.path().endsWith(ENDLESS.largestBlob()), Behaviour.stall(1000));
        TestCertificates.write(
                shared.resolve("certs.d/registry.example/hosts.toml"), "server = \"" + registry.origin() + "\"\n");
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @Test
    void onTheClassPath() throws Exception {
        List<Path> path = libraries(ConsumerBuild.library());
        assertPulls(run("-cp", ChildJvm.path(path), "example.consumer.Consumer"), "Okio Watchdog");
    }

    /** Where dependencies bring OkHttp 4, with its Okio and Kotlin, it may be before OkHttp 5 on the class path. */
    @Test
    void withOkHttp4OnTheSameClassPath() throws Exception {
        List<Path> path = new ArrayList<>(ConsumerBuild.okHttp4Jars());
        path.addAll(libraries(ConsumerBuild.library()));
        assertPulls(run("-cp", ChildJvm.path(path), "example.consumer.Consumer"), "OkHttp TaskRunner", "Okio Watchdog");
    }

    @Test
    void onTheModulePath() throws Exception {
        List<Path> path = libraries(ConsumerBuild.library());
        assertPulls(
                run("-p", ChildJvm.path(path), "-m", "example.consumer/example.consumer.Consumer"),
                "OkHttp TaskRunner",
                "Okio Watchdog");
    }

    /** The exports let the library end the threads of OkHttp. */
    @Test
    void onTheModulePathWithExports() throws Exception {
        List<Path> path = libraries(ConsumerBuild.library());
        assertPulls(
                run(
                        "--add-exports=okhttp3/okhttp3.internal.concurrent=dev.jpull",
                        "--add-exports=okhttp3/okhttp3.internal.connection=dev.jpull",
                        "--add-opens=okio/okio=dev.jpull",
                        "-p",
                        ChildJvm.path(path),
                        "-m",
                        "example.consumer/example.consumer.Consumer"),
                "Okio Watchdog");
    }

    private static List<Path> libraries(List<Path> library) throws IOException {
        List<Path> path = new ArrayList<>(library);
        path.addAll(ConsumerBuild.jackson2());
        path.add(shared.resolve("classes"));
        return path;
    }

    private List<String> run(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(options));
        command.add(shared.resolve("certs.d").toString());
        command.add(temporary.resolve("store").toString());
        command.add(ConsumerBuild.okHttp4().toString());
        command.add(registry.origin() + "/v2/team/app/blobs/" + IMAGE.largestBlob());
        return ChildJvm.in(temporary).run(command.toArray(String[]::new)).lines();
    }

    private static void assertPulls(List<String> lines, String... threads) {
        assertThat(lines)
                .containsExactly(
                        "pulled: " + IMAGE.rootDigest() + " " + IMAGE.chainId("linux/amd64"),
                        "layer: " + new ImageFactory(17).layerContent("linux/amd64", 0, 60_000).length + " bytes",
                        "jackson 2: schema version 2",
                        "failed: 1 attempt",
                        "cancelled",
                        "threads: " + List.of(threads),
                        "okhttp 4: " + IMAGE.blob(IMAGE.largestBlob()).length + " bytes");
    }
}
