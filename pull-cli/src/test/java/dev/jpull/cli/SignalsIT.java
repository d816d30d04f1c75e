// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InstalledCommand.Run;
import dev.jpull.cli.InstalledCommand.Started;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGINT, SIGTERM and SIGHUP end a command in good order, each with its exit code. */
class SignalsIT {
    private static final Map<String, Integer> SIGNALS = Map.of("INT", 130, "TERM", 143, "HUP", 129);

    @TempDir
    Path temporary;

    private InstalledCommand command;
    private TestRegistry registry;

    @BeforeEach
    void start() throws IOException {
        command = InstalledCommand.in(temporary.resolve("installed"));
        registry = TestRegistry.start()
                .serve("small", "1", new ImageFactory(3).image("linux/amd64", new Layer(900, Compression.NONE)))
                .serve("large", "1", new ImageFactory(4).image("linux/amd64", new Layer(40_000_000, Compression.NONE)));
        registry.when(request -> request.isForBlob() && isOfLarge(request), Behaviour.ORDINARY.atRate(2_000_000));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static boolean isOfLarge(LoggedRequest request) {
        return request.path().contains("/large/");
    }

    /** Starts a command, and returns when a file that it writes to has a match of a pattern. */
    private Started startUntil(String text, String... args) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(List.of(command.launcher()));
        whole.addAll(List.of(args));
        return until(text, command.start(Map.of(), whole));
    }

    private static Started until(String text, Started started) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        Pattern pattern = Pattern.compile(text);
        while (!pattern.matcher(Files.readString(started.err())).find()) {
            assertThat(started.process().waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline)
                    .as("ended or late before it said %s", text)
                    .isFalse();
        }
        return started;
    }

    private Run signal(Started started, String... signals) throws IOException, InterruptedException {
        for (String signal : signals) {
            new ProcessBuilder(
                            "kill",
                            "-" + signal,
                            String.valueOf(started.process().pid()))
                    .start()
                    .waitFor();
        }
        return command.end(started);
    }

    @Test
    void aPullKeepsWhatItHasAndSaysSo() throws IOException, InterruptedException {
        for (Map.Entry<String, Integer> each : SIGNALS.entrySet()) {
            for (String progress : List.of("plain", "tty", "json")) {
                String store =
                        temporary.resolve("store-" + each.getKey() + progress).toString();
                Started started = startUntil(
                        progress.equals("json")
                                ? "blob-progress.*total.:[0-9]{8}"
                                : progress.equals("tty") ? "=>" : "MB from",
                        "--store",
                        store,
                        "--progress",
                        progress,
                        registry.host() + "/small:1",
                        registry.host() + "/large:1");
                Run run = signal(started, each.getKey());
                assertThat(run.exitCode()).as(each + run.err()).isEqualTo(each.getValue());
                assertThat(run.err())
                        .endsWith("jpull: interrupted; fetched bytes are kept, and the next pull resumes\n")
                        .containsOnlyOnce("jpull: ");
                assertThat(run.out())
                        .startsWith(registry.host() + "/small:1@sha256:")
                        .hasLineCount(1);
                assertThat(Path.of(store, "ingest", "sha256")).isNotEmptyDirectory();
            }
        }
    }

    @Test
    void theErrorIsOneObjectWhenThatIsTheFormat() throws IOException, InterruptedException {
        Started started = startUntil(
                "MB from",
                "--store",
                temporary.resolve("store").toString(),
                "--format",
                "json",
                "--progress",
                "plain",
                registry.host() + "/large:1");
        Run run = signal(started, "TERM");
        assertThat(run.exitCode()).isEqualTo(143);
        assertThat(run.out()).startsWith("{\"error\":{\"kind\":\"cancelled\"").hasLineCount(1);
    }

    @Test
    void aHangUpThatIsIgnoredEndsNothing() throws IOException, InterruptedException {
        Started started = command.start(
                Map.of(),
                List.of(
                        "nohup",
                        command.launcher(),
                        "--store",
                        temporary.resolve("store").toString(),
                        "--progress",
                        "plain",
                        registry.host() + "/large:1"));
        Run run = signal(until("MB from", started), "HUP");
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void otherCommandsEndWithTheSameCodes() throws IOException, InterruptedException {
        registry.when(request -> request.path().contains("/manifests/"), Behaviour.stall(0));
        for (Map.Entry<String, Integer> each : SIGNALS.entrySet()) {
            for (String name : List.of("resolve", "hosts probe")) {
                List<String> args = new ArrayList<>(List.of(name.split(" ")));
                args.addAll(List.of("--http-trace", registry.host() + "/small:1"));
                Run run = signal(startUntil("trace: ", args.toArray(String[]::new)), each.getKey());
                assertThat(run.exitCode()).as(name + each + run.err()).isEqualTo(each.getValue());
                assertThat(run.err()).endsWith("jpull: interrupted\n");
            }
        }
    }
}
