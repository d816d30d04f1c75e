// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullCancelledException;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.Posix;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import dev.jpull.testdata.RawTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
public class TreeMergeTest {
    private static final FileTime OLD = FileTime.fromMillis(1_000_000);
    private static final FileTime OLDER = FileTime.fromMillis(500_000);

    private @TempDir Path directory;
    private Path upper;
    private Path lower;
    private Path outside;

    @BeforeEach
    void makeTrees() throws IOException {
        upper = Files.createDirectories(directory.resolve("upper"));
        lower = Files.createDirectories(directory.resolve("lower"));
        outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("canary"), "untouched");
    }

    private void merge(String... implicit) throws IOException {
        try (OpenDirectory from = OpenDirectory.open(upper);
                OpenDirectory to = OpenDirectory.open(lower)) {
            TreeMerge.merge(from, layer(implicit), to, () -> false);
        }
        assertThat(upper).isEmptyDirectory();
        assertThat(outside.resolve("canary")).hasContent("untouched");
        assertThat(outside.toFile().list()).containsExactly("canary");
    }

    /** What an extractor says of the upper tree. */
    private ExtractedLayer layer(String... implicit) throws IOException {
        ImplicitDirectories inodes = new ImplicitDirectories();
        for (String directory : implicit) {
            inodes.add(((Number) Files.getAttribute(upper.resolve(directory), "unix:ino")).longValue());
        }
        MarkedDirectories marked = new MarkedDirectories();
        try (Stream<Path> files = Files.walk(upper)) {
            files.filter(file -> file.getFileName().toString().startsWith(".wh."))
                    .map(file -> upper.relativize(file.getParent()).toString())
                    .forEach(parent -> marked.add(RawPath.of(parent)));
        }
        return new ExtractedLayer(0, 0, List.of(), List.of(), inodes, marked, false, List.of());
    }

    private static Path file(Path root, String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static Map<String, String> tree(Path root) throws IOException {
        TreeMap<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                String name = root.relativize(file).toString();
                if (Files.isSymbolicLink(file)) {
                    tree.put(name, "-> " + Files.readSymbolicLink(file));
                } else {
                    tree.put(
                            name,
                            Files.isRegularFile(file)
                                    ? Files.readString(file)
                                    : Files.isDirectory(file) ? "directory" : "other");
                }
            }
        }
        tree.remove("");
        return tree;
    }

    @Test
    void filesOfTheLayerTakeThePlaceOfThoseBelow() throws IOException {
        file(lower, "etc/a", "old");
        file(lower, "etc/b", "kept");
        file(upper, "etc/a", "new");
        file(upper, "etc/c", "added");
        merge();
        assertThat(tree(lower))
                .isEqualTo(
                        new TreeMap<>(Map.of("etc", "directory", "etc/a", "new", "etc/b", "kept", "etc/c", "added")));
    }

    @Test
    void aWhiteoutRemovesAFileOrATreeBelow() throws IOException {
        file(lower, "a", "x");
        file(lower, "d/e/f", "x");
        file(lower, "kept", "x");
        file(upper, ".wh.a", "");
        file(upper, ".wh.d", "");
        file(upper, ".wh.absent", "");
        merge();
        assertThat(tree(lower)).containsOnlyKeys("kept");
    }

    @Test
    void aWhiteoutLeavesWhatItsOwnLayerHas() throws IOException {
        file(lower, "d/old", "x");
        file(upper, ".wh.d", "");
        file(upper, "d/new", "y");
        merge();
        assertThat(tree(lower)).containsOnlyKeys("d", "d/new");
    }

    @Test
    void anOpaqueWhiteoutRemovesAllThatTheLowerLayersHaveInTheDirectory() throws IOException {
        file(lower, "d/old", "x");
        file(lower, "d/sub/old", "x");
        file(upper, "d/.wh..wh..opq", "");
        file(upper, "d/new", "y");
        merge();
        assertThat(tree(lower)).containsOnlyKeys("d", "d/new");
    }

    @Test
    void whiteoutsInDirectoriesThatAreNewAreNotPartOfTheResult() throws IOException {
        file(upper, "new/.wh.a", "");
        file(upper, "new/sub/.wh..wh..opq", "");
        file(upper, "new/sub/b", "y");
        FileTime time = FileTime.fromMillis(123_000);
        Files.setLastModifiedTime(upper.resolve("new/sub"), time);
        merge();
        assertThat(tree(lower)).containsOnlyKeys("new", "new/sub", "new/sub/b");
        assertThat(Files.getLastModifiedTime(lower.resolve("new/sub"))).isEqualTo(time);
    }

    @Test
    void aDirectoryGetsTheAttributesOfTheLayer() throws IOException {
        file(lower, "d/a", "x");
        file(upper, "d/b", "y");
        Files.setPosixFilePermissions(upper.resolve("d"), PosixFilePermissions.fromString("r-xr-x---"));
        Files.setLastModifiedTime(upper.resolve("d"), OLD);
        merge();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lower.resolve("d"))))
                .isEqualTo("r-xr-x---");
        assertThat(Files.getLastModifiedTime(lower.resolve("d"))).isEqualTo(OLD);
    }

    @Test
    void aDirectoryWithoutAnEntryInTheLayerKeepsItsAttributes() throws IOException {
        file(lower, "d/a", "x");
        file(upper, "d/b", "y");
        Files.setPosixFilePermissions(lower.resolve("d"), PosixFilePermissions.fromString("r-x------"));
        Files.setLastModifiedTime(lower.resolve("d"), OLDER);
        merge("d");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lower.resolve("d"))))
                .isEqualTo("r-x------");
        assertThat(Files.getLastModifiedTime(lower.resolve("d"))).isEqualTo(OLDER);
        assertThat(tree(lower)).containsKeys("d/a", "d/b");
    }

    @Test
    void aLinkBelowIsReplacedAndNotFollowed() throws IOException {
        Files.createSymbolicLink(lower.resolve("d"), outside);
        Files.createSymbolicLink(lower.resolve("f"), outside.resolve("canary"));
        file(upper, "d/planted", "x");
        file(upper, "f", "x");
        merge();
        assertThat(Files.isDirectory(lower.resolve("d"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(tree(lower)).containsOnlyKeys("d", "d/planted", "f");
    }

    @Test
    void kindsReplaceEachOther() throws IOException {
        file(lower, "directory-to-file/x/y", "x");
        file(lower, "file-to-directory", "x");
        file(lower, "directory-to-link/x", "x");
        file(upper, "directory-to-file", "file");
        file(upper, "file-to-directory/z", "z");
        Files.createSymbolicLink(upper.resolve("directory-to-link"), outside);
        merge();
        assertThat(tree(lower))
                .containsEntry("directory-to-file", "file")
                .containsEntry("file-to-directory/z", "z")
                .containsEntry("directory-to-link", "-> " + outside);
    }

    @Test
    void hardLinksOfALayerStayLinks() throws IOException {
        file(lower, "d/a", "old");
        file(upper, "d/a", "x");
        Files.createLink(upper.resolve("b"), upper.resolve("d/a"));
        merge();
        assertThat(Files.isSameFile(lower.resolve("b"), lower.resolve("d/a"))).isTrue();
    }

    @Test
    void aMergeThatIsCancelledEnds() throws IOException {
        file(upper, "d/a", "x");
        try (OpenDirectory from = OpenDirectory.open(upper);
                OpenDirectory to = OpenDirectory.open(lower)) {
            assertThatThrownBy(() -> TreeMerge.merge(from, layer(), to, () -> true))
                    .isInstanceOf(PullCancelledException.class);
        }
        assertThat(List.of(lower.toFile().list())).isEmpty();
    }

    private void mergeLayers(Layer... layers) throws IOException {
        try (OpenDirectory to = OpenDirectory.open(lower)) {
            for (Layer layer : layers) {
                RawTar tar = new RawTar();
                layer.write(tar);
                try (TarReader archive =
                                new TarReader(new ByteArrayInputStream(tar.end().bytes()), TarLimits.DEFAULT);
                        OpenDirectory from = OpenDirectory.open(upper)) {
                    ExtractedLayer extracted = LayerExtractor.extract(
                            archive, from, ExtractOptions.forUser(Posix.effectiveUser()), () -> false);
                    TreeMerge.merge(from, extracted, to, () -> false);
                    from.removeContent();
                }
            }
        }
    }

    /** Writes the entries of a layer. */
    private interface Layer {
        void write(RawTar tar);
    }

    @Test
    void aDirectoryWithoutAnEntryIsWhereALinkBelowLeads() throws IOException {
        mergeLayers(
                tar -> tar.dir("usr").dir("usr/lib").file("usr/lib/a", "1").symlink("lib", "/usr/lib"),
                tar -> tar.file("lib/b", "2").file("lib/.wh.a", ""));
        assertThat(tree(lower)).containsOnlyKeys("usr", "usr/lib", "usr/lib/b", "lib");
        assertThat(tree(lower)).containsEntry("lib", "-> /usr/lib");
    }

    @Test
    void aWhiteoutBelowWhatIsNotThereMakesNothing() throws IOException {
        mergeLayers(
                tar -> tar.file("f", "1").symlink("dangling", "none"),
                tar -> tar.file("f/.wh.x", "").file("absent/d/.wh.x", "").file("dangling/.wh.x", ""));
        assertThat(tree(lower)).containsOnlyKeys("f", "dangling");
    }

    @Test
    void hardLinksLeadToFilesOfLayersBelowEvenOfThoseThatTheLayerRemoves() throws IOException {
        mergeLayers(
                tar -> tar.dir("d").file("d/a", "1").file("b", "2").symlink("s", "d"),
                tar -> tar.hardLink("x/h", "s/a")
                        .hardLink("x/h2", "x/h")
                        .hardLink("r", "b")
                        .file(".wh.b", ""));
        assertThat(tree(lower)).containsOnlyKeys("d", "d/a", "s", "x", "x/h", "x/h2", "r");
        assertThat(Files.isSameFile(lower.resolve("d/a"), lower.resolve("x/h2")))
                .isTrue();
        assertThat(lower.resolve("r")).hasContent("2");
    }

    @Test
    void whatALayerReplacesOrLeavesOutIsHiddenBelow() throws IOException {
        mergeLayers(
                tar -> tar.dir("d").file("d/old", "1").dir("c").file("c/old", "1"),
                tar -> tar.file("d", "1").dir("d").file("d/new", "2").device("c", 1, 3));
        assertThat(tree(lower).keySet()).contains("d/new").doesNotContain("d/old", "c/old");
        assertThat(Files.isDirectory(lower.resolve("c"))).isFalse();
    }

    @Test
    void aHardLinkThatIsThereAlreadyStays() throws IOException {
        mergeLayers(tar -> tar.file("a", "1").hardLink("b", "a"), tar -> tar.hardLink("b", "a"));
        assertThat(Files.isSameFile(lower.resolve("a"), lower.resolve("b"))).isTrue();
        assertThat(upper).isEmptyDirectory();
    }

    @Test
    void whatDoesNotFitToTheLayersBelowIsRefusedByName() {
        assertThatThrownBy(() -> mergeLayers(tar -> tar.file("a", "1"), tar -> tar.hardLink("h", "none/f")))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("h is a hard link to none/f");
        assertThatThrownBy(() -> mergeLayers(tar -> tar.dir("d"), tar -> tar.hardLink("h2", "d")))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("h2 is a hard link to d");
        assertThatThrownBy(() -> mergeLayers(tar -> tar.file("f", "1"), tar -> tar.file("f/x", "1")))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("f/x");
        assertThatThrownBy(() -> mergeLayers(tar -> tar.symlink("loop", "loop"), tar -> tar.file("loop/x", "1")))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("loop/x");
    }

    @Test
    void aLayerThatReplacesWhereItIsBeingMergedIsRefused() {
        assertThatThrownBy(() -> mergeLayers(
                        tar -> tar.dir("usr")
                                .dir("usr/d")
                                .symlink("usr/d/up", "/")
                                .symlink("in", "usr/d"),
                        tar -> tar.file("in/up/usr", "1")))
                .isInstanceOf(TarException.class)
                .hasMessageContaining("usr");
    }

    @Test
    void directoriesThatTheirOwnerCannotUseAreMergedAndMoved() throws IOException {
        mergeLayers(
                tar -> tar.dir("a")
                        .dir("a/b")
                        .file("a/b/f", "1")
                        .dir("a/b", 0500)
                        .dir("a", 0),
                tar -> tar.file("a/b/g", "2")
                        .dir("new", 0)
                        .file("new/f", "3")
                        .dir("n2", 0500)
                        .file("n2/.wh.x", ""));
        try (OpenDirectory to = OpenDirectory.open(lower)) {
            for (String name : List.of("a", "new")) {
                FileStatus status = to.attributesOf(name.getBytes(UTF_8)).status();
                assertThat(status.mode()).isZero();
                assertThat(status.modified()).isEqualTo(Instant.ofEpochSecond(1_000_000_000));
                to.attributesOf(name.getBytes(UTF_8)).setMode(0700);
            }
            assertThat(to.attributesOf("n2".getBytes(UTF_8)).status().mode()).isEqualTo(0500);
        }
        assertThat(tree(lower)).containsOnlyKeys("a", "a/b", "a/b/f", "a/b/g", "new", "new/f", "n2");
    }

    @Test
    void theAttributesOfADirectoryAreThoseOfTheLastLayerThatDescribesIt() throws IOException {
        mergeLayers(
                tar -> tar.pax("SCHILY.xattr.user.old", "1", "SCHILY.xattr.user.both", "1")
                        .dir("d", 0700),
                tar -> tar.pax("SCHILY.xattr.user.new", "2", "SCHILY.xattr.user.both", "2", "mtime", "7.000000009")
                        .dir("d", 01777),
                tar -> tar.file("d/f", "1"));
        try (OpenDirectory to = OpenDirectory.open(lower)) {
            FileStatus status = to.attributesOf("d".getBytes(UTF_8)).status();
            assertThat(status.mode()).isEqualTo(01777);
            assertThat(status.modified()).isEqualTo(Instant.ofEpochSecond(7, 9));
            assertThat(to.attributesOf("d".getBytes(UTF_8)).xattrNames())
                    .extracting(name -> new String(name, UTF_8))
                    .filteredOn(name -> name.startsWith("user."))
                    .containsExactlyInAnyOrder("user.new", "user.both");
            assertThat(to.attributesOf("d".getBytes(UTF_8)).xattr("user.both".getBytes(UTF_8)))
                    .isEqualTo("2".getBytes(UTF_8));
        }
    }

    @Test
    void manyNamesAreMergedOverMany() throws IOException {
        Random random = new Random(7);
        Layer many = tar -> {
            for (int i = 0; i < 500; i++) {
                tar.file("d/" + "some-long-name".repeat(8) + random.nextInt(1000), "x");
                tar.file("e/.wh." + "some-long-name".repeat(8) + random.nextInt(1000), "");
            }
        };
        Layer below = tar -> {
            for (int i = 0; i < 1000; i++) {
                tar.file("e/" + "some-long-name".repeat(8) + i, "x");
            }
        };
        mergeLayers(many, below, many, many);
        assertThat(upper).isEmptyDirectory();
        assertThat(lower.resolve("d").toFile().list()).hasSizeBetween(501, 1000);
        assertThat(lower.resolve("e").toFile().list())
                .hasSizeBetween(200, 600)
                .noneMatch(name -> name.startsWith(".wh."));
    }
}
