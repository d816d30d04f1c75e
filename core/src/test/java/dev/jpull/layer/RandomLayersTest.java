// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.posix.Posix;
import dev.jpull.tar.TarException;
import dev.jpull.testdata.TreeListing;
import dev.jpull.testdata.hostile.HostileArchive;
import dev.jpull.testdata.layers.LayerEntry;
import dev.jpull.testdata.layers.LayerModel;
import dev.jpull.testdata.layers.RandomLayers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layers of random entries, few names of which lead to, through and over one another. The model, which umoci agrees with, is what must
 * come out; and whatever the entries are, nothing outside changes. A failure says the seed.
 */
@Timeout(120)
class RandomLayersTest {
    private static final int SEEDS = 150;

    @TempDir
    Path temporary;

    @Test
    void treesAreThoseOfTheModel() throws IOException {
        Map<Integer, SortedMap<String, String>> expected = new HashMap<>();
        Map<Integer, List<List<LayerEntry>>> made = new HashMap<>();
        int refused = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            LayerModel model = new LayerModel();
            List<List<LayerEntry>> layers =
                    new RandomLayers(seed, temporary.resolve("outside").toString()).lawful(model);
            made.put(seed, layers);
            try {
                unpack(layers, seed);
            } catch (TarException e) {
                // A path that leads through a link of a lower layer, and another entry that replaces what it leads to:
                // a layer that
                // is extracted on its own cannot tell which comes first, and refuses. No tool writes such layers.
                refused++;
                continue;
            }
            expected.put(seed, model.shape());
        }
        assertThat(refused).isLessThanOrEqualTo(SEEDS / 20);
        TreeListing all = TreeListing.of(temporary);
        boolean root = Posix.effectiveUser() == 0;
        for (int seed : expected.keySet()) {
            SortedMap<String, String> lines = new TreeMap<>(expected.getOrDefault(seed, new TreeMap<>()));
            if (!root) {
                lines.replaceAll((path, line) -> line.replace(" mode 4755", " mode 755"));
            }
            assertThat(all.below("seed-" + seed).below("tree").shape())
                    .as("seed %d: %s", seed, made.get(seed))
                    .isEqualTo(lines);
        }
    }

    @Test
    void nothingOutsideChanges() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("canary"), "canary");
        SortedMap<String, String> before = TreeListing.of(outside).identity();
        int refused = 0;
        for (int seed = 0; seed < 2 * SEEDS; seed++) {
            try {
                unpack(new RandomLayers(seed, outside.toString()).wild(), seed);
            } catch (TarException e) {
                refused++;
            }
        }
        assertThat(TreeListing.of(outside).identity()).isEqualTo(before);
        // Most kinds of entries are extracted, and some refused: the layers are neither harmless nor nonsense.
        assertThat(refused).isBetween(SEEDS / 10, 2 * SEEDS - SEEDS / 10);
        assertThat(TreeListing.of(temporary).nodes().keySet().stream()
                        .filter(path -> path.matches("seed-[0-9]+/[^/]+")))
                .allMatch(path -> path.endsWith("/tree"));
    }

    private void unpack(List<List<LayerEntry>> entries, int seed) throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("seed-" + seed));
        Files.createDirectory(directory.resolve("tree"));
        List<HostileArchive.Layer> layers = new ArrayList<>();
        for (List<LayerEntry> layer : entries) {
            byte[] archive = RandomLayers.archive(layer);
            layers.add(() -> new ByteArrayInputStream(archive));
        }
        LayerStack.unpack(layers, directory, "tree");
    }
}
