// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.IntegrityException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.store.ByteRange;
import dev.jpull.store.ImageStore;
import dev.jpull.store.Ingest;
import dev.jpull.store.WaitControl;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * An OCI image layout in a directory. Only what its images need is read; what is absent there is left out. No link is followed as the
 * last part of a path, and what is no regular file is refused. For use by one thread.
 */
final class LayoutDirectory {
    private static final int MAX_LAYOUT = 4096;
    private static final int MAX_BLOBS = 1_000_000;
    private static final int BUFFER = 1 << 20;

    private final Path root;
    private final ImageStore store;
    private final WaitControl wait;
    private final LongConsumer progress;
    private final Set<Digest> seen = new HashSet<>();
    private final byte[] buffer = new byte[BUFFER];
    private long written;
    private long present;

    LayoutDirectory(Path root, ImageStore store, WaitControl wait, LongConsumer progress) {
        this.root = root;
        this.store = store;
        this.wait = wait;
        this.progress = progress;
    }

    long written() {
        return written;
    }

    long present() {
        return present;
    }

    /** The content of index.json. */
    byte[] index() throws IOException {
        try {
            RegularFile.read(root.resolve(OciContents.LAYOUT), MAX_LAYOUT, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw new IntegrityException("the directory " + root
                    + " is no OCI image layout, because it has no oci-layout: import an archive, or such a layout");
        }
        return RegularFile.read(root.resolve(OciContents.INDEX), DocumentJson.MAX_SIZE, LinkOption.NOFOLLOW_LINKS);
    }

    /** Takes images into the store, with everything of them that is in the directory. */
    void read(Collection<Descriptor> images) throws IOException {
        Deque<Descriptor> open = new ArrayDeque<>(images);
        while (!open.isEmpty()) {
            Descriptor next = open.remove();
            if (!seen.add(next.digest())) {
                continue;
            }
            if (seen.size() > MAX_BLOBS) {
                throw new IntegrityException("the images in " + root + " have more than " + MAX_BLOBS + " blobs");
            }
            if (take(next) && next.mediaType().isManifestOrIndex() && next.size() <= DocumentJson.MAX_SIZE) {
                Optional<byte[]> content = store.document(next.digest(), DocumentJson.MAX_SIZE);
                if (content.isPresent()) {
                    DocumentJson.parse(content.get(), next.mediaType())
                            .children()
                            .forEach(child -> open.add(child.withoutAnnotations()));
                }
            }
        }
    }

    /** Takes a blob; false if the directory does not have it. */
    private boolean take(Descriptor blob) throws IOException {
        if (store.has(blob)) {
            store.touch(blob.digest());
            present += blob.size();
            return true;
        }
        Path file = root.resolve("blobs")
                .resolve(blob.digest().algorithm().label())
                .resolve(blob.digest().hex());
        long size;
        try {
            size = RegularFile.require(file, LinkOption.NOFOLLOW_LINKS).size();
        } catch (NoSuchFileException e) {
            return false;
        }
        if (size != blob.size()) {
            throw new IntegrityException(
                    file + " has " + size + " bytes, but an image says " + blob.size() + ": copy the layout again");
        }
        Optional<Ingest> opened = store.ingest(blob, wait);
        if (opened.isEmpty()) {
            return store.has(blob);
        }
        try (Ingest ingest = opened.get();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            boolean resumed = ingest.count() > 0;
            if (!write(ingest, channel) && (!resumed || !write(ingest, channel))) {
                throw new IntegrityException(
                        file + " does not have the digest that its name says: copy the layout again");
            }
        }
        return true;
    }

    private boolean write(Ingest ingest, FileChannel channel) throws IOException {
        for (ByteRange gap : ingest.missing()) {
            long at = gap.start();
            while (at < gap.end()) {
                int read = channel.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(BUFFER, gap.end() - at)), at);
                if (read < 0) {
                    return false; // it became shorter
                }
                ingest.write(at, buffer, read);
                at += read;
                written += read;
                progress.accept(written + present);
            }
        }
        return ingest.commit();
    }
}
