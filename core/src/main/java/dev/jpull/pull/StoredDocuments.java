// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageIndex;
import dev.jpull.image.ImageManifest;
import dev.jpull.manifest.ConfigJson;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.store.ImageInspector;
import dev.jpull.store.ImageStore;
import java.nio.file.Path;

/**
 * Reads the documents of pulled images when they are asked for. Each is compared with its digest again.
 *
 * @param directory the directory of the store
 */
public record StoredDocuments(Path directory) {
    /**
     * The bytes of a manifest, an index or a configuration; also in a thread that is interrupted.
     *
     * @throws StoreException if it is not in the store any more, or is damaged
     */
    public byte[] content(Descriptor document) {
        boolean interrupted = Thread.interrupted(); // it would close the file that is read, and is kept for the caller
        try {
            while (true) {
                try {
                    return read(document);
                } catch (PullCancelledException e) {
                    if (!Thread.interrupted()) {
                        throw e;
                    }
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private byte[] read(Descriptor document) {
        int most = document.mediaType().isManifestOrIndex() ? DocumentJson.MAX_SIZE : LayerConfig.MAX_SIZE;
        return new ImageInspector(ImageStore.openExisting(directory)).document(document.digest(), most);
    }

    /**
     * A manifest.
     *
     * @throws StoreException as {@link #content} does
     */
    public ImageManifest manifest(Descriptor document) {
        if (DocumentJson.parse(content(document), document.mediaType()) instanceof ImageManifest manifest) {
            return manifest;
        }
        throw new IntegrityException(document.digest() + " is no manifest, but " + document.mediaType());
    }

    /**
     * An index.
     *
     * @throws StoreException as {@link #content} does
     */
    public ImageIndex index(Descriptor document) {
        if (DocumentJson.parse(content(document), document.mediaType()) instanceof ImageIndex index) {
            return index;
        }
        throw new IntegrityException(document.digest() + " is no index, but " + document.mediaType());
    }

    /**
     * The configuration of an image.
     *
     * @param layers how many layers the image has
     * @throws StoreException as {@link #content} does
     * @throws IntegrityException if it is not usable
     */
    public ImageConfig config(Descriptor document, int layers) {
        return ConfigJson.parse(content(document), layers);
    }
}
