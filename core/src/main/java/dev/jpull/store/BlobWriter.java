// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * Writes content whose digest is known only at its end, such as a layer in an archive of docker, into a store. What is closed
 * without {@link #commit()} is deleted. For use by one thread.
 */
public final class BlobWriter implements Closeable {
    private static final MediaType ANY = new MediaType("application/octet-stream");

    private final StoreTree tree;
    private final StoreDirectory directory;
    private final String name = "content-" + UUID.randomUUID();
    private final FileChannel channel;
    private final BackgroundSync sync;
    private final MessageDigest hash = Digest.Algorithm.SHA256.newMessageDigest();
    private long size;
    private boolean gone;

    private BlobWriter(StoreTree tree, StoreDirectory directory) throws IOException {
        this.tree = tree;
        this.directory = directory;
        this.channel = directory.create(name);
        this.sync = new BackgroundSync(channel, tree.files());
    }

    /**
     * A writer of one blob.
     *
     * @throws dev.jpull.error.StoreException if the store cannot be written
     */
    static BlobWriter open(StoreTree tree) {
        try {
            StoreDirectory directory = tree.partials(Digest.Algorithm.SHA256);
            try {
                return new BlobWriter(tree, directory);
            } catch (IOException e) {
                directory.close();
                throw e;
            }
        } catch (IOException e) {
            throw StoreFiles.failure("write to", tree.root(), e);
        }
    }

    /**
     * Writes the next bytes.
     *
     * @throws dev.jpull.error.StoreException if the disk does not take them
     */
    public void write(byte[] buffer, int length) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            sync.note(length);
            hash.update(buffer, 0, length);
            size += length;
        } catch (IOException e) {
            throw StoreFiles.failure("write", directory.pathOf(name), e);
        }
    }

    /**
     * Gives the content its name. No write may follow.
     *
     * @return the SHA-256 digest and the size of the content, with a media type that says nothing
     * @throws dev.jpull.error.StoreException if the store cannot be written
     */
    public Descriptor commit() {
        Descriptor written = new Descriptor(ANY, Digest.of(Digest.Algorithm.SHA256, hash.digest()), size);
        String hex = written.digest().hex();
        try (StoreDirectory blobs =
                tree.make(StoreLayout.BLOBS, written.digest().algorithm().label())) {
            BasicFileAttributes there = blobs.attributesIfThere(hex);
            if (there != null && there.isRegularFile() && there.size() == size) {
                return written; // closing deletes this copy
            }
            BlobFiles.refuseDirectory(blobs, written.digest());
            sync.finish();
            tree.files().flush(channel);
            directory.makeReadOnly(name);
            tree.publishBlob(directory, name, blobs, hex);
            gone = true;
            return written;
        } catch (IOException e) {
            throw StoreFiles.failure("store the blob " + written.digest() + " in", tree.root(), e);
        }
    }

    @Override
    public void close() {
        try (StoreDirectory opened = directory;
                FileChannel closed = channel) {
            sync.finish();
            if (!gone) {
                directory.deleteIfExists(name);
            }
        } catch (IOException e) {
            throw StoreFiles.failure("close", directory.pathOf(name), e);
        }
    }
}
