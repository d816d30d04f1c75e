// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.archives.ArchiveReader.Reports;
import dev.jpull.cli.archives.Programs.RefusedException;
import dev.jpull.image.Platform;
import dev.jpull.testdata.DebianPackages;
import dev.jpull.testdata.FileTree;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Archives that the programs of other projects write, imported by the command: images keep their digests where the archive has
 * them, and their configurations where it has only these.
 */
class ForeignArchivesIT {
    private static final String NAME = "registry.example/app:1";
    private static final String MACHINE = Platform.host().toString();
    private static final String OTHER = MACHINE.equals("linux/arm64") ? "linux/amd64" : "linux/arm64";
    private static final boolean IS_ROOT = System.getProperty("user.name").equals("root");

    private final TestImage image =
            new ImageFactory(3).image(MACHINE, new Layer(30_000, Compression.GZIP), new Layer(200, Compression.GZIP));
    private final TestImage index = new IndexBuilder()
            .child(image, MACHINE)
            .child(new ImageFactory(4).image(OTHER, new Layer(500, Compression.GZIP)), OTHER)
            .attestation(image)
            .build();
    private Path directory = Path.of("");
    private Programs programs = new Programs(Path.of(""));
    private String archive = "";
    private int imports;

    @BeforeEach
    void writeLayouts() throws IOException {
        DebianPackages.require("skopeo", "umoci");
        if (IS_ROOT) {
            DebianPackages.require("podman", "containerd");
        }
        directory = Files.createTempDirectory("foreign"); // a short path, for sockets and podman
        programs = new Programs(Files.createDirectory(directory.resolve("o")));
        archive = directory.resolve("archive.tar").toString();
        image.writeLayout(directory.resolve("image"), "1");
        index.writeLayout(directory.resolve("index"), "1");
    }

    @AfterEach
    void removeAll() throws IOException {
        FileTree.delete(directory);
    }

    @Test
    void skopeoWritesOciArchives() throws Exception {
        skopeo("copy", "oci:" + directory.resolve("image") + ":1", "oci-archive:" + archive + ":" + NAME);
        assertThat(imported(Reports.ROOT)).containsExactly(Map.entry(NAME, image.rootDigest()));
        Files.delete(Path.of(archive));
        skopeo("copy", "--all", "oci:" + directory.resolve("index") + ":1", "oci-archive:" + archive + ":" + NAME);
        assertThat(imported(Reports.ROOT)).containsExactly(Map.entry(NAME, index.rootDigest()));
    }

    @Test
    void anArchiveWithoutNamesIsImportedUnderOne() throws Exception {
        skopeo("copy", "oci:" + directory.resolve("image") + ":1", "oci-archive:" + archive);
        assertThat(imported(Reports.ROOT, "--name", NAME)).containsExactly(Map.entry(NAME, image.rootDigest()));
    }

    @Test
    void skopeoWritesDockerArchives() throws Exception {
        skopeo("copy", "oci:" + directory.resolve("image") + ":1", "docker-archive:" + archive + ":" + NAME);
        assertThat(imported(Reports.CONFIG)).containsExactly(Map.entry(NAME, config()));
    }

    @Test
    void umociKeepsLayoutsWithTagsAlone() throws Exception {
        Path layout = directory.resolve("image");
        programs.run("umoci", "tag", "--image", layout + ":1", "2");
        programs.run("tar", "-cf", archive, "-C", layout.toString(), ".");
        assertThat(imported(Reports.ROOT, "--name", "registry.example/app"))
                .containsOnly(
                        Map.entry(NAME, image.rootDigest()), Map.entry("registry.example/app:2", image.rootDigest()));
    }

    @Test
    void podmanSavesBothFormats() throws Exception {
        Assumptions.assumeTrue(IS_ROOT, "podman works in a storage of its own as root alone");
        skopeo("copy", "oci:" + directory.resolve("image") + ":1", "oci-archive:" + archive + ":" + NAME);
        podman("load", "-q", "-i", archive);
        podman("tag", NAME, "registry.example/app:2");
        for (String format : List.of("oci-archive", "docker-archive")) {
            Files.delete(Path.of(archive));
            podman("save", "-q", "--format", format, "-o", archive, NAME);
            assertThat(imported(Reports.CONFIG)).as(format).containsExactly(Map.entry(NAME, config()));
        }
        Files.delete(Path.of(archive));
        podman("save", "-q", "-m", "-o", archive, NAME, "registry.example/app:2");
        assertThat(imported(Reports.CONFIG))
                .containsOnly(Map.entry(NAME, config()), Map.entry("registry.example/app:2", config()));
    }

    @Test
    void containerdExportsIndexesWithAndWithoutTheirOtherPlatforms() throws Exception {
        Assumptions.assumeTrue(IS_ROOT, "containerd is started by root alone");
        List<String> suffixes = Programs.newer().isPresent() ? List.of("", "-17", "-new") : List.of("");
        for (String suffix : suffixes) {
            Path state = Files.createDirectory(directory.resolve("c" + suffix));
            try (ContainerdDaemon daemon = ContainerdDaemon.start(programs, suffix, state)) {
                Files.deleteIfExists(Path.of(archive)); // skopeo changes none that is there
                skopeo("copy", "--all", "oci:" + directory.resolve("index") + ":1", "oci-archive:" + archive + ":1");
                daemon.ctr("images", "import", "--no-unpack", "--base-name", "registry.example/app", archive);
                daemon.ctr("images", "export", archive, NAME);
                assertThat(imported(Reports.ROOT)).as(daemon.name()).containsEntry(NAME, index.rootDigest());
                daemon.ctr("images", "export", "--platform", MACHINE, archive, NAME);
                assertThat(imported(Reports.ROOT)).as(daemon.name()).containsKey(NAME);
            }
        }
    }

    /** What an import names, and the digests. */
    private Map<String, String> imported(Reports reports, String... options) throws IOException, RefusedException {
        Path work = Files.createDirectory(directory.resolve("import-" + ++imports));
        return new JpullReader(reports, List.of(options))
                .read(new Sample("foreign", List.of(), Map.of(), Set.of()), Path.of(archive), work);
    }

    private String config() {
        return ArchiveSamples.digests(image, false).config();
    }

    private void skopeo(String... args) throws IOException, InterruptedException, RefusedException {
        List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
        command.addAll(List.of(args));
        programs.run(command.toArray(String[]::new));
    }

    private void podman(String... args) throws IOException, InterruptedException, RefusedException {
        List<String> command = PodmanReader.command(directory.resolve("p"));
        command.addAll(List.of(args));
        programs.run(command.toArray(String[]::new));
    }
}
