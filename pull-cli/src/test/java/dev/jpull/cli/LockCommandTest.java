// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The options for lock files: what the command prints, and its exit codes. */
class LockCommandTest {
    private static final TestImage ONE = image(51);
    private static final TestImage TWO = image(52);

    @TempDir
    Path temporary;

    private final TestRegistry registry = TestRegistry.start();
    private String app = "";

    private static TestImage image(long seed) {
        return new ImageFactory(seed).image("linux/amd64", new ImageFactory.Layer(900, Compression.GZIP));
    }

    @BeforeEach
    void serve() {
        app = registry.host() + "/team/app";
        registry.serve("team/app", "1", ONE).serve("team/app", "2", ONE);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private Path file() {
        return temporary.resolve("jpull.lock");
    }

    private Run jpull(String... args) {
        List<String> all = new ArrayList<>(List.of(
                "--plain-http",
                "--platform",
                "linux/amd64",
                "--store",
                temporary.resolve("store").toString(),
                "--lock",
                file().toString(),
                "-q"));
        all.addAll(Arrays.asList(args));
        return InProcess.run(all.toArray(String[]::new));
    }

    @Test
    void linesAreAddedMovedAndLeftAlone() throws IOException {
        assertThat(jpull("--update-lock", app + ":1", app + ":2").out())
                .isEqualTo(app + ":1@" + ONE.rootDigest() + " added\n" + app + ":2@" + ONE.rootDigest() + " added\n");
        registry.serve("team/app", "2", TWO);

        Run all = jpull("--update-lock");

        assertThat(all.exitCode()).as(all.err()).isZero();
        assertThat(all.out())
                .isEqualTo(app + ":1@" + ONE.rootDigest() + " unchanged\n" + app + ":2@" + TWO.rootDigest()
                        + " moved from " + ONE.rootDigest() + "\n");
        assertThat(Files.readString(file())).contains(app + ":2 " + TWO.rootDigest());
    }

    @Test
    void aLockedImageOfTheStoreIsPrintedWithoutARequest() {
        jpull("--update-lock", app + ":1");
        registry.serve("team/app", "1", TWO);
        registry.clearLog();

        Run run = jpull("--locked", app + ":1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(app + ":1@" + ONE.rootDigest() + "\n");
        assertThat(registry.requests()).isEmpty();
        assertThat(jpull("--locked", "--offline", app + ":1").exitCode()).isZero();
    }

    @Test
    void aFailedImageLeavesItsLineAndDecidesAboutTheExitCode() throws IOException {
        String gone = registry.host() + "/team/gone:1 " + ONE.rootDigest() + " 2026-01-31T12:00:00Z -\n";
        Files.writeString(file(), "# jpull lock file, version 1\n" + gone);

        Run run = jpull("--update-lock", "--format", "json", registry.host() + "/team/gone:1", app + ":1");

        assertThat(run.exitCode()).isEqualTo(5);
        JsonNode json = run.json();
        assertThat(json.get("images").get(0).get("lock").get("state").asString())
                .isEqualTo("added");
        assertThat(json.get("errors").get(0).get("error").get("kind").asString())
                .isEqualTo("not-found");
        assertThat(Files.readString(file())).contains(gone).contains(app + ":1 " + ONE.rootDigest());
    }

    @Test
    void theJsonOfAPullHasItsLine() {
        JsonNode lock = jpull("--format", "json", app + ":1")
                .json()
                .get("images")
                .get(0)
                .get("lock");

        assertThat(lock.get("state").asString()).isEqualTo("added");
        assertThat(lock.get("digest").asString()).isEqualTo(ONE.rootDigest());
        assertThat(lock.get("host").asString()).isEqualTo(registry.origin());
        assertThat(lock.get("before").isNull()).isTrue();
    }

    @Test
    void anAgeDecidesWhetherTheTagIsAskedFor() throws IOException {
        String line = app + ":1 " + ONE.rootDigest() + " 2026-01-01T12:00:00Z -\n";
        Files.writeString(file(), "# jpull lock file, version 1\n" + line);
        registry.serve("team/app", "1", TWO);

        assertThat(jpull("--max-age", "999999d", app + ":1").out()).contains(ONE.rootDigest());
        assertThat(jpull("--max-age", "1h", "--locked", app + ":1").exitCode()).isEqualTo(9);
        assertThat(jpull("--max-age", "0", "--locked").exitCode()).isEqualTo(9);
        assertThat(jpull("--max-age", "1h", app + ":1").out()).contains(TWO.rootDigest());
    }

    @Test
    void aListIsSyncedAsTheLockFileSays() throws IOException {
        Path list = Files.writeString(temporary.resolve("list"), app + ":1\n");
        Files.writeString(file(), "# jpull lock file, version 1\n");
        assertThat(jpull("sync", "--locked", list.toString()).exitCode()).isEqualTo(9);
        jpull("--update-lock", app + ":1");
        registry.serve("team/app", "1", TWO);
        assertThat(jpull("sync", "--locked", list.toString()).out()).contains("present", ONE.rootDigest());
    }

    @Test
    void withoutAnImageAllOfTheLockFileArePulledForThePlatformsOfTheirLines() throws IOException {
        TestImage wide = new ImageFactory(53).image("linux/s390x", new ImageFactory.Layer(900, Compression.GZIP));
        registry.serve("team/wide", "1", wide);
        String wideApp = registry.host() + "/team/wide:1";
        Files.writeString(
                file(),
                "# jpull lock file, version 1\n" + app + ":1 " + ONE.rootDigest() + " 2026-01-01T12:00:00Z -\n"
                        + wideApp + " " + wide.rootDigest() + " 2026-01-01T12:00:00Z - linux/s390x=" + wide.rootDigest()
                        + "\n");
        String both = app + ":1@" + ONE.rootDigest() + "\n" + wideApp + "@" + wide.rootDigest() + "\n";
        String[] options = {
            "--plain-http", "--store", temporary.resolve("store").toString(), "--lock", file().toString(), "-q"
        };

        assertThat(run(options, "--locked").out()).isEqualTo(both);
        registry.clearLog();
        assertThat(run(options).out()).isEqualTo(both);
        assertThat(InProcess.run(
                                "--offline",
                                "--locked",
                                "--store",
                                temporary.resolve("store").toString(),
                                "--lock",
                                file().toString())
                        .out())
                .isEqualTo(both);
        assertThat(registry.requests()).isEmpty();
    }

    private static Run run(String[] options, String... more) {
        List<String> all = new ArrayList<>(Arrays.asList(options));
        all.addAll(Arrays.asList(more));
        return InProcess.run(all.toArray(String[]::new));
    }

    @Test
    void withoutAnImageTheLockFileMustBeThere() throws IOException {
        Run missing = jpull("--locked");
        assertThat(missing.exitCode()).isEqualTo(9);
        assertThat(missing.err()).contains("there is no lock file " + file());

        Files.writeString(file(), "# jpull lock file, version 1\n");
        Run empty = jpull("--locked");
        assertThat(empty.exitCode()).as(empty.err()).isZero();
        assertThat(empty.err()).isEqualTo("jpull: the lock file " + file() + " has no image\n");
    }
}
