// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.image.Snapshotter;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.RawLayer;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.TestRegistry;
import dev.jpull.testdata.TreeListing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed at random instants of a pull leave no snapshot that is wrong, and nothing that a clean-up does not find. */
class SnapshotKillTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final int ROUNDS = Boolean.getBoolean("jpull.soak") ? 100 : 3;
    private static final int LAYERS = 4;
    private static final int FILES = 60;

    @TempDir
    Path temporary;

    private static RawLayer layer(int number) {
        RawTar tar = new RawTar().dir("d" + number + "/").dir("common/");
        for (int i = 0; i < FILES; i++) {
            tar.file("d" + number + "/f" + i, "content " + i);
            tar.file("common/f" + i, number + " " + i);
        }
        tar.file("common/.wh.f" + (number - 1), "");
        return RawLayer.gzip(tar.end().bytes());
    }

    @Test
    void noKillLeavesAWrongSnapshot() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "snapshots are made on Linux");
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Fixture fixture = new Fixture(temporary);
        try (TestRegistry registry = TestRegistry.start()) {
            fixture.hosts("server = \"" + registry.origin() + "\"");
            RawLayer[] layers = Stream.iterate(1, n -> n + 1)
                    .limit(LAYERS)
                    .map(SnapshotKillTest::layer)
                    .toArray(RawLayer[]::new);
            registry.serve("team/app", "1", new ImageFactory(3).image("linux/amd64", List.of(layers)));
            long start = System.nanoTime();
            assertThat(process(temporary.resolve("whole"), Snapshotter.NATIVE).waitFor())
                    .isZero();
            long whole = System.nanoTime() - start;
            List<SortedMap<String, String>> expected = trees(temporary.resolve("whole"), Snapshotter.NATIVE);
            for (int round = 0; round < ROUNDS; round++) {
                Path store = temporary.resolve("store" + round);
                Snapshotter form = round % 2 == 0 ? Snapshotter.NATIVE : Snapshotter.OVERLAYFS;
                Process process = process(store, form);
                boolean ended = process.waitFor(whole / 3 + random.nextLong(whole), TimeUnit.NANOSECONDS);
                process.destroyForcibly().waitFor();
                check(store, form, ended, expected, "seed " + seed + ", round " + round);
            }
        }
    }

    private void check(Path store, Snapshotter form, boolean ended, List<SortedMap<String, String>> expected, String as)
            throws IOException, InterruptedException {
        if (!Files.exists(store.resolve("oci-layout"))) {
            return; // killed before there was a store
        }
        LocalStore local = LocalStore.open(store);
        if (!local.images().isEmpty()) {
            assertThat(local.snapshots()).as(as).hasSize(LAYERS);
        }
        if (form == Snapshotter.NATIVE) {
            for (LocalStore.StoredSnapshot each : local.snapshots()) {
                assertThat(TreeListing.of(each.tree()).shape()).as(as).isIn(expected);
            }
        }
        local.prune(Duration.ZERO, Long.MAX_VALUE, false);
        assertThat(local.prune(Duration.ZERO, Long.MAX_VALUE, false).leftovers())
                .as(as)
                .isZero();
        Path snapshots = store.resolve("snapshots");
        if (Files.exists(snapshots)) {
            try (Stream<Path> files = Files.walk(snapshots)) {
                assertThat(files.map(path -> snapshots.relativize(path).toString()))
                        .as(as)
                        .noneMatch(path -> path.contains("/work/"));
            }
        }
        assertThat(process(store, form).waitFor()).as(as).isZero();
        assertThat(LocalStore.open(store).snapshots()).as(as + " " + ended).hasSize(LAYERS);
        if (form == Snapshotter.NATIVE) {
            assertThat(trees(store, form)).as(as).isEqualTo(expected);
        }
    }

    private static List<SortedMap<String, String>> trees(Path store, Snapshotter form) throws IOException {
        List<SortedMap<String, String>> trees = new java.util.ArrayList<>();
        for (LocalStore.StoredSnapshot each : LocalStore.open(store).snapshots()) {
            assertThat(each.snapshotter()).isEqualTo(form);
            trees.add(TreeListing.of(each.tree()).shape());
        }
        return trees;
    }

    private Process process(Path store, Snapshotter form) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SnapshotKillTest.class.getName(),
                        temporary.resolve("certs.d").toString(),
                        store.toString(),
                        form.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** What the process does: one pull. */
    public static void main(String[] args) {
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of())
                .hostsDirectory(Path.of(args[0]))
                .store(Path.of(args[1]))
                .build()) {
            puller.pull(PullRequest.builder(IMAGE)
                    .platform("linux/amd64")
                    .snapshotter(Snapshotter.valueOf(args[2]))
                    .build());
        }
    }
}
