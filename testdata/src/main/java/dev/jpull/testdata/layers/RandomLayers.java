// SPDX-License-Identifier: Apache-2.0
package dev.jpull.testdata.layers;

import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.layers.LayerModel.RefusedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Makes up layers in which few names occur often, so that entries meet, replace, hide and go through one another. Not thread-safe. */
public final class RandomLayers {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final List<Integer> FILE_MODES = List.of(0644, 0755, 0600, 04755);
    private static final List<Integer> DIRECTORY_MODES = List.of(0755, 0700, 01777, 0555);

    private final Random random;
    private final String outside;

    /** Layers from a seed, with links to a directory outside. */
    public RandomLayers(long seed, String outside) {
        this.random = new Random(seed);
        this.outside = outside;
    }

    /** Layers of any entries. */
    public List<List<LayerEntry>> wild() {
        List<List<LayerEntry>> layers = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            List<LayerEntry> layer = new ArrayList<>();
            for (int j = random.nextInt(1, 12); j > 0; j--) {
                layer.add(entry(List.of()));
            }
            layers.add(layer);
        }
        return layers;
    }

    /**
     * Layers that the rules allow, applied to the model. An entry comes after the entries of its parents and only once, as
     * tools write them; what a layer says about one path then does not depend on the order.
     */
    public List<List<LayerEntry>> lawful(LayerModel model) {
        List<List<LayerEntry>> layers = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            List<LayerEntry> layer = new ArrayList<>();
            model.startLayer();
            Set<String> used = new HashSet<>();
            for (int j = random.nextInt(1, 12); j > 0; j--) {
                LayerEntry entry = entry(model.paths());
                if (isNew(entry, used) && allows(model, entry)) {
                    layer.add(entry);
                    mark(entry, used);
                }
            }
            layers.add(layer);
        }
        return layers;
    }

    private static boolean allows(LayerModel model, LayerEntry entry) {
        try {
            model.apply(entry);
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    private static boolean isNew(LayerEntry entry, Set<String> used) {
        return !used.contains(plain(entry.path()))
                && !List.of(entry.path().split("/")).contains("..");
    }

    private static void mark(LayerEntry entry, Set<String> used) {
        String path = plain(entry.path());
        used.add(path);
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            used.add(path.substring(0, slash));
        }
        if (entry.type() == 'h') {
            used.add(plain(entry.text()));
        }
    }

    private static String plain(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.startsWith(".wh.") && !name.equals(".wh..wh..opq")
                ? path.substring(0, path.lastIndexOf('/') + 1) + name.substring(4)
                : path;
    }

    private LayerEntry entry(List<String> existing) {
        String path = path();
        String content = "content " + random.nextInt(1000);
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> new LayerEntry('d', path, "", pick(DIRECTORY_MODES));
            case 3, 4, 5 -> new LayerEntry('f', path, content, pick(FILE_MODES));
            case 6, 7 -> new LayerEntry('l', path, target(), 0777);
            case 8 ->
                new LayerEntry(
                        'h', path, existing.isEmpty() || random.nextInt(4) == 0 ? target() : pick(existing), 0644);
            case 9 -> new LayerEntry('p', path, "", 0644);
            case 10 -> new LayerEntry('f', hidden(path), "", 0644);
            default -> new LayerEntry('f', path + "/.wh..wh..opq", "", 0644);
        };
    }

    private static String hidden(String path) {
        int slash = path.lastIndexOf('/') + 1;
        return path.substring(0, slash) + ".wh." + path.substring(slash);
    }

    private String path() {
        String path = pick(NAMES);
        for (int depth = random.nextInt(3); depth > 0; depth--) {
            path += "/" + (random.nextInt(40) == 0 ? ".." : pick(NAMES));
        }
        return path;
    }

    private String target() {
        return switch (random.nextInt(6)) {
            case 0 -> outside;
            case 1 -> outside + "/canary";
            case 2 -> "../".repeat(random.nextInt(1, 6)) + pick(NAMES);
            case 3 -> "/" + path();
            case 4 -> ".";
            default -> path();
        };
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** The archive of a layer. */
    public static byte[] archive(List<LayerEntry> layer) {
        RawTar tar = new RawTar();
        layer.forEach(entry -> entry.write(tar));
        return tar.end().bytes();
    }
}
