// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.file.Reason;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of an archive, with blobs from a store. For use by one thread.
 *
 * <p>Blobs were verified when they came into the store, and are hashed again only when that is asked for: it takes longer than the
 * copying. Their sizes are compared in any case, and readers of the archive compare the digests.
 */
final class ArchiveWriter {
    private final ImageStore store;
    private final ArchiveOutput out;
    private final boolean verify;
    private final BooleanSupplier cancelled;

    /**
     * A writer that has written nothing.
     *
     * @param verify whether blobs are hashed
     * @param cancelled is asked before every buffer
     */
    ArchiveWriter(ImageStore store, ArchiveOutput out, boolean verify, BooleanSupplier cancelled) {
        this.store = store;
        this.out = out;
        this.verify = verify;
        this.cancelled = cancelled;
    }

    /** Writes all files, and the end of the archive. */
    void entries(List<ArchiveEntry> entries) throws IOException {
        for (ArchiveEntry entry : entries) {
            entry(entry);
        }
        end();
    }

    /**
     * Writes a file with its header.
     *
     * @throws StoreException if a blob cannot be read
     * @throws IntegrityException if a blob is damaged, and blobs are hashed
     * @throws IOException if the archive cannot be written
     */
    void entry(ArchiveEntry entry) throws IOException {
        out.write(TarHeader.of(entry.path(), entry.size()));
        content(entry);
        out.write(new byte[TarHeader.fillOf(entry.size())]);
    }

    /** Writes the content of a file alone. */
    void content(ArchiveEntry entry) throws IOException {
        Descriptor blob = entry.blob();
        if (blob == null) {
            requireRunning();
            out.write(entry.content());
            return;
        }
        try (FileChannel source = open(store, blob)) {
            copy(source, blob);
        }
    }

    /** Ends a tar archive. */
    void end() throws IOException {
        out.write(new byte[TarHeader.END]);
        out.flush();
    }

    /**
     * Opens a blob.
     *
     * @throws StoreException if it cannot be read
     */
    static FileChannel open(ImageStore store, Descriptor blob) {
        try {
            return store.openBlob(blob);
        } catch (IOException e) {
            throw unreadable(store, blob, e);
        }
    }

    private void copy(FileChannel source, Descriptor blob) throws IOException {
        Digest.Algorithm algorithm = blob.digest().algorithm();
        MessageDigest hash = verify ? algorithm.newMessageDigest() : null;
        long left = blob.size();
        while (left > 0) {
            requireRunning();
            ByteBuffer room = out.room();
            int start = room.position();
            int limit = room.limit();
            room.limit((int) Math.min(limit, start + left));
            int count = read(source, room, blob);
            room.limit(limit);
            if (hash != null) {
                hash.update(room.duplicate().flip().position(start));
            }
            left -= count;
        }
        requireDigest(hash, blob);
    }

    private int read(FileChannel source, ByteBuffer room, Descriptor blob) {
        try {
            int count = source.read(room);
            if (count < 0) {
                throw new IOException("it became shorter while it was read");
            }
            return count;
        } catch (IOException e) {
            throw unreadable(store, blob, e);
        }
    }

    private void requireDigest(@Nullable MessageDigest hash, Descriptor blob) {
        Digest expected = blob.digest();
        if (hash != null && !Digest.of(expected.algorithm(), hash.digest()).equals(expected)) {
            throw damaged(store, blob);
        }
    }

    /** The failure of a blob whose bytes do not have its digest. */
    static IntegrityException damaged(ImageStore store, Descriptor blob) {
        return new IntegrityException(FailureDetails.of("the blob " + blob.digest() + " in the store " + store.root()
                        + " is damaged, so that it is not exported: verify and repair the store")
                .with(Remedy.REPAIR_STORE));
    }

    private void requireRunning() {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("the export was cancelled");
        }
    }

    private static RuntimeException unreadable(ImageStore store, Descriptor blob, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new PullCancelledException("the export was interrupted", e);
        }
        boolean gone = e instanceof NoSuchFileException;
        return new StoreException(FailureDetails.of("cannot read the blob " + blob.digest() + " in the store "
                        + store.root() + ": "
                        + (gone ? "it was removed meanwhile: pull the image again" : Reason.of(e)))
                .causedBy(e)
                .with(gone ? Remedy.PULL_IMAGE : Remedy.REPAIR_STORE));
    }
}
