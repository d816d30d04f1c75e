// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.Posix;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import dev.jpull.testdata.TreeListing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One layer in its staging: what each kind of entry becomes, as root and as any other user. */
class LayerExtractorTest {
    private static final Instant TIME = Instant.ofEpochSecond(1_000_000_000); // of every header of RawTar

    @TempDir
    Path temporary;

    private Path staging;
    private long user;

    @BeforeEach
    void makeStaging() throws IOException {
        staging = Files.createDirectory(temporary.resolve("staging"));
        user = Posix.effectiveUser();
    }

    private ExtractedLayer extract(Consumer<RawTar> entries) throws IOException {
        return extract(ExtractOptions.forUser(user), entries);
    }

    private ExtractedLayer extract(ExtractOptions options, Consumer<RawTar> entries) throws IOException {
        RawTar tar = new RawTar();
        entries.accept(tar);
        try (TarReader archive =
                        new TarReader(new ByteArrayInputStream(tar.end().bytes()), TarLimits.DEFAULT);
                OpenDirectory directory = OpenDirectory.open(staging)) {
            return LayerExtractor.extract(archive, directory, options, () -> false);
        }
    }

    private FileStatus status(String name) throws IOException {
        try (OpenDirectory directory = OpenDirectory.open(staging)) {
            return directory.attributesOf(name.getBytes(UTF_8)).status();
        }
    }

    private void assertTree(Tree tree) throws IOException {
        assertThat(TreeListing.of(staging).shape()).isEqualTo(user == 0 ? tree.asRoot() : tree.asUser());
    }

    @Test
    void filesDirectoriesAndLinksAreMade() throws IOException {
        ExtractedLayer layer = extract(tar -> tar.dir("d", 0711)
                .file("d/f", "content", 0640)
                .symlink("d/s", "../nowhere//x/")
                .hardLink("h", "d/f")
                .hardLink("hs", "/d/s")
                .fifo("p")
                .file("empty", ""));
        assertTree(new Tree()
                .dir("d", 0711)
                .file("d/f", "content", 0640)
                .symlink("d/s", "../nowhere//x/")
                .hardLink("h", "d/f")
                .hardLink("hs", "d/s")
                .fifo("p")
                .file("empty", ""));
        assertThat(layer.entries()).isEqualTo(7);
        assertThat(layer.fileBytes()).isEqualTo(7);
        assertThat(layer.links()).isEmpty();
        assertThat(layer.marked().isEmpty()).isTrue();
        for (String name : List.of("d", "h", "hs", "p", "empty")) {
            assertThat(status(name)).returns(TIME, FileStatus::modified);
        }
    }

    @Test
    void timesAreKeptToTheNanosecondAlsoOfDirectoriesThatAreFilledLater() throws IOException {
        extract(tar -> tar.pax("mtime", "-12.25", "atime", "1234567890.987654321")
                .dir("d")
                .file("other/f", "1")
                .file("d/f", "1")
                .dir("d/e")
                .pax("mtime", "5.000000001")
                .symlink("l", "x"));
        assertThat(status("d"))
                .returns(Instant.ofEpochSecond(-13, 750_000_000), FileStatus::modified)
                .returns(Instant.ofEpochSecond(1234567890, 987654321), FileStatus::accessed);
        assertThat(status("l")).returns(Instant.ofEpochSecond(5, 1), FileStatus::modified);
    }

    @Test
    void directoriesThatTheirOwnerCannotUseAreFilled() throws IOException {
        extract(tar -> {
            tar.dir("a", 0).dir("a/b", 0500).file("a/b/f", "1", 0);
            for (int i = 0; i < 100; i++) { // more than stay open
                tar.dir("d" + i, 0555);
            }
            tar.file("a/b/g", "2").file("d0/f", "3").dir("a/b/c", 0111);
        });
        assertThat(status("a")).returns(0, FileStatus::mode).returns(TIME, FileStatus::modified);
        assertThat(status("d0")).returns(0555, FileStatus::mode).returns(TIME, FileStatus::modified);
        try (OpenDirectory directory = OpenDirectory.open(staging)) {
            directory.attributesOf("a".getBytes(UTF_8)).setMode(0700);
            try (OpenDirectory a = directory.child("a".getBytes(UTF_8))) {
                assertThat(a.attributesOf("b".getBytes(UTF_8)).status())
                        .returns(0500, FileStatus::mode)
                        .returns(TIME, FileStatus::modified);
            }
        }
    }

    @Test
    void missingDirectoriesAreMadeAndRemembered() throws IOException {
        ExtractedLayer layer = extract(tar -> tar.file("a/b/f", "1").dir("a"));
        assertTree(new Tree().dir("a").dir("a/b").file("a/b/f", "1"));
        assertThat(layer.implicit().contains(status("a"))).isFalse();
        try (OpenDirectory directory = OpenDirectory.open(staging);
                OpenDirectory a = directory.child("a".getBytes(UTF_8))) {
            FileStatus b = a.attributesOf("b".getBytes(UTF_8)).status();
            assertThat(layer.implicit().contains(b)).isTrue();
            assertThat(layer.implicit().contains(directory.attributes().status()))
                    .isTrue();
        }
    }

    @Test
    void theRootHasTheAttributesOfItsEntry() throws IOException {
        ExtractedLayer layer = extract(tar -> tar.dir("./", 0750).file("f", "1"));
        try (OpenDirectory directory = OpenDirectory.open(staging)) {
            FileStatus root = directory.attributes().status();
            assertThat(root).returns(0750, FileStatus::mode).returns(TIME, FileStatus::modified);
            assertThat(layer.implicit().contains(root)).isFalse();
        }
    }

    @Test
    void whiteoutsStayAsMarkers() throws IOException {
        ExtractedLayer layer = extract(tar -> tar.file("d/.wh.x", "content")
                .symlink("d/.wh..wh..opq", "/etc")
                .file("d/.wh.x", "")
                .dir("e/.wh.y")
                .file(".wh..wh.plnk/1.2", "skipped"));
        assertTree(new Tree()
                .dir("d")
                .file("d/.wh.x", "", 0600)
                .file("d/.wh..wh..opq", "", 0600)
                .dir("e")
                .file("e/.wh.y", "", 0600));
        assertThat(layer.marked().contains(RawPath.of("d"))).isTrue();
        assertThat(layer.marked().contains(RawPath.of(""))).isTrue();
        assertThat(layer.marked().contains(RawPath.of("f"))).isFalse();
        assertThat(layer.omissions()).singleElement().returns(Omission.Kind.RESERVED, Omission::kind);
    }

    @Test
    void hardLinksToOtherLayersAreListedUntilTheirNamesAreReplaced() throws IOException {
        ExtractedLayer layer = extract(tar -> tar.hardLink("a", "lower/f")
                .hardLink("b", "a")
                .hardLink("d/c", "../lower/g")
                .hardLink("e", "lower/h")
                .file("e", "1")
                .dir("x")
                .hardLink("x/y", "lower/i")
                .file("x", "2")
                .symlink("s", "lower")
                .hardLink("z", "s/f"));
        assertThat(layer.links())
                .containsExactlyInAnyOrder(
                        new PendingLink(RawPath.of("a"), RawPath.of("lower/f")),
                        new PendingLink(RawPath.of("b"), RawPath.of("lower/f")),
                        new PendingLink(RawPath.of("d/c"), RawPath.of("lower/g")),
                        new PendingLink(RawPath.of("z"), RawPath.of("lower/f")));
        assertTree(new Tree().dir("d").file("e", "1").file("x", "2").symlink("s", "lower"));
    }

    @Test
    void linksOfTheLayerAreFollowedWithinTheStagingOnly() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        extract(tar -> tar.symlink("abs", outside.toString())
                .file("abs/f", "1")
                .symlink("up", "../../../../..")
                .file("up/g", "2")
                .symlink("chain", "up/up/abs"));
        assertThat(outside).isEmptyDirectory();
        assertThat(staging.resolve("g")).hasContent("2");
        assertThat(Path.of(staging + outside.toString()).resolve("f")).hasContent("1");
    }

    @Test
    void laterEntriesReplaceEarlierOnes() throws IOException {
        extract(tar -> tar.dir("a")
                .file("a/f", "1")
                .file("a", "2")
                .symlink("b", "a")
                .dir("b")
                .file("b/f", "3")
                .dir("b", 0700)
                .fifo("c")
                .file("c", "4")
                .file("d", "5")
                .hardLink("d2", "d")
                .file("d", "6"));
        assertTree(new Tree()
                .file("a", "2")
                .file(".wh.b", "", 0600) // a directory below is no part of the new one
                .dir("b", 0700)
                .file("b/f", "3")
                .file("c", "4")
                .file("d", "6")
                .file("d2", "5"));
    }

    @Test
    void namesThatNoMarkerCanHideAreRefusedWhereOneIsNeeded() throws IOException {
        String longest = "n".repeat(251);
        extract(tar -> tar.file(longest, "").dir(longest));
        assertThat(staging.resolve(".wh." + longest)).exists();
        for (String name : List.of("m".repeat(252), "o".repeat(255))) {
            extract(tar -> tar.dir(name)); // needs none
            assertThatExceptionOfType(TarException.class)
                    .isThrownBy(() -> extract(tar -> tar.file(name, "").dir(name)))
                    .withMessageContaining(name + " has a name of " + name.length() + " bytes");
        }
    }

    @Test
    void sparseFilesHaveHoles() throws IOException {
        extract(tar -> tar.pax(
                        "GNU.sparse.major", "0",
                        "GNU.sparse.minor", "1",
                        "GNU.sparse.size", "10000000",
                        "GNU.sparse.map", "4096,3,9000000,2")
                .file("f", "abcde"));
        byte[] content = Files.readAllBytes(staging.resolve("f"));
        assertThat(content).hasSize(10_000_000).contains((byte) 'a', Index.atIndex(4096));
        assertThat(content).contains((byte) 'e', Index.atIndex(9_000_001));
        assertThat(status("f").blocks()).isLessThan(1000);
    }

    @Test
    void attributesThatSteerFileSystemsAreLeftOut() throws IOException {
        ExtractedLayer layer = extract(tar -> tar.pax(
                        "SCHILY.xattr.user.kept", "value",
                        "SCHILY.xattr.user.overlay.opaque", "y",
                        "SCHILY.xattr.trusted.overlay.redirect", "/..",
                        "SCHILY.xattr.security.selinux", "x",
                        "SCHILY.xattr.system.posix_acl_default", "x",
                        "SCHILY.xattr.user.", "x")
                .file("f", "1", 0444));
        assertThat(layer.omissions())
                .filteredOn(omission -> omission.kind() == Omission.Kind.XATTR)
                .singleElement()
                .satisfies(omission -> assertThat(omission.count()).isEqualTo(5))
                .satisfies(omission -> assertThat(omission.examples()).hasSize(3));
        try (OpenDirectory directory = OpenDirectory.open(staging)) {
            List<byte[]> names = directory.attributesOf("f".getBytes(UTF_8)).xattrNames();
            assertThat(names)
                    .extracting(name -> new String(name, UTF_8))
                    .filteredOn(name -> !name.equals("security.selinux"))
                    .containsExactly("user.kept");
        }
    }

    @Test
    void ownersAreThoseOfTheLayerAsRoot() throws IOException {
        assumeTrue(user == 0, "needs root");
        ExtractedLayer layer = extract(tar -> {
            tar.entry(
                    tar.header('0', "f").octal(108, 8, 1234).octal(116, 8, 5678).mode(06755));
            tar.entry(
                    tar.header('2', "l").octal(108, 8, 1234).octal(116, 8, 5678).link("f"));
        });
        if (!layer.omissions().isEmpty()) { // in a user namespace without these numbers
            assertThat(status("f")).returns(0755, FileStatus::mode).returns(0L, FileStatus::uid);
            return;
        }
        assertThat(status("f"))
                .returns(1234L, FileStatus::uid)
                .returns(5678L, FileStatus::gid)
                .returns(06755, FileStatus::mode);
        assertThat(status("l")).returns(1234L, FileStatus::uid);
    }

    @Test
    void withoutTheOwnersNoPrivilegesOfTheirsAreKept() throws IOException {
        ExtractedLayer layer = extract(
                new ExtractOptions(Ownership.ofProcess(), false),
                tar -> tar.entry(tar.header('0', "f")
                                .octal(108, 8, 4321)
                                .octal(116, 8, 4321)
                                .mode(06755))
                        .device("c", 1, 3)
                        .hardLink("c2", "c"));
        assertThat(status("f")).returns(user, FileStatus::uid).returns(0755, FileStatus::mode);
        assertThat(layer.omissions())
                .extracting(Omission::kind, Omission::count)
                .containsExactly(
                        tuple(Omission.Kind.OWNER, 1L),
                        tuple(Omission.Kind.SET_ID, 1L),
                        tuple(Omission.Kind.DEVICE, 2L));
    }

    @Test
    void oneOwnerForAllIsGiven() throws IOException {
        long group = Posix.effectiveGroup();
        extract(
                new ExtractOptions(Ownership.fixed(user, group), false),
                tar -> tar.entry(tar.header('0', "d/f").octal(108, 8, 4321).octal(116, 8, 4321)));
        assertThat(status("d")).returns(user, FileStatus::uid);
        assertThatIllegalArgumentException().isThrownBy(() -> Ownership.fixed(0xFFFF_FFFFL, 0));
    }

    @Test
    void devicesAreMadeAsRoot() throws IOException {
        assumeTrue(user == 0, "needs root");
        ExtractedLayer layer = extract(tar -> tar.device("c", 4095, 1048575).device("w", 0, 0));
        assumeTrue(layer.omissions().isEmpty(), "needs root outside of a user namespace");
        assertThat(status("c"))
                .returns(NodeType.CHARACTER_DEVICE, FileStatus::type)
                .returns(4095L, FileStatus::major)
                .returns(1048575L, FileStatus::minor);
        assertThat(layer.hasWhiteoutDevices()).isTrue();
    }

    @Test
    void whatCannotBeUnpackedIsRefusedByName() throws IOException {
        Map<String, Consumer<RawTar>> refused = Map.ofEntries(
                Map.entry("f/x", tar -> tar.file("f", "1").file("f/x", "2")),
                Map.entry(".wh.", tar -> tar.file(".wh.", "")),
                Map.entry(".wh...", tar -> tar.file("d/.wh...", "")),
                Map.entry(".wh..", tar -> tar.file("d/.wh..", "")),
                Map.entry("d/.wh.x/f", tar -> tar.file("d/.wh.x/f", "")),
                Map.entry("./", tar -> tar.symlink("./", "/etc")),
                Map.entry("self", tar -> tar.hardLink("self", "x/../self")),
                Map.entry("to-dir", tar -> tar.dir("d").hardLink("to-dir", "d")),
                Map.entry("to-root", tar -> tar.hardLink("to-root", "/..")),
                Map.entry("parent", tar -> tar.file("parent/f", "1").hardLink("parent", "parent/f")),
                Map.entry("loop/f", tar -> tar.symlink("loop", "loop").file("loop/f", "")),
                Map.entry("pending/f", tar -> tar.hardLink("pending", "lower").file("pending/f", "")),
                Map.entry("n".repeat(256), tar -> tar.file("n".repeat(256), "")),
                Map.entry("d/d/d", tar -> tar.file("d/".repeat(300) + "f", "")));
        for (Map.Entry<String, Consumer<RawTar>> each : refused.entrySet()) {
            assertThatExceptionOfType(TarException.class)
                    .as(each.getKey())
                    .isThrownBy(() -> extract(each.getValue()))
                    .withMessageContaining(each.getKey()
                            .substring(0, Math.min(200, each.getKey().length())));
            try (OpenDirectory directory = OpenDirectory.open(staging)) {
                directory.removeContent();
            }
        }
        assertThat(temporary).isDirectoryContaining(path -> path.equals(staging));
        assertThat(Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void whatTheDiskRefusesNamesTheEntry() throws IOException {
        assumeTrue(user != 0, "root may write everywhere");
        try (OpenDirectory directory = OpenDirectory.open(staging)) {
            directory.attributes().setMode(0700);
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(
                        () -> extract(new ExtractOptions(Ownership.fixed(0, 0), false), tar -> tar.file("secret", "1")))
                .withMessageContaining("secret")
                .withMessageContaining("not permitted");
    }
}
