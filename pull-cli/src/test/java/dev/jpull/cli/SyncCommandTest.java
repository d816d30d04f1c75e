// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.JsonNode;

/** {@code jpull sync}: what it prints, and its exit codes. */
@ResourceLock("java.lang.System.in")
class SyncCommandTest {
    private static final TestImage ONE =
            new ImageFactory(41).image("linux/amd64", new ImageFactory.Layer(900, Compression.GZIP));

    @TempDir
    Path temporary;

    private final TestRegistry registry = TestRegistry.start();
    private String app = "";

    @BeforeEach
    void serve() {
        app = registry.origin().toString().replace("http://", "") + "/team/app";
        registry.serve("team/app", "1", ONE);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    /** Runs it with a list on standard input. */
    private Run sync(String list, String... more) {
        List<String> args = new ArrayList<>(
                List.of("sync", "-", "--plain-http", "--platform", "linux/amd64", "--store", store().toString()));
        args.addAll(Arrays.asList(more));
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(list.getBytes(StandardCharsets.UTF_8)));
            return InProcess.run(args.toArray(String[]::new));
        } finally {
            System.setIn(before);
        }
    }

    private Path store() {
        return temporary.resolve("store");
    }

    @Test
    void aListOnStandardInputIsBroughtAndPrunedWithTheNext() {
        registry.serve("team/app", "2", ONE);
        Run first = sync(app + ":1\n" + app + ":2\n", "-q");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out().lines().map(line -> line.substring(0, 8).strip()))
                .containsExactly("new", "new");
        assertThat(first.out()).contains(app + ":1@" + ONE.rootDigest());
        Run second = sync(app + ":1\n", "--prune");
        assertThat(second.out().lines().map(line -> line.substring(0, 8).strip()))
                .startsWith("present", "removed");
        assertThat(second.out()).contains("1 image: 1 present; 0 B fetched, 1 removed");
    }

    @Test
    void anEmptyListIsRefusedAndRemovesNothing() {
        sync(app + ":1\n");
        Run run = sync("# nothing\n", "--prune");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("the lists name no image");
        assertThat(sync(app + ":1\n", "-q").out()).startsWith("present");
    }

    @Test
    void jsonHasTheImagesAndTheFailures() {
        Run run = sync(app + ":1\n" + app + ":none\n", "--keep-going", "--format", "json");
        assertThat(run.exitCode()).isEqualTo(5);
        JsonNode json = run.json();
        assertThat(json.get("new").asInt()).isEqualTo(1);
        assertThat(json.get("failed").asInt()).isEqualTo(1);
        assertThat(json.get("images").get(0).get("digest").asString()).isEqualTo(ONE.rootDigest());
        assertThat(json.get("images").get(1).get("error").get("kind").asString())
                .isEqualTo("not-found");
        assertThat(run.err()).contains("jpull: ").contains(app + ":none").contains("failed: " + app + ":none");
    }

    @Test
    void theTargetOfAnExportIsCheckedBeforeTheFirstRequest() throws IOException {
        assertThat(sync(app + ":1\n", "--export", temporary.resolve("e.zip").toString())
                        .exitCode())
                .isEqualTo(2);
        assertThat(sync(
                                app + ":1\n",
                                "--export",
                                temporary.resolve("none/e.tar").toString())
                        .exitCode())
                .isEqualTo(8);
        assertThat(sync(app + ":1\n", "--export", store().toString()).exitCode())
                .isEqualTo(8);
        assertThat(InProcess.run(
                                "--plain-http",
                                "--store",
                                store().toString(),
                                app + ":1",
                                "--export",
                                temporary.resolve("none/e.tar").toString())
                        .exitCode())
                .isEqualTo(8);
        assertThat(registry.requests()).isEmpty();
        assertThat(store()).doesNotExist();
        Path archive = temporary.resolve("e.tar");
        Run run = sync(app + ":1\n", "--export", archive.toString(), "--rename", app + ":1=mirror.example/x:7");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(Files.size(archive)).isPositive();
        assertThat(run.out()).contains("mirror.example/x:7@" + ONE.rootDigest());
    }

    @Test
    void mistakesAreUsageErrors() throws IOException {
        assertThat(sync(app + ":1\n", "--offline").err()).contains("--offline excludes sync");
        assertThat(sync(app + ":1\n", "--rename", "a").exitCode()).isEqualTo(2);
        assertThat(sync(app + ":1\n", "--rename", "other.example=b.example").err())
                .contains("no image is named other.example");
        Path list = Files.writeString(temporary.resolve("l.txt"), "a b\n");
        Run run = InProcess.run("sync", list.toString());
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("l.txt:1:1: ");
    }
}
