// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of an image without unpacking it. Each call reads the layers that it needs from the top, and verifies each of them
 * in full. Immutable.
 *
 * @param image the image, for messages
 * @param layers its layers, base first
 */
public record ImageView(String image, List<StoredLayer> layers) {
    /** Copies the list. */
    public ImageView {
        layers = List.copyOf(layers);
    }

    /** All files, in the order of their paths, a directory before what is in it; reads all layers. */
    public List<MergedFile> files() {
        return new Pass(null, 0).view.files();
    }

    /**
     * The content of the regular file at a path, once it is verified; empty where the image has none.
     *
     * @param path links in it are followed within the image
     * @param maxSize how many bytes it may have
     * @throws IllegalArgumentException if it has more
     */
    public Optional<byte[]> read(RawPath path, int maxSize) {
        Pass pass = new Pass(path, maxSize);
        Optional<FileFacts> file = pass.file();
        if (file.isPresent() && file.get().size() > maxSize) {
            throw new IllegalArgumentException(
                    "the file " + path + " has " + file.get().size() + " bytes, but at most " + maxSize
                            + " are read: allow more, or open it as a stream");
        }
        return file.map(facts -> pass.scan(facts.layer()).content(facts.entry()));
    }

    /**
     * The content of the regular file at a path, as a stream; empty where the image has none. The layers that lead to it are
     * verified before. Its own layer is read once more for the content, and verified again when the end is reached, so that bytes
     * that were read before are right only if the end comes.
     */
    public Optional<InputStream> open(RawPath path) {
        return new Pass(path, 0)
                .file()
                .map(facts -> FileStream.open(layers.get(facts.layer()), facts.entry(), facts.size()));
    }

    /** The layers that one call has read. */
    private final class Pass {
        private final @Nullable RawPath wanted;
        private final int maxSize;
        private final LayerScan[] scans = new LayerScan[layers.size()];
        private final LayerTree[] trees = new LayerTree[layers.size()];
        private final ViewLimits limits = new ViewLimits(image, ViewLimits.MAX_NAMES, ViewLimits.MAX_BYTES);
        private final MergedView view = new MergedView(layers.size(), this::tree);

        Pass(@Nullable RawPath wanted, int maxSize) {
            this.wanted = wanted;
            this.maxSize = maxSize;
        }

        private Optional<FileFacts> file() {
            return wanted == null
                    ? Optional.empty()
                    : view.resolve(wanted).filter(facts -> facts.type() == EntryType.FILE);
        }

        private LayerScan scan(int layer) {
            if (scans[layer] == null) {
                scans[layer] = new LayerScan(layers.get(layer), maxSize);
            }
            return scans[layer];
        }

        private LayerTree tree(int layer) {
            if (trees[layer] == null) {
                LayerTree tree = scan(layer).tree(wanted, limits);
                try {
                    new ImplicitPlacement(tree, view, layer, limits).run();
                } catch (TarException e) {
                    throw layers.get(layer).failure(e);
                }
                trees[layer] = tree;
            }
            return trees[layer];
        }
    }
}
