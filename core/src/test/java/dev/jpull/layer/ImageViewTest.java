// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.Tree;
import dev.jpull.testdata.layers.LayerEntry;
import dev.jpull.testdata.layers.LayerModel;
import dev.jpull.testdata.layers.LayerModel.RefusedException;
import dev.jpull.testdata.layers.RandomLayers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of images are read through their layers. */
class ImageViewTest {
    private static final int MAX = 1 << 20;

    @TempDir
    private Path directory;

    private ImageView view(RawTar... layers) throws IOException {
        List<byte[]> archives =
                Stream.of(layers).map(layer -> layer.end().bytes()).toList();
        return new ImageView("example.org/app:1", StoredImage.layers(directory, archives));
    }

    private static Optional<String> read(ImageView view, String path) {
        return view.read(RawPath.of(path), MAX).map(content -> new String(content, StandardCharsets.UTF_8));
    }

    private static List<String> paths(ImageView view) {
        return view.files().stream().map(file -> file.path().toString()).toList();
    }

    @Test
    void layersLieOnTopOfEachOther() throws IOException {
        ImageView view = view(
                new RawTar()
                        .dir("etc")
                        .file("etc/a", "base")
                        .file("etc/b", "base")
                        .file("z", ""),
                new RawTar().dir("etc", 0700).file("etc/b", "top").file("etc/c", "top"));
        assertThat(paths(view)).containsExactly("etc", "etc/a", "etc/b", "etc/c", "z");
        assertThat(read(view, "/etc/a")).contains("base");
        assertThat(read(view, "etc/b")).contains("top");
        assertThat(read(view, "/etc//./c")).contains("top");
        assertThat(read(view, "/etc/d")).isEmpty();
        assertThat(read(view, "/etc")).isEmpty();
        assertThat(read(view, "/etc/a/below")).isEmpty();
        assertThat(read(view, "/")).isEmpty();
        assertThat(view.files().get(0).facts().mode()).isEqualTo(0700);
    }

    @Test
    void whiteoutsHideLowerLayersOnly() throws IOException {
        ImageView view = view(
                new RawTar()
                        .dir("a")
                        .file("a/x", "1")
                        .file("a/y", "1")
                        .dir("b")
                        .file("b/x", "1")
                        .file("c", "1"),
                new RawTar()
                        .file("a/new", "2")
                        .file("a/.wh..wh..opq", "")
                        .file("b/x", "2")
                        .file("b/.wh.x", "")
                        .file(".wh.c", "")
                        .file(".wh.absent", "")
                        .dir(".wh..wh.plnk")
                        .file(".wh..wh.plnk/9", ""));
        assertThat(paths(view)).containsExactly("a", "a/new", "b", "b/x");
        assertThat(read(view, "a/x")).isEmpty();
        assertThat(read(view, "a/new")).contains("2");
        assertThat(read(view, "b/x")).contains("2");
        assertThat(read(view, "c")).isEmpty();
    }

    @Test
    void whatIsHiddenMayComeBack() throws IOException {
        ImageView view = view(
                new RawTar().dir("d").file("d/old", "1"),
                new RawTar().file(".wh.d", ""),
                new RawTar().dir("d").file("d/new", "3"));
        assertThat(paths(view)).containsExactly("d", "d/new");
        assertThat(read(view, "d/old")).isEmpty();
    }

    @Test
    void otherTypesTakeThePlaceOfDirectoriesAndFiles() throws IOException {
        ImageView view = view(
                new RawTar().dir("a").file("a/x", "1").file("b", "1").symlink("c", "a"),
                new RawTar().file("a", "2").dir("b").file("b/x", "2").dir("c").file("c/x", "2"));
        assertThat(paths(view)).containsExactly("a", "b", "b/x", "c", "c/x");
        assertThat(read(view, "a/x")).isEmpty();
        assertThat(read(view, "a")).contains("2");
        assertThat(read(view, "c/x")).contains("2");
    }

    @Test
    void directoriesWithoutEntryKeepWhatLowerLayersSay() throws IOException {
        ImageView view = view(
                new RawTar().dir("opt", 0750), new RawTar().file("opt/x", "").file("new/x", ""));
        assertThat(view.files())
                .filteredOn(file -> file.facts().type() == EntryType.DIRECTORY)
                .extracting(file ->
                        file.path() + " " + Integer.toOctalString(file.facts().mode()))
                .containsExactly("new 755", "opt 750");
    }

    @Test
    void linksLeadWithinTheImage() throws IOException {
        ImageView view = view(
                new RawTar()
                        .dir("usr")
                        .dir("usr/lib")
                        .file("usr/lib/os-release", "NAME=x")
                        .symlink("lib", "usr/lib")
                        .dir("etc")
                        .symlink("etc/os-release", "../usr/lib/os-release")
                        .symlink("etc/absolute", "/lib/os-release")
                        .symlink("etc/up", "../../../../usr/lib/os-release")
                        .symlink("loop", "loop2")
                        .symlink("loop2", "loop")
                        .symlink("dangling", "nowhere")
                        .symlink("dir", "/usr/lib/."),
                new RawTar().dir("etc").file("etc/other", ""));
        for (String path : List.of(
                "lib/os-release",
                "/etc/os-release",
                "etc/absolute",
                "etc/up",
                "/../../etc/../lib/os-release",
                "dir/os-release")) {
            assertThat(read(view, path)).as(path).contains("NAME=x");
        }
        assertThat(read(view, "loop")).isEmpty();
        assertThat(read(view, "loop/x")).isEmpty();
        assertThat(read(view, "dangling")).isEmpty();
        assertThat(read(view, "dir")).isEmpty();
    }

    @Test
    void chainsOfLinksHaveAnEnd() throws IOException {
        RawTar chain = new RawTar().file("l0", "end");
        for (int i = 1; i <= 41; i++) {
            chain.symlink("l" + i, "l" + (i - 1));
        }
        ImageView view = view(chain);
        assertThat(read(view, "l40")).contains("end");
        assertThat(read(view, "l41")).isEmpty();
    }

    @Test
    void hardLinksHaveTheContentOfTheirTarget() throws IOException {
        ImageView view = view(
                new RawTar().file("base", "base", 0600).symlink("alias", "."),
                new RawTar()
                        .file("x", "first")
                        .hardLink("x2", "x")
                        .file("x", "second")
                        .hardLink("below", "/base")
                        .hardLink("below2", "below")
                        .hardLink("through", "alias/base"));
        assertThat(read(view, "x")).contains("second");
        assertThat(read(view, "x2")).contains("first");
        assertThat(read(view, "below")).contains("base");
        assertThat(read(view, "below2")).contains("base");
        assertThat(read(view, "through")).contains("base");
        assertThat(view.files())
                .filteredOn(file -> file.path().toString().equals("below"))
                .allSatisfy(file -> {
                    assertThat(file.facts().type()).isEqualTo(EntryType.FILE);
                    assertThat(file.facts().mode()).isEqualTo(0600);
                    assertThat(file.facts().size()).isEqualTo(4);
                })
                .hasSize(1);
    }

    @Test
    void hardLinksToNothingBreakTheImage() throws IOException {
        ImageView view =
                view(new RawTar().dir("d"), new RawTar().hardLink("x", "absent").hardLink("y", "d"));
        for (String path : List.of("x", "y")) {
            assertThatThrownBy(() -> read(view, path))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining("layer 2")
                    .hasMessageContaining("hard link to");
        }
        assertThatThrownBy(view::files).isInstanceOf(IntegrityException.class);
    }

    @Test
    void theLastEntryOfANameCounts() throws IOException {
        ImageView view = view(new RawTar()
                .file("x", "first")
                .file("x", "second")
                .file("y", "first")
                .symlink("y", "x")
                .dir("z")
                .file("z/in", "")
                .file("z", "file"));
        assertThat(read(view, "x")).contains("second");
        assertThat(read(view, "y")).contains("second");
        assertThat(paths(view)).containsExactly("x", "y", "z");
    }

    @Test
    void linksOfALayerLeadItsOwnEntries() throws IOException {
        ImageView view = view(new RawTar()
                .dir("usr")
                .symlink("lib", "/usr/lib")
                .file("lib/x", "1")
                .symlink("up", "../../usr")
                .file("up/y", "2"));
        assertThat(paths(view)).containsExactly("lib", "up", "usr", "usr/lib", "usr/lib/x", "usr/y");
        assertThat(read(view, "lib/x")).contains("1");
    }

    @Test
    void directoriesWithoutEntryLieWhereLinksOfLowerLayersLead() throws IOException {
        ImageView view = view(
                new RawTar()
                        .dir("usr")
                        .dir("usr/lib", 0750)
                        .file("usr/lib/old", "1")
                        .symlink("lib", "usr/lib")
                        .symlink("new", "/usr/new")
                        .symlink("lib64", "lib"),
                new RawTar()
                        .file("lib/x", "2")
                        .file("lib64/sub/y", "2")
                        .file("lib/.wh.old", "")
                        .file("new/z", "2")
                        .file("gone/.wh.x", ""));
        assertThat(paths(view))
                .containsExactly(
                        "lib",
                        "lib64",
                        "new",
                        "usr",
                        "usr/lib",
                        "usr/lib/sub",
                        "usr/lib/sub/y",
                        "usr/lib/x",
                        "usr/new",
                        "usr/new/z");
        assertThat(read(view, "usr/lib/x")).contains("2");
        assertThat(read(view, "lib64/sub/y")).contains("2");
        assertThat(read(view, "lib/old")).isEmpty();
        assertThat(view.files())
                .filteredOn(file -> file.path().toString().equals("usr/lib"))
                .allMatch(file -> file.facts().mode() == 0750);
        ImageView broken = view(new RawTar().file("f", ""), new RawTar().file("f/x", ""));
        assertThatThrownBy(broken::files)
                .isInstanceOf(IntegrityException.class)
                .hasMessageContainingAll("layer 2 of 2", "f has entries below it, but is no directory");
    }

    @Test
    void layersBelowThoseThatDecideAreNotRead() throws IOException {
        ImageView view = view(new RawTar().file("x", "1").file("y", "1"), new RawTar().file("x", "2"));
        Files.delete(view.layers().get(0).file());
        assertThat(read(view, "x")).contains("2");
        assertThatThrownBy(() -> read(view, "y"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("layer 1 of 2");
    }

    @Test
    void damagedFilesOfTheStoreAreNoticed() throws IOException {
        ImageView view = view(new RawTar().file("x", "content"));
        Path file = view.layers().get(0).file();
        byte[] blob = Files.readAllBytes(file);
        blob[4] ^= 1; // the time in the header of gzip, which changes no content
        Files.write(file, blob);
        assertThatThrownBy(() -> read(view, "x"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContainingAll("layer 1 of 1", "has the digest", "instead of", "damaged in the store")
                .satisfies(e -> assertThat(((IntegrityException) e).remedies()).contains(Remedy.REPAIR_STORE));
        assertThatThrownBy(() -> drain(view.layers().get(0).open())).isInstanceOf(IntegrityException.class);
    }

    @Test
    void contentWithAnotherDiffIdIsRefused() throws IOException {
        StoredLayer right = view(new RawTar().file("x", "content")).layers().get(0);
        StoredLayer other = view(new RawTar().file("x", "other")).layers().get(0);
        PlannedLayer planned = new PlannedLayer(
                "example.org/app:1",
                right.layer().manifest(),
                0,
                1,
                right.layer().blob(),
                other.layer().diffId(),
                other.layer().chainId());
        StoredLayer wrong = new StoredLayer(planned, right.file(), right.decoding());
        assertThatThrownBy(() -> read(new ImageView("x", List.of(wrong)), "x"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContainingAll(
                        right.layer().diffId().toString(),
                        other.layer().diffId().toString(),
                        "layer 1 of 1");
        assertThatThrownBy(() -> drain(wrong.open())).isInstanceOf(IntegrityException.class);
    }

    @Test
    void malformedArchivesNameTheLayer() throws IOException {
        StoredLayer layer = StoredImage.layers(
                        directory, List.of("no archive at all".repeat(100).getBytes(StandardCharsets.UTF_8)))
                .get(0);
        assertThatThrownBy(() -> read(new ImageView("x", List.of(layer)), "x"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("layer 1 of 1");
        Files.writeString(layer.file(), "neither gzip nor tar");
        assertThatThrownBy(layer::open).isInstanceOf(IntegrityException.class).hasMessageContaining("layer 1 of 1");
    }

    private static byte[] drain(InputStream in) throws IOException {
        try (in) {
            return in.readAllBytes();
        }
    }

    @Test
    void aLayerIsOpenedUncompressed() throws IOException {
        byte[] archive = new RawTar().file("x", "content").end().bytes();
        StoredLayer layer = StoredImage.layers(directory, List.of(archive)).get(0);
        assertThat(drain(layer.open())).isEqualTo(archive);
    }

    @Test
    void largeFilesAreStreamed() throws IOException {
        String large = "0123456789".repeat(100_000);
        ImageView view = view(
                new RawTar().file("before", "x").file("large", large).file("after", "y"),
                new RawTar().symlink("link", "large"));
        assertThatThrownBy(() -> view.read(RawPath.of("link"), 1000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000000 bytes");
        assertThat(drain(view.open(RawPath.of("link")).orElseThrow()))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(large);
        assertThat(view.open(RawPath.of("absent"))).isEmpty();
        try (InputStream half = view.open(RawPath.of("large")).orElseThrow()) {
            assertThat(half.readNBytes(100)).hasSize(100);
        }
    }

    @Test
    void sparseFilesHaveTheirHoles() throws IOException {
        RawTar tar = new RawTar();
        tar.pax("GNU.sparse.size", "10", "GNU.sparse.map", "2,3,9,1").file("x", "abcd");
        ImageView view = view(tar);
        assertThat(read(view, "x")).contains("\0\0abc\0\0\0\0d");
        assertThat(drain(view.open(RawPath.of("x")).orElseThrow()))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("\0\0abc\0\0\0\0d");
    }

    @Test
    void theNumberOfNamesIsLimited() throws IOException {
        StoredLayer layer =
                view(new RawTar().file("a/b/c", "").file("d", "")).layers().get(0);
        assertThat(new LayerScan(layer, 0)
                        .tree(null, new ViewLimits("x", 4, 4))
                        .root()
                        .children())
                .hasSize(2);
        assertThatThrownBy(() -> new LayerScan(layer, 0).tree(null, new ViewLimits("x", 3, 4)))
                .isInstanceOf(IntegrityException.class);
        assertThatThrownBy(() -> new LayerScan(layer, 0).tree(null, new ViewLimits("x", 4, 3)))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("unpack it instead");
    }

    @Test
    void randomLayersComeOutAsTheModelSays() throws IOException {
        long seed = Long.getLong("jpull.seed", System.nanoTime());
        for (int round = 0; round < 80; round++) {
            LayerModel model = new LayerModel();
            List<RawTar> layers = new ArrayList<>();
            StringBuilder entries = new StringBuilder();
            for (List<LayerEntry> layer : new RandomLayers(seed + round, "/outside").wild()) {
                model.startLayer();
                RawTar tar = new RawTar();
                entries.append("layer\n");
                Map<String, Boolean> described = new HashMap<>();
                for (LayerEntry entry : layer) {
                    if (!List.of(entry.path().split("/")).contains("..")
                            && isAccepted(model, entry, described, tar, entries)) {
                        entry.write(tar);
                        entries.append(entry).append('\n');
                    }
                }
                layers.add(tar);
            }
            String about = "seed " + (seed + round) + "\n" + entries;
            assertThat(shape(view(layers.toArray(RawTar[]::new)), about))
                    .as(about)
                    .isEqualTo(resolved(model.shape()));
        }
    }

    /** Applies an entry to the model, after entries for the directories that it is in. */
    private static boolean isAccepted(
            LayerModel model, LayerEntry entry, Map<String, Boolean> described, RawTar tar, StringBuilder entries) {
        try {
            for (int slash = entry.path().indexOf('/');
                    slash > 0;
                    slash = entry.path().indexOf('/', slash + 1)) {
                String parent = entry.path().substring(0, slash);
                if (Boolean.FALSE.equals(described.get(parent))) {
                    return false; // the same layer has a file there
                }
                if (described.put(parent, true) == null) {
                    model.apply(new LayerEntry('d', parent, "", 0755));
                    tar.dir(parent);
                    entries.append("d ").append(parent).append('\n');
                }
            }
            if (described.putIfAbsent(entry.path(), entry.type() == 'd') != null) {
                return false; // what a layer says about one path twice depends on the order
            }
            model.apply(entry);
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    private static SortedMap<String, String> resolved(SortedMap<String, String> shape) {
        SortedMap<String, String> resolved = new TreeMap<>(shape);
        resolved.replaceAll((path, line) -> line.startsWith("= ") ? shape.get(line.substring(2)) : line);
        return resolved;
    }

    private static SortedMap<String, String> shape(ImageView view, String about) {
        SortedMap<String, String> shape = new TreeMap<>();
        for (MergedFile file : view.files()) {
            String path = file.path().toString();
            FileFacts facts = file.facts();
            Tree tree = new Tree();
            switch (facts.type()) {
                case FILE -> tree.file(path, content(view, path, about), facts.mode());
                case DIRECTORY -> tree.dir(path, facts.mode());
                case SYMLINK -> tree.symlink(path, facts.link().toString());
                default -> tree.fifo(path);
            }
            shape.putAll(tree.asRoot());
        }
        return shape;
    }

    private static String content(ImageView view, String path, String about) {
        return read(view, path).orElseThrow(() -> new AssertionError(about + ": " + path));
    }
}
