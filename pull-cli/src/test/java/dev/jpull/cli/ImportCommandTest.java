// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.ImageArchive;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code jpull import}: what it prints, and its exit codes. */
class ImportCommandTest {
    private static final String NAME = "x.example/a:1";
    private static final TestImage ONE =
            new ImageFactory(31).image("linux/amd64", new ImageFactory.Layer(900, Compression.GZIP));
    private static final TestImage TWO =
            new ImageFactory(32).image("linux/amd64", new ImageFactory.Layer(900, Compression.GZIP));

    @TempDir
    Path temporary;

    private Run jpull(byte[] archive, String... more) throws IOException {
        Path file = temporary.resolve("archive.tar");
        Files.write(file, archive);
        List<String> args = new ArrayList<>(List.of(
                "import", file.toString(), "--store", temporary.resolve("store").toString()));
        args.addAll(Arrays.asList(more));
        return InProcess.run(args.toArray(String[]::new));
    }

    @Test
    void theResultIsNameAndDigest() throws IOException {
        Run run = jpull(ImageArchive.of(ONE, NAME));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(NAME + "@" + ONE.rootDigest() + System.lineSeparator());
        assertThat(run.err()).contains("images: 1 new");
        Run quiet = jpull(ImageArchive.of(ONE, NAME), "-q");
        assertThat(quiet.out()).isEqualTo(run.out());
        assertThat(quiet.err()).isEmpty();
    }

    @Test
    void anImageThatLosesItsNameIsPrinted() throws IOException {
        jpull(ImageArchive.of(ONE, NAME));
        assertThat(jpull(ImageArchive.of(TWO, NAME), "--keep-existing").exitCode())
                .isEqualTo(8);
        Run run = jpull(ImageArchive.of(TWO, NAME), "-q");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains(NAME + " was " + ONE.rootDigest() + " before");
    }

    @Test
    void jsonHasTheSame() throws IOException {
        jpull(ImageArchive.of(ONE, NAME));
        JsonNode json = jpull(ImageArchive.of(TWO, NAME), "--format", "json").json();
        JsonNode image = json.get("images").get(0);
        assertThat(image.get("name").asString()).isEqualTo(NAME);
        assertThat(image.get("digest").asString()).isEqualTo(TWO.rootDigest());
        assertThat(image.get("state").asString()).isEqualTo("replaced");
        assertThat(image.get("replaced").asString()).isEqualTo(ONE.rootDigest());
        assertThat(image.get("platforms").get(0).asString()).isEqualTo("linux/amd64");
        assertThat(json.get("bytesWritten").asLong()).isPositive();
    }

    @Test
    void failuresHaveTheirExitCodes() throws IOException {
        byte[] nameless =
                new ImageArchive().layout().content(ONE).listed(ONE).index().bytes();
        assertThat(jpull(nameless).exitCode()).isEqualTo(2);
        assertThat(jpull(nameless, "--name", "UPPER:1").exitCode()).isEqualTo(2);
        assertThat(jpull(ImageArchive.of(ONE, NAME), "--platform", "linux/s390x")
                        .exitCode())
                .isEqualTo(5);
        Run damaged = jpull(Arrays.copyOf(ImageArchive.of(ONE, NAME), 1600));
        assertThat(damaged.exitCode()).isEqualTo(7);
        assertThat(damaged.err()).contains("archive.tar", "ends at byte 1600");
        Run absent = InProcess.run("import", temporary.resolve("none").toString(), "--store", temporary + "/store");
        assertThat(absent.exitCode()).isEqualTo(8);
        assertThat(absent.err()).contains("there is no file");
    }
}
