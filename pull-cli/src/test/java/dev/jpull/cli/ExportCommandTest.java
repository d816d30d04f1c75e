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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code jpull export}: what it prints, what it refuses, and its exit codes. */
class ExportCommandTest {
    private static final String A = "x.example/a:1";
    private static final String B = "x.example/b:1";
    private static final TestImage ONE =
            new ImageFactory(41).image("linux/amd64", new ImageFactory.Layer(900, Compression.GZIP));
    private static final TestImage TWO =
            new ImageFactory(42).image("linux/amd64", new ImageFactory.Layer(900, Compression.GZIP));

    @TempDir
    Path temporary;

    private String target = "";

    @BeforeEach
    void fill() throws IOException {
        target = temporary.resolve("out.tar").toString();
        for (byte[] archive : List.of(ImageArchive.of(ONE, A), ImageArchive.of(TWO, B))) {
            Path file = Files.write(temporary.resolve("in.tar"), archive);
            assertThat(jpull("import", file.toString()).exitCode()).isZero();
        }
    }

    private Run jpull(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(List.of("--store", temporary.resolve("store").toString()));
        return InProcess.run(all.toArray(String[]::new));
    }

    private void assertRefused(String words, String... args) {
        Run run = jpull(args);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(words);
        assertThat(Path.of(target)).doesNotExist();
    }

    @Test
    void blobsOfADirectoryAreLinked() throws IOException {
        Path layout = temporary.resolve("layout");
        Run run = jpull("export", A, "--format", "oci", "--link", "--json", "-o", layout.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains(" of it as links");
        assertThat(run.json().get("linkedBytes").asLong())
                .isPositive()
                .isLessThan(run.json().get("bytes").asLong());
        String blob = "blobs/sha256/" + ONE.largestBlob().substring("sha256:".length());
        assertThat(Files.getAttribute(layout.resolve(blob), "unix:ino"))
                .isEqualTo(Files.getAttribute(temporary.resolve("store").resolve(blob), "unix:ino"));
        assertRefused("an archive is one file", "export", A, "--link", "-o", target);
    }

    @Test
    void allImagesOfTheStoreAreExported() {
        Run all = jpull("export", "--all", "-o", target);
        assertThat(all.exitCode()).as(all.err()).isZero();
        assertThat(all.out()).contains(A + "@" + ONE.rootDigest(), B + "@" + TWO.rootDigest());
        assertThat(all.err()).contains("other images have the same tag", A + ", " + B);
        assertThat(jpull("export", A, B, "-o", target).err()).contains("has the same content already");
        assertThat(jpull("export", A, "--all-platforms", "-o", target).err()).doesNotContain("the same tag");
    }

    @Test
    void jsonHasTheNamesThatReadersFindImagesBy() {
        JsonNode json = jpull("export", "--all", "-o", target, "--json").json();
        assertThat(json.get("format").asString()).isEqualTo("oci-archive");
        JsonNode image = json.get("images").get(1);
        assertThat(image.get("reference").asString()).isEqualTo(B);
        assertThat(image.get("digest").asString()).isEqualTo(TWO.rootDigest());
        assertThat(image.get("imageId").asString()).startsWith("sha256:").isNotEqualTo(TWO.rootDigest());
        JsonNode alone = jpull("export", A, "-o", target, "--json").json();
        assertThat(alone.get("images").get(0).get("reference").asString()).isEqualTo("1");
    }

    @Test
    void aDockerArchiveHasImageIdsAndNoDigests() {
        Run run = jpull("export", A, "-o", target, "--format", "docker-archive");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains(A + "  image ID sha256:").doesNotContain(ONE.rootDigest());
        JsonNode image = jpull("export", A, "-o", target, "--format", "docker-archive", "--json")
                .json()
                .get("images")
                .get(0);
        assertThat(image.has("digest")).isFalse();
        assertThat(run.out()).contains(image.get("imageId").asString());
    }

    @Test
    void firstDigitsOfADigestNameAnImage() {
        Run run = jpull("export", ONE.rootDigest().substring(7, 19), "-o", target);
        assertThat(run.out()).startsWith(A + "@" + ONE.rootDigest());
    }

    @Test
    void wrongOptionsAreNamed() {
        assertRefused("Unknown option: '--bogus'", "export", "--bogus", "-o", target);
        assertRefused("Unknown option: '--bogus'", "export", "--bogus");
        assertRefused("no image given", "export", "-o", target);
        assertRefused("--all exports all images", "export", "--all", A, "-o", target);
        assertRefused("exclude", "export", "--all", "--all-platforms", "--platform", "linux/amd64", "-o", target);
        assertRefused("exclude", "export", A, "--referrers=a/b", "--no-referrers", "-o", target);
        assertRefused("empty type", "export", A, "--referrers=a/b,", "-o", target);
        assertRefused("none, gzip or zstd", "export", A, "--compress=xz", "-o", target);
        assertRefused("--json", "export", A, "--format", "json", "-o", target);
    }

    @Test
    void anImageThatIsNotThereIsNotPulled() {
        Run run = jpull("export", "x.example/a:2", "-o", target);
        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("pull it first", "jpull store ls").doesNotContain("--offline");
    }
}
