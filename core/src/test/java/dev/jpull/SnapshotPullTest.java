// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Snapshotter;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.RawLayer;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import dev.jpull.testdata.TreeListing;
import dev.jpull.testdata.layers.LayerEntry;
import dev.jpull.testdata.layers.LayerModel;
import dev.jpull.testdata.layers.RandomLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pulls with snapshots: the trees, whiteouts, what is shared, what failures leave, and what is deleted. */
@Timeout(60)
class SnapshotPullTest {
    private static final String PLATFORM = "linux/amd64";
    private static final String APP = Fixture.NAMESPACE + "/team/app:1";
    private static final String OTHER = Fixture.NAMESPACE + "/team/other:1";
    private static final ImageFactory FACTORY = new ImageFactory(17);

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry registry;

    @BeforeEach
    void start() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "snapshots are made on Linux");
        fixture = new Fixture(temporary);
        registry = TestRegistry.start();
        fixture.hosts("server = \"" + registry.origin() + "\"");
    }

    @AfterEach
    void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    private static RawLayer layer(RawTar tar) {
        return RawLayer.gzip(tar.end().bytes());
    }

    private static TestImage image(RawLayer... layers) {
        return FACTORY.image(PLATFORM, List.of(layers));
    }

    private PulledImage pull(String name, Snapshotter form) {
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            return pull(puller, name, form);
        }
    }

    private static PulledImage pull(ImagePuller puller, String name, Snapshotter form) {
        return puller.pull(
                PullRequest.builder(name).platform(PLATFORM).snapshotter(form).build());
    }

    private LocalStore store() {
        return LocalStore.open(fixture.store());
    }

    private static Path top(PulledImage image) {
        List<PulledLayer> layers = image.layers();
        return Objects.requireNonNull(layers.get(layers.size() - 1).snapshot());
    }

    /** The tree of an image: of a native snapshot itself, of others a copy that is made in a mount. */
    private TreeListing tree(PulledImage image, Snapshotter form) throws IOException, InterruptedException {
        if (form == Snapshotter.NATIVE) {
            return TreeListing.of(top(image));
        }
        assumeTrue(mount(temporary.resolve("trial"), List.of("true")) == 0, "nothing can be mounted here");
        Path copy = Files.createDirectories(temporary.resolve("copy" + System.nanoTime()));
        Path mounted = Files.createDirectories(temporary.resolve("mounted"));
        List<String> command = store().mountCommand(Objects.requireNonNull(image.chainId()), form, mounted, null);
        int exit = mount(copy, command);
        assertThat(exit).as(() -> command + ": " + errors()).isZero();
        return TreeListing.of(copy);
    }

    private String errors() {
        try {
            return Files.readString(temporary.resolve("errors"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Mounts in a namespace of its own, and copies what is there. */
    private int mount(Path copy, List<String> mount) throws IOException, InterruptedException {
        boolean root = "root".equals(System.getProperty("user.name"));
        List<String> command = new ArrayList<>(List.of("unshare", root ? "-m" : "-rm", "sh", "-c"));
        command.add("to=$1; from=$2; shift 2; \"$@\" || exit 1; test \"$1\" = true || cp -a \"$from/.\" \"$to\"");
        command.addAll(
                List.of("sh", copy.toString(), temporary.resolve("mounted").toString()));
        command.addAll(mount);
        try {
            return new ProcessBuilder(command)
                    .redirectError(temporary.resolve("errors").toFile())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private static final RawLayer BASE = layer(new RawTar()
            .dir("bin/")
            .file("bin/sh", "shell", 04755)
            .dir("etc/")
            .file("etc/old", "old")
            .file("etc/kept", "kept")
            .dir("var/")
            .dir("var/cache/")
            .file("var/cache/1", "one")
            .file("var/cache/2", "two"));
    private static final RawLayer UPPER = layer(new RawTar()
            .dir("etc/")
            .file("etc/.wh.old", "")
            .file("etc/new", "new")
            .dir("var/cache/", 0700)
            .file("var/cache/.wh..wh..opq", "")
            .file("var/cache/3", "three")
            .hardLink("usr/bin/sh", "bin/sh"));

    @ParameterizedTest
    @EnumSource
    void whiteoutsHideWhatLowerLayersHave(Snapshotter form) throws IOException, InterruptedException {
        registry.serve("team/app", "1", image(BASE, UPPER));
        PulledImage pulled = pull(APP, form);
        SortedMap<String, String> shape = tree(pulled, form).shape();
        assertThat(shape.keySet())
                .containsExactlyInAnyOrder(
                        "bin",
                        "bin/sh",
                        "etc",
                        "etc/kept",
                        "etc/new",
                        "var",
                        "var/cache",
                        "var/cache/3",
                        "usr",
                        "usr/bin",
                        "usr/bin/sh");
        assertThat(shape.get("usr/bin/sh")).isEqualTo("= bin/sh");
        assertThat(store().snapshots())
                .extracting(LocalStore.StoredSnapshot::chainId)
                .containsExactlyElementsOf(
                        pulled.layers().stream().map(PulledLayer::chainId).toList());
    }

    @Test
    void treesOfBothFormsAreWhatTheLayersSay() throws IOException, InterruptedException {
        long seed = Long.getLong("jpull.seed", 1); // fixed: some random layers depend on the order within a layer
        for (int i = 0; i < 6; i++) {
            LayerModel model = new LayerModel();
            List<List<LayerEntry>> layers = new RandomLayers(seed + i, "/nowhere").lawful(model);
            String name = Fixture.NAMESPACE + "/team/random:" + i;
            registry.serve(
                    "team/random",
                    String.valueOf(i),
                    image(layers.stream()
                            .map(layer -> RawLayer.gzip(RandomLayers.archive(layer)))
                            .toArray(RawLayer[]::new)));
            TreeListing tree = tree(pull(name, Snapshotter.NATIVE), Snapshotter.NATIVE);
            assertThat(tree.shape()).as("seed %d, layers %s", seed + i, layers).isEqualTo(shape(model));
            if (layers.stream().anyMatch(SnapshotPullTest::hidesADirectoryTwice)) {
                continue;
            }
            PulledImage pulled;
            try {
                pulled = pull(name, Snapshotter.OVERLAYFS);
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("use --snapshotter native");
                continue;
            }
            TreeListing overlay = tree(pulled, Snapshotter.OVERLAYFS);
            assertThat(full(overlay)).as("seed %d, layers %s", seed + i, layers).isEqualTo(full(tree));
        }
    }

    /** Files of users without privileges belong to them, and lose their set-user-ID bits. */
    private static SortedMap<String, String> shape(LayerModel model) {
        SortedMap<String, String> shape = model.shape();
        if (!"root".equals(System.getProperty("user.name"))) {
            shape.replaceAll((path, line) -> line.replace("mode 4755", "mode 755"));
        }
        return shape;
    }

    /** A directory that a layer hides, and in which it hides names besides, is an empty one in a mount. */
    private static boolean hidesADirectoryTwice(List<LayerEntry> layer) {
        return layer.stream()
                .map(entry -> entry.path().replaceFirst("(^|/)\\.wh\\.([^/]+)$", "$1$2/"))
                .filter(hidden -> hidden.endsWith("/"))
                .anyMatch(hidden -> layer.stream()
                        .map(LayerEntry::path)
                        .anyMatch(path -> path.startsWith(hidden) && path.contains("/.wh.")));
    }

    /** The trees of the forms, which are the same, with times where an entry says them. */
    private TreeListing sameTree(RawLayer... layers) throws IOException, InterruptedException {
        registry.serve("team/app", "1", image(layers));
        TreeListing tree = tree(pull(APP, Snapshotter.NATIVE), Snapshotter.NATIVE);
        assertThat(full(tree(pull(APP, Snapshotter.OVERLAYFS), Snapshotter.OVERLAYFS)))
                .isEqualTo(full(tree));
        return tree;
    }

    @Test
    void filesBelowALinkOfALowerLayerAreWhereItLeads() throws IOException, InterruptedException {
        RawLayer base = layer(new RawTar()
                .dir("usr/", 0750)
                .dir("usr/bin/", 01755)
                .file("usr/bin/sh", "shell")
                .file("usr/bin/old", "old")
                .symlink("bin", "usr/bin")
                .symlink("dangling", "made/here")
                .dir("opt/")
                .symlink("usr/bin/inner", "/opt"));
        RawLayer upper = layer(new RawTar()
                .file("bin/x", "x")
                .file("bin/.wh.old", "")
                .file("bin/inner/deep/y", "y")
                .hardLink("bin/z", "bin/sh")
                .file("dangling/a", "a")
                .dir("usr/bin/", 0711)
                .file("usr/bin/own", "own"));
        assertThat(sameTree(base, upper, layer(new RawTar().file("bin/later", "later")))
                        .shape())
                .containsKeys("usr/bin/x", "usr/bin/sh", "usr/bin/own", "usr/bin/later", "opt/deep/y", "made/here/a")
                .containsEntry("usr/bin/z", "= usr/bin/sh")
                .doesNotContainKeys("usr/bin/old", "bin/x");
    }

    @Test
    void snapshotsAreFoundByTheirOwnerUnderAnotherName() throws IOException {
        registry.serve("team/app", "1", image(BASE, UPPER));
        Path own = top(pull(APP, Snapshotter.OVERLAYFS)).resolve("../../..").normalize();
        Path other = own.resolveSibling("of-another");
        Files.move(own, other);
        assertThat(store().snapshots())
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.tree()).startsWith(other));
        assertThat(top(pull(APP, Snapshotter.OVERLAYFS))).startsWith(other);
    }

    @Test
    void whiteoutsBelowLinksHideWhereTheyLead() throws IOException, InterruptedException {
        RawLayer base = layer(new RawTar()
                .dir("lib/")
                .dir("lib/a/")
                .file("lib/a/old", "old")
                .file("lib/b", "b")
                .symlink("link", "lib")
                .symlink("nowhere", "absent"));
        RawLayer upper = layer(new RawTar()
                .file("link/.wh.b", "")
                .file("nowhere/.wh.x", "")
                .file("link/.wh.a", "")
                .dir("lib/a/")
                .file("lib/a/new", "new"));
        assertThat(sameTree(base, upper).shape().keySet())
                .containsExactlyInAnyOrder("lib", "lib/a", "lib/a/new", "link", "nowhere");
    }

    @ParameterizedTest
    @EnumSource
    void filesBelowWhatLeadsToNoDirectoryAreRefused(Snapshotter form) {
        RawLayer base =
                layer(new RawTar().file("file", "f").symlink("link", "file").symlink("circle", "circle"));
        for (String path : List.of("file/a", "link/a", "circle/a")) {
            registry.serve("team/app", "1", image(base, layer(new RawTar().file(path, ""))));
            assertThatThrownBy(() -> pull(APP, form))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining("layer 2 of 2")
                    .hasMessageContaining(path.substring(0, path.indexOf('/')));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLayerThatDoesNotFitToThoseBelowIsNamed(Snapshotter form) {
        RawLayer base = layer(new RawTar().file("a", "a"));
        for (RawTar bad : List.of(new RawTar().file("a/b", "b"), new RawTar().hardLink("link", "nothing"))) {
            registry.serve("team/app", "1", image(base, layer(bad)));
            assertThatThrownBy(() -> pull(APP, form))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining("layer 2 of 2");
            assertThat(store().images()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whiteoutsBelowAFileHideNothing(Snapshotter form) throws IOException, InterruptedException {
        RawLayer base = layer(new RawTar().file("a", "a"));
        registry.serve(
                "team/app",
                "1",
                image(base, layer(new RawTar().file("a/.wh.b", "").file("c", "c"))));
        assertThat(tree(pull(APP, form), form).shape()).containsOnlyKeys("a", "c");
    }

    @ParameterizedTest
    @EnumSource
    void theRootHasTheAttributesOfTheLastEntryForIt(Snapshotter form) throws IOException, InterruptedException {
        RawLayer root = layer(new RawTar().dir("./", 0750).file("./b", "b"));
        registry.serve("team/app", "1", image(BASE, root, layer(new RawTar().file("./c", "c"))));
        Path top = top(pull(APP, form));
        assertThat(Files.getLastModifiedTime(top).to(TimeUnit.SECONDS)).isEqualTo(1_000_000_000);
        assertThat(Files.getAttribute(top, "unix:mode")).isEqualTo(040750);
    }

    @ParameterizedTest
    @EnumSource
    void aLayerMayLinkToWhatItHidesOrReplaces(Snapshotter form) throws IOException, InterruptedException {
        RawLayer upper = layer(new RawTar()
                .hardLink("first", "bin/sh")
                .hardLink("second", "bin/sh")
                .hardLink("old", "etc/old")
                .hardLink("one", "var/cache/1")
                .file("bin/.wh.sh", "")
                .dir("etc/old/")
                .file("var/.wh.cache", ""));
        registry.serve("team/app", "1", image(BASE, upper));
        SortedMap<String, String> shape = tree(pull(APP, form), form).shape();
        assertThat(shape)
                .containsOnlyKeys("bin", "etc", "etc/kept", "etc/old", "var", "first", "second", "old", "one")
                .containsEntry("second", "= first");
        assertThat(shape.get("etc/old")).startsWith("d");
    }

    /** Directories without an entry have the time of the unpacking. */
    private static String full(TreeListing tree) {
        return tree.full().toString().replaceAll(" 1[1-9][0-9]{8}\\.[0-9]+", " now");
    }

    @ParameterizedTest
    @EnumSource
    void directoriesWithoutAnEntryKeepTheirAttributes(Snapshotter form) throws IOException, InterruptedException {
        RawLayer base =
                layer(new RawTar().dir("root/", 0700).dir("root/sub/", 01777).file("root/sub/a", "a"));
        registry.serve(
                "team/app",
                "1",
                image(base, layer(new RawTar().file("root/sub/b", "b").file("root/other/c", "c"))));
        SortedMap<String, String> full = tree(pull(APP, form), form).full();
        assertThat(full.get("root")).startsWith("d 700 ").contains(" 1000000000.");
        assertThat(full.get("root/sub")).startsWith("d 1777 ").contains(" 1000000000.");
        assertThat(full.get("root/other")).startsWith("d 755 ");
    }

    @ParameterizedTest
    @EnumSource
    void aLayerThatFailsNamesNoSnapshot(Snapshotter form) {
        byte[] wrong = new RawTar().file("etc/file", "other").end().bytes();
        RawLayer lying = new RawLayer(UPPER.mediaType(), RawLayer.gzip(wrong).blob(), UPPER.diffId());
        RawLayer hostile = layer(new RawTar().dir("etc/").file("etc/.wh.x/y", ""));
        RawLayer cut = RawLayer.gzip(Arrays.copyOf(wrong, 514));
        for (RawLayer bad : List.of(lying, hostile, cut)) {
            registry.serve("team/app", "1", image(BASE, bad, UPPER));
            assertThatThrownBy(() -> pull(APP, form))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining("layer 2 of 3");
            assertThat(store().images()).isEmpty();
            assertThat(store().snapshots()).isEmpty();
            assertThat(store().prune(Duration.ZERO, Long.MAX_VALUE, false).leftovers())
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void layersThatImagesShareAreUnpackedOnce(Snapshotter form) throws IOException {
        registry.serve("team/app", "1", image(BASE, UPPER));
        RawLayer own = layer(new RawTar().file("own", "own"));
        registry.serve("team/other", "1", image(BASE, own));
        Path base = Objects.requireNonNull(pull(APP, form).layers().get(0).snapshot());
        Object identity = Files.getAttribute(base, "unix:ino");
        PulledImage other = pull(OTHER, form);
        assertThat(other.layers().get(0).snapshot()).isEqualTo(base);
        assertThat(other.layers().get(0).diffIdVerified()).isFalse();
        assertThat(other.layers().get(1).diffIdVerified()).isTrue();
        assertThat(Files.getAttribute(base, "unix:ino")).isEqualTo(identity);
        assertThat(store().snapshots()).hasSize(3);

        LocalStore.Removal removed = store().remove(List.of(APP));
        assertThat(removed.snapshots()).hasSize(1);
        assertThat(store().snapshots())
                .extracting(LocalStore.StoredSnapshot::tree)
                .containsExactlyInAnyOrder(base, top(other));
        assertThat(store().prune(Duration.ZERO, Long.MAX_VALUE, false).snapshots())
                .isEmpty();
        assertThat(store().remove(List.of(OTHER)).snapshots()).hasSize(2);
        assertThat(store().snapshots()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void twoPullersAtOnceMakeTheSame(Snapshotter form) throws IOException, InterruptedException {
        registry.serve("team/app", "1", image(BASE, UPPER));
        try (ImagePuller first = fixture.retryingAtOnce().build();
                ImagePuller second = fixture.retryingAtOnce().build()) {
            CompletableFuture<PulledImage> running = CompletableFuture.supplyAsync(() -> pull(first, APP, form));
            PulledImage own = pull(second, APP, form);
            assertThat(top(running.join())).isEqualTo(top(own));
            assertThat(tree(own, form).shape()).hasSize(11);
        }
        assertThat(store().prune(Duration.ofHours(1), Long.MAX_VALUE, false).leftovers())
                .isZero();
    }

    @Test
    void anImageHasSnapshotsOfBothForms() {
        registry.serve("team/app", "1", image(BASE, UPPER));
        assertThat(top(pull(APP, Snapshotter.NATIVE))).isNotEqualTo(top(pull(APP, Snapshotter.OVERLAYFS)));
        assertThat(store().snapshots()).hasSize(4);
        assertThat(store().snapshots())
                .allSatisfy(snapshot -> assertThat(snapshot.images()).containsExactly(APP));
    }

    @Test
    void aLayerWithTheSameContentTwiceHasTwoSnapshots() throws IOException {
        registry.serve("team/app", "1", image(BASE, UPPER, UPPER));
        PulledImage pulled = pull(APP, Snapshotter.NATIVE);
        assertThat(pulled.layers()).extracting(PulledLayer::snapshot).doesNotHaveDuplicates();
        assertThat(TreeListing.of(top(pulled)).shape()).hasSize(11);
    }
}
