// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.compression.DecodeException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.store.BlobWriter;
import dev.jpull.store.ByteRange;
import dev.jpull.store.ImageStore;
import dev.jpull.store.Ingest;
import dev.jpull.store.WaitControl;
import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarEntry;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Takes the content of an archive into a store, in one pass and whatever the order of its entries: blobs under the digest that their
 * name says, when it is right; other large files under the digest that they turn out to have; small files into memory. For use by
 * one thread.
 */
final class ArchiveIntake {
    /** Limits that no archive of images comes near to. */
    private static final TarLimits LIMITS = new TarLimits(200_000, 64 << 10, 0, 1L << 40);

    /** Writers pad archives to a block of their device, such as 10 KiB. */
    private static final long MAX_PADDING = 16 << 20;

    private static final MediaType ANY = new MediaType("application/octet-stream");
    private static final int SMALL = 64 << 10;
    private static final int BUFFER = 1 << 20;

    /** The documents that say which images there are. */
    private static final Set<String> INDEXES =
            Set.of(OciContents.INDEX, OciContents.LAYOUT, DockerContents.MANIFEST, DockerContents.REPOSITORIES);

    private final ArchiveSource source;
    private final ImageStore store;
    private final WaitControl wait;
    private final LongConsumer progress;
    private final ArchivePieces pieces;
    private final byte[] buffer = new byte[BUFFER];

    /** Bytes of content that were written to the store, and of that which was there already. */
    private long written;

    private long present;

    /**
     * An intake.
     *
     * @param progress takes how many bytes of the archive were read, now and then
     */
    ArchiveIntake(ArchiveSource source, ImageStore store, WaitControl wait, LongConsumer progress) {
        this.source = source;
        this.store = store;
        this.wait = wait;
        this.progress = progress;
        this.pieces = new ArchivePieces(source, store);
    }

    ArchivePieces pieces() {
        return pieces;
    }

    long written() {
        return written;
    }

    long present() {
        return present;
    }

    /** Reads a whole archive. */
    void read() {
        try (TarReader tar = new TarReader(ArchiveStream.open(source), LIMITS)) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                take(entry, tar);
            }
            tar.requireEnd(MAX_PADDING);
        } catch (IOException e) {
            throw source.failure(e);
        }
    }

    private void take(TarEntry entry, TarReader tar) throws IOException {
        RawPath name = EntryName.of(entry.path());
        if (entry.sparse() != null) {
            throw tar.refused("it is a sparse file, which no archive of images has");
        }
        if (entry.type() == EntryType.SYMLINK) {
            RawPath target = EntryName.linked(name, entry.link());
            if (target != null) {
                pieces.add(name, new Piece.Link(target));
            }
        } else if (entry.type() == EntryType.HARD_LINK) {
            pieces.add(name, new Piece.Link(EntryName.of(entry.link())));
        } else if (entry.type() == EntryType.FILE) {
            Digest digest = EntryName.blob(name);
            if (digest != null) {
                blob(new Descriptor(ANY, digest, entry.size()), tar);
                pieces.add(name, new Piece.Stored(digest, entry.size()));
            } else {
                file(name, entry.size(), tar);
            }
        }
    }

    /** Content whose name is its digest. What is in the store was verified when it came. */
    private void blob(Descriptor blob, TarReader tar) throws IOException {
        if (store.has(blob)) {
            store.touch(blob.digest());
            present += blob.size();
            return;
        }
        Optional<Ingest> opened = store.ingest(blob, wait);
        if (opened.isEmpty()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while another process holds a blob");
            }
            if (!store.has(blob)) {
                throw source.refused("another process holds the blob " + blob.digest() + ": import it again");
            }
            present += blob.size();
            return;
        }
        try (Ingest ingest = opened.get()) {
            boolean resumed = ingest.count() > 0;
            if (resumed && !tar.canRewind()) {
                ingest.discard(); // what an earlier process left may be wrong, and a stream comes once
                resumed = false;
            }
            boolean right = written(ingest, tar);
            if (!right && resumed) {
                tar.rewind();
                right = written(ingest, tar);
            }
            if (!right) {
                throw tar.refused("its content does not have the digest " + blob.digest() + " that its name says");
            }
        }
    }

    /** Writes the blob; what damaged content or a decompression bomb has filled so far is thrown away. */
    private boolean written(Ingest ingest, TarReader tar) throws IOException {
        try {
            return write(ingest, tar);
        } catch (DecodeException e) {
            ingest.discard();
            throw e;
        }
    }

    private boolean write(Ingest ingest, TarReader tar) throws IOException {
        long at = 0;
        for (ByteRange gap : ingest.missing()) {
            tar.skip(gap.start() - at);
            at = gap.start();
            while (at < gap.end()) {
                int read = tar.read(buffer, 0, (int) Math.min(BUFFER, gap.end() - at));
                if (read < 0) {
                    throw tar.refused("it ends too early");
                }
                ingest.write(at, buffer, read);
                at += read;
                written += read;
                progress.accept(tar.position());
            }
        }
        return ingest.commit();
    }

    private void file(RawPath name, long size, TarReader tar) throws IOException {
        boolean isIndex = INDEXES.stream().anyMatch(name::is);
        if (isIndex && size > DocumentJson.MAX_SIZE) {
            throw tar.refused("it has " + size + " bytes, but at most " + DocumentJson.MAX_SIZE + " are read");
        }
        if (size <= (isIndex ? DocumentJson.MAX_SIZE : SMALL) && pieces.hasRoom(size)) {
            pieces.add(name, new Piece.Held(held(tar)));
            return;
        }
        Digest named = EntryName.layer(name);
        Descriptor there = named == null ? null : new Descriptor(ANY, named, size);
        if (there != null && store.has(there)) {
            store.touch(there.digest()); // if it is another layer than this one, its diff ID will be wrong
            present += size;
            pieces.add(name, new Piece.Stored(there.digest(), size));
            return;
        }
        try (BlobWriter writer = store.newBlob()) {
            for (int read = tar.read(buffer, 0, BUFFER); read >= 0; read = tar.read(buffer, 0, BUFFER)) {
                writer.write(buffer, read);
                written += read;
                progress.accept(tar.position());
            }
            Descriptor content = writer.commit();
            pieces.add(name, new Piece.Stored(content.digest(), content.size()));
        }
    }

    /** Reads small content; nothing is allocated from what the header says. */
    private byte[] held(TarReader tar) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int read = tar.read(buffer, 0, BUFFER); read >= 0; read = tar.read(buffer, 0, BUFFER)) {
            content.write(buffer, 0, read);
        }
        return content.toByteArray();
    }
}
