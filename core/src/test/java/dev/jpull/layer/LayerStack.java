// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.LayerDecoder;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.Posix;
import dev.jpull.tar.TarReader;
import dev.jpull.testdata.hostile.HostileArchive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Unpacks layers as a pull does, but one after the other: each into a staging, which is merged into the tree. */
final class LayerStack {
    private static final byte[] STAGING = "staging".getBytes(StandardCharsets.US_ASCII);

    private LayerStack() {}

    /**
     * Unpacks layers.
     *
     * @param directory where the stagings are made, and removed
     * @param tree the name in it of an empty directory, for the tree
     */
    static void unpack(List<HostileArchive.Layer> layers, Path directory, String tree) throws IOException {
        ExtractOptions options = ExtractOptions.forUser(Posix.effectiveUser());
        try (OpenDirectory parent = OpenDirectory.open(directory);
                OpenDirectory root = parent.child(tree.getBytes(StandardCharsets.US_ASCII))) {
            for (HostileArchive.Layer layer : layers) {
                unpack(layer, parent, root, options);
            }
        }
    }

    private static void unpack(
            HostileArchive.Layer layer, OpenDirectory parent, OpenDirectory root, ExtractOptions options)
            throws IOException {
        parent.makeDirectory(STAGING, 0700);
        try (OpenDirectory staging = parent.child(STAGING);
                TarReader reader = new TarReader(
                        LayerDecoder.open(layer.open(), HostileArchivesReadTest.DECODE), HostileArchivesReadTest.TAR)) {
            TreeMerge.merge(staging, LayerExtractor.extract(reader, staging, options, () -> false), root, () -> false);
        } finally {
            parent.removeTree(STAGING);
        }
    }
}
