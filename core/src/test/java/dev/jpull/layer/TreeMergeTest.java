// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullCancelledException;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class TreeMergeTest {
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
        merge(true, implicit);
    }

    private void merge(boolean hasWhiteouts, String... implicit) throws IOException {
        Set<RawPath> paths = Set.copyOf(Stream.of(implicit).map(RawPath::of).toList());
        try (OpenDirectory from = OpenDirectory.open(upper);
                OpenDirectory to = OpenDirectory.open(lower)) {
            new TreeMerge(paths::contains, hasWhiteouts, () -> false).merge(from, to);
        }
        assertThat(outside.resolve("canary")).hasContent("untouched");
        assertThat(outside.toFile().list()).containsExactly("canary");
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
                    tree.put(name, Files.isDirectory(file) ? "directory" : Files.readString(file));
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
        merge(false);
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
        try (OpenDirectory from = OpenDirectory.open(upper);
                OpenDirectory to = OpenDirectory.open(lower)) {
            TreeMerge merge = new TreeMerge(path -> false, false, () -> true);
            assertThatThrownBy(() -> merge.merge(from, to)).isInstanceOf(PullCancelledException.class);
        }
        assertThat(List.of(lower.toFile().list())).isEmpty();
    }
}
