// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import dev.jpull.store.StoreCleaner;
import dev.jpull.store.StoreVerifier;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What is in a store: the images by name, whether all of it is still what it should be, and what nobody needs any more. For
 * use by one thread; pulls into the store may go on meanwhile, also in other processes.
 */
public final class LocalStore {
    private final ImageStore store;

    private LocalStore(ImageStore store) {
        this.store = store;
    }

    /**
     * A store that is there.
     *
     * @throws StoreException if there is none, or it cannot be read
     */
    public static LocalStore open(Path directory) {
        return new LocalStore(ImageStore.openExisting(directory));
    }

    /**
     * An image by name.
     *
     * @param name its name
     * @param root its manifest or index
     * @param bytes how many bytes of it are there, those that it shares with others included
     * @param used when it was pulled last
     */
    public record StoredImage(String name, Descriptor root, long bytes, Instant used) {}

    /**
     * A blob that is not what it should be.
     *
     * @param descriptor what it should be
     * @param path where it is
     * @param reason what is wrong with it
     * @param images the names of the images that need it
     */
    public record Damage(Descriptor descriptor, Path path, String reason, List<String> images) {
        /** Copies the list. */
        public Damage {
            images = List.copyOf(images);
        }
    }

    /**
     * What was taken away, or would be.
     *
     * @param images names of images
     * @param blobs digests of blobs
     * @param bytes how many bytes that frees
     */
    public record Removal(List<String> images, List<Digest> blobs, long bytes) {
        /** Copies the lists. */
        public Removal {
            images = List.copyOf(images);
            blobs = List.copyOf(blobs);
        }
    }

    /** The images, in the order of the index. */
    public List<StoredImage> images() {
        StoreCleaner cleaner = new StoreCleaner(store);
        Map<Digest, StoreCleaner.Blob> blobs = cleaner.blobs();
        List<StoredImage> images = new ArrayList<>();
        for (LayoutIndex.Entry entry : store.index().list()) {
            long bytes = 0;
            for (Digest digest : cleaner.needed(List.of(entry.root())).keySet()) {
                StoreCleaner.Blob blob = blobs.get(digest);
                bytes += blob == null ? 0 : blob.size();
            }
            StoreCleaner.Blob root = blobs.get(entry.root().digest());
            images.add(new StoredImage(entry.name(), entry.root(), bytes, root == null ? Instant.EPOCH : root.used()));
        }
        return images;
    }

    /**
     * Hashes every blob again.
     *
     * @param remove whether what is damaged is taken away, so that it can be fetched again
     */
    public List<Damage> verify(boolean remove) {
        return new StoreVerifier(store)
                .verify(remove).stream()
                        .map(bad -> new Damage(bad.descriptor(), bad.path(), bad.reason(), bad.images()))
                        .toList();
    }

    /**
     * Takes away the blobs that no image needs, and then images that were not pulled for longest until the rest is small
     * enough.
     *
     * @param unused how long a blob that no image needs must not have been used
     * @param keepBytes how much may be left, in bytes; {@link Long#MAX_VALUE} to keep all images
     * @param dryRun whether to say only what would be taken away
     */
    public Removal prune(Duration unused, long keepBytes, boolean dryRun) {
        return removal(new StoreCleaner(store).prune(unused, keepBytes, dryRun));
    }

    /**
     * Takes away images by name, and what only they need.
     *
     * @throws StoreException if there is no such image
     */
    public Removal remove(Collection<String> names) {
        List<String> known =
                store.index().list().stream().map(LayoutIndex.Entry::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new StoreException("there is no image " + name + " in " + store.root()
                        + ": \"jpull store ls\" lists those that there are");
            }
        }
        return removal(new StoreCleaner(store).remove(names));
    }

    private static Removal removal(StoreCleaner.Removed removed) {
        return new Removal(
                removed.names(),
                removed.blobs().stream().map(StoreCleaner.Blob::digest).toList(),
                removed.bytes());
    }
}
