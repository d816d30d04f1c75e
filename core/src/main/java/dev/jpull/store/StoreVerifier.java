// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hashes every blob of a store again, because disks forget. For use by one thread; pulls may go on meanwhile. */
public final class StoreVerifier {
    private static final int BUFFER = 1 << 20;
    private static final MediaType UNKNOWN = new MediaType("application/octet-stream");

    private final ImageStore store;

    /** A verifier for a store. */
    public StoreVerifier(ImageStore store) {
        this.store = store;
    }

    /**
     * A blob that is not what it should be.
     *
     * @param descriptor what it should be; of unknown type when no image needs it
     * @param path where it is
     * @param reason what is wrong with it
     * @param images the names of the images that need it
     */
    public record Bad(Descriptor descriptor, Path path, String reason, List<String> images) {
        /** Copies the list. */
        public Bad {
            images = List.copyOf(images);
        }
    }

    /**
     * Looks at every blob.
     *
     * @param remove whether to delete the bad ones
     */
    public List<Bad> verify(boolean remove) {
        StoreCleaner cleaner = new StoreCleaner(store);
        Map<Digest, Descriptor> needed = new HashMap<>();
        Map<Digest, List<String>> images = new HashMap<>();
        // What a damaged manifest needs cannot be followed; a second look after its repair does.
        for (LayoutIndex.Entry entry : store.index().list()) {
            cleaner.needed(List.of(entry.root())).forEach((digest, descriptor) -> {
                needed.putIfAbsent(digest, descriptor);
                images.computeIfAbsent(digest, unseen -> new ArrayList<>()).add(entry.name());
            });
        }
        List<Bad> bad = new ArrayList<>();
        for (StoreCleaner.Blob blob : cleaner.blobs().values()) {
            Descriptor wanted = needed.getOrDefault(blob.digest(), new Descriptor(UNKNOWN, blob.digest(), blob.size()));
            String reason = reason(blob, wanted);
            if (reason != null) {
                bad.add(new Bad(wanted, blob.path(), reason, images.getOrDefault(blob.digest(), List.of())));
            }
        }
        for (LayoutIndex.Entry entry : store.index().list()) {
            Path root = store.pathOf(entry.root().digest());
            if (!Files.exists(root)) {
                bad.add(new Bad(entry.root(), root, "it is not there", List.of(entry.name())));
            }
        }
        if (remove) {
            bad.forEach(StoreVerifier::delete);
        }
        return bad;
    }

    private static @Nullable String reason(StoreCleaner.Blob blob, Descriptor wanted) {
        if (blob.size() != wanted.size()) {
            return "it has " + blob.size() + " bytes instead of " + wanted.size();
        }
        MessageDigest hash = blob.digest().algorithm().newMessageDigest();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.max(1, Math.min(BUFFER, blob.size())));
        try (FileChannel channel = FileChannel.open(blob.path(), StandardOpenOption.READ)) {
            while (channel.read(buffer) >= 0) {
                hash.update(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
        } catch (IOException e) {
            return "it cannot be read: " + e.getMessage();
        }
        return Digest.of(blob.digest().algorithm(), hash.digest()).equals(blob.digest())
                ? null
                : "its content has another digest";
    }

    private static void delete(Bad bad) {
        try {
            Files.deleteIfExists(bad.path());
        } catch (IOException e) {
            throw StoreFiles.failure("delete", bad.path(), e);
        }
    }
}
