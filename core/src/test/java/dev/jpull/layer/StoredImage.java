// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.ChainId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Puts layers into files, as a store has them. */
final class StoredImage {
    private StoredImage() {}

    /** Layers of these archives, base first, compressed with gzip. */
    static List<StoredLayer> layers(Path directory, List<byte[]> archives) throws IOException {
        List<Digest> diffIds = archives.stream().map(Digest::sha256).toList();
        List<Digest> chain = ChainId.chain(diffIds);
        List<StoredLayer> layers = new ArrayList<>();
        for (int i = 0; i < archives.size(); i++) {
            byte[] blob = gzip(archives.get(i));
            Digest digest = Digest.sha256(blob);
            Path file = directory.resolve(digest.hex());
            Files.write(file, blob);
            Descriptor descriptor = new Descriptor(MediaType.OCI_LAYER_GZIP, digest, blob.length);
            layers.add(new StoredLayer(
                    new PlannedLayer(
                            "example.org/app:1", digest, i, archives.size(), descriptor, diffIds.get(i), chain.get(i)),
                    file,
                    LayerDecoding.within(DecodeLimits.DEFAULT)));
        }
        return layers;
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }
}
