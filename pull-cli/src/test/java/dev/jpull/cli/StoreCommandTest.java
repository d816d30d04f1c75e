// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store after pulls: listed, checked, repaired, cleaned, and used without a network. */
class StoreCommandTest {
    private static final TestImage ONE = new ImageFactory(48)
            .image("linux/amd64", new Layer(50_000, Compression.NONE), new Layer(900, Compression.GZIP));
    private static final TestImage TWO = new ImageFactory(49).image("linux/amd64", new Layer(70_000, Compression.NONE));

    @TempDir
    Path temporary;

    private TestRegistry registry;
    private String one;
    private String two;

    @BeforeEach
    void pull() {
        registry = TestRegistry.start().serve("team/one", "1", ONE).serve("team/two", "1", TWO);
        one = registry.host() + "/team/one:1";
        two = registry.host() + "/team/two:1";
        assertThat(jpull("--plain-http", "-q", one, two).exitCode()).isZero();
        registry.clearLog();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private Run jpull(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        int at = args[0].equals("store") ? 2 : 0;
        all.addAll(at, List.of("--store", temporary.resolve("store").toString()));
        return InProcess.run(all.toArray(String[]::new));
    }

    private Path blob(String digest) {
        return temporary.resolve("store/blobs").resolve(digest.replace(':', '/'));
    }

    @Test
    void lsNamesTheImages() {
        assertThat(jpull("store", "ls").out()).contains(one + "@" + ONE.rootDigest(), two + "@" + TWO.rootDigest());
        assertThat(jpull("store", "ls", "--format", "json").json().get("images"))
                .hasSize(2);
    }

    @Test
    void verifyFindsAndRepairFetchesOnlyWhatIsDamaged() throws IOException {
        assertThat(jpull("store", "verify").exitCode()).isZero();
        for (String digest : List.of(ONE.largestBlob(), TWO.rootDigest())) {
            assertThat(blob(digest).toFile().setWritable(true)).isTrue();
            byte[] content = Files.readAllBytes(blob(digest));
            content[content.length / 2] ^= 1;
            Files.write(blob(digest), content);
        }
        Run found = jpull("store", "verify");
        assertThat(found.exitCode()).isEqualTo(7);
        assertThat(found.out()).contains(blob(ONE.largestBlob()).toString(), one, "another digest", "damaged blobs: 2");
        Run repaired = jpull("store", "verify", "--plain-http", "--repair");
        assertThat(repaired.exitCode()).as(repaired.out() + repaired.err()).isZero();
        assertThat(registry.requests()).extracting(LoggedRequest::method).containsExactly("GET", "GET");
        assertThat(jpull("store", "verify").exitCode()).isZero();
    }

    @Test
    void aBlobThatIsTooShortIsDamagedAndPulledAgain() throws IOException {
        Path blob = blob(ONE.largestBlob());
        assertThat(blob.toFile().setWritable(true)).isTrue();
        Files.write(blob, new byte[10]);
        assertThat(jpull("store", "verify").out()).contains("it has 10 bytes instead of");
        assertThat(jpull("--plain-http", "-q", one).exitCode()).isZero();
        assertThat(jpull("store", "verify").exitCode()).isZero();
    }

    @Test
    void rmTakesAwayWhatNobodyElseNeeds() {
        Run run = jpull("store", "rm", one);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(blob(ONE.largestBlob())).doesNotExist();
        assertThat(blob(TWO.largestBlob())).exists();
        assertThat(jpull("store", "ls").out()).doesNotContain(one).contains(two);
        assertThat(jpull("store", "rm", one).exitCode()).isEqualTo(8);
    }

    @Test
    void pruneKeepsWhatIsNeededAndWhatIsNew() throws IOException {
        Path stray = blob(TestImage.digest(new byte[5]));
        Files.write(stray, new byte[5]);
        assertThat(jpull("store", "prune").out()).contains("0 blobs");
        assertThat(jpull("store", "prune", "--unused", "0s", "--dry-run").out()).contains("1 blob, 5 B would be freed");
        assertThat(stray).exists();
        assertThat(jpull("store", "prune", "--unused", "0s").out()).contains("1 blob, 5 B freed");
        assertThat(stray).doesNotExist();
        assertThat(jpull("store", "verify").exitCode()).isZero();
    }

    @Test
    void pruneTakesTheImageThatWasNotPulledForLongest() throws IOException {
        Files.setLastModifiedTime(blob(ONE.rootDigest()), java.nio.file.attribute.FileTime.fromMillis(1000));
        Run run = jpull("store", "prune", "--keep-bytes", "80k");
        assertThat(run.out()).contains("removed: " + one).doesNotContain(two);
        assertThat(blob(ONE.largestBlob())).doesNotExist();
        assertThat(blob(TWO.largestBlob())).exists();
    }

    @Test
    void wrongSizesAndAgesAreUsage() {
        assertThat(jpull("store", "prune", "--keep-bytes", "lots").exitCode()).isEqualTo(2);
        assertThat(jpull("store", "prune", "--unused", "long").exitCode()).isEqualTo(2);
    }

    @Test
    void offlineAsksNobodyAndWritesNothing() {
        registry.close();
        Run run = jpull("--offline", "--format", "json", one);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().get("images").get(0).get("chainId").stringValue()).isEqualTo(ONE.chainId("linux/amd64"));
        assertThat(jpull("--offline", "-q", "registry.example/app@" + TWO.rootDigest())
                        .exitCode())
                .isZero();
        Run missing = jpull("--offline", "-q", "registry.example/app:1");
        assertThat(missing.exitCode()).isEqualTo(5);
        assertThat(missing.err()).contains("is not in the store", "\"jpull IMAGE\" without --offline pulls the image");
    }

    @Test
    void whatCannotBeRepairedStaysAndTheRestIsRepaired() throws IOException {
        for (String digest : List.of(ONE.largestBlob(), TWO.largestBlob())) {
            assertThat(blob(digest).toFile().setWritable(true)).isTrue();
            Files.write(blob(digest), new byte[(int) Files.size(blob(digest))]);
        }
        registry.when(request -> request.path().contains("team/one/"), Behaviour.status(404));
        byte[] before = Files.readAllBytes(blob(ONE.largestBlob()));
        Run run = jpull("store", "verify", "--plain-http", "--repair", "--format", "json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(7);
        assertThat(run.json().get("damaged")).hasSize(2);
        assertThat(run.json().get("left")).hasSize(1);
        assertThat(run.json().get("left").get(0).get("kind").stringValue()).isEqualTo("damaged");
        assertThat(run.err()).contains("cannot repair " + ONE.largestBlob());
        assertThat(blob(ONE.largestBlob())).hasBinaryContent(before);
        assertThat(Files.readAllBytes(blob(TWO.largestBlob()))).isEqualTo(TWO.blob(TWO.largestBlob()));
    }

    @Test
    void aMissingBlobIsReportedAndRepaired() throws IOException {
        Files.delete(blob(ONE.largestBlob()));
        Files.delete(blob(TWO.rootDigest()));
        Run found = jpull("store", "verify");
        assertThat(found.exitCode()).isEqualTo(7);
        assertThat(found.out())
                .contains(
                        "missing: " + blob(ONE.largestBlob()) + ": it is not there; referenced by " + one,
                        "missing blobs: 2")
                .doesNotContain("all blobs are intact");
        assertThat(jpull("store", "verify", "--plain-http", "--repair").exitCode())
                .isZero();
        assertThat(jpull("store", "verify").out()).contains("all blobs are intact");
    }

    @Test
    void anEntryOfAnotherProgramIsShownAndKept() throws IOException {
        Path index = temporary.resolve("store/index.json");
        String strange = "{\"mediaType\":\"x\",\"digest\":\"blake3:\\u001b[31m\",\"annotations\":"
                + "{\"org.opencontainers.image.ref.name\":\"a name\\u202e of another\"}}";
        Files.writeString(index, Files.readString(index).replace("\"manifests\":[", "\"manifests\":[" + strange + ","));
        Run ls = jpull("store", "ls");
        assertThat(ls.exitCode()).isZero();
        assertThat(ls.out())
                .contains(one, two, "blake3:\\u001b[31m", "a name\\u202e of another", "kept as it is")
                .doesNotContain("\u001b", "\u202e");
        assertThat(jpull("store", "ls", "--format", "json").json().get("unknown"))
                .hasSize(1);
        for (String[] command : new String[][] {
            {"store", "verify"},
            {"store", "prune", "--keep-bytes", "80k"},
            {"store", "rm", two},
            {"--plain-http", "-q", one}
        }) {
            Run run = jpull(command);
            assertThat(run.exitCode()).as(String.join(" ", command) + run.err()).isIn(0, 8);
        }
        assertThat(Files.readString(index)).contains("blake3:");
        assertThat(jpull("store", "rm", "a name\u202e of another").exitCode()).isZero();
        assertThat(Files.readString(index)).doesNotContain("blake3:");
    }

    @Test
    void theNameOfAnImageIsNoLabel() {
        Run run = jpull("--plain-http", "--label", "org.opencontainers.image.ref.name=evil", one);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("org.opencontainers.image.ref.name", "pull the image under the name");
        assertThat(jpull("store", "ls").out()).contains(one).doesNotContain("evil");
    }

    @Test
    void aDirectoryOfOtherFilesIsRefused() throws IOException {
        Path home = Files.createDirectory(temporary.resolve("home"));
        Files.createFile(home.resolve("thesis.tex"));
        Run run = InProcess.run("--store", home.toString(), "--plain-http", one);
        assertThat(run.exitCode()).isEqualTo(8);
        assertThat(run.err()).contains(home.toString(), "thesis.tex", "empty directory");
    }
}
