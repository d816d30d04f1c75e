// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.PullCancelledException;
import dev.jpull.image.Descriptor;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a blob while it comes: up to the front of its download, through a file of its own, from the page cache as a rule. A read
 * blocks while more is to come, and ends only when the blob is complete and its digest was right. The download does not wait for
 * it. For use by one thread.
 *
 * <p>What it has read may turn out to be worth nothing: then a read fails, and {@link #mustStartAnew} says so.
 */
public final class BlobFollower extends InputStream {
    private final StoreTree tree;
    private final BlobFront front;
    private final BooleanSupplier cancelled;
    private @Nullable FileChannel channel;
    private BlobFront.@Nullable Extent reading;
    private long position;
    private boolean otherFile;

    BlobFollower(StoreTree tree, BlobFront front, BooleanSupplier cancelled) {
        this.tree = tree;
        this.front = front;
        this.cancelled = cancelled;
    }

    /** How many bytes were read. */
    public long position() {
        return position;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /**
     * Reads what is there, at least one byte.
     *
     * @throws NoSuchFileException if the blob was removed from the store
     * @throws IOException if the file cannot be read, or bytes that were read before have been thrown away
     * @throws PullCancelledException if no more will come
     */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        while (true) {
            if (cancelled.getAsBoolean()) {
                throw new PullCancelledException(
                        "the work on the layer " + front.blob().digest() + " was cancelled");
            }
            BlobFront.Extent there = front.awaitBytes(position, reading);
            requireSame(there);
            if (position >= there.end()) {
                return -1;
            }
            FileChannel file = open(there);
            if (file == null) {
                continue;
            }
            int most = (int) Math.min(length, there.end() - position);
            int count = file.read(ByteBuffer.wrap(target, offset, most), position);
            requireSame(front.extent());
            if (count <= 0) {
                throw new EOFException("the file of the blob " + front.blob().digest() + " ends after " + position
                        + " bytes, but " + there.end() + " were there");
            }
            position += count;
            return count;
        }
    }

    private void requireSame(BlobFront.Extent there) throws IOException {
        if (reading != null && reading.generation() != there.generation()) {
            throw new IOException("the first " + position + " bytes of the blob "
                    + front.blob().digest() + " were thrown away, because its digest was wrong");
        }
    }

    /** The file to read from; null if it has another name by now. */
    private @Nullable FileChannel open(BlobFront.Extent there) throws IOException {
        if (channel != null && reading != null && reading.file() == there.file()) {
            return channel;
        }
        closeFile();
        otherFile |= reading != null && reading.file() != there.file() && position > 0;
        Descriptor blob = front.blob();
        BlobFront.Partial partial = there.partial();
        if (partial == null) {
            try (StoreDirectory blobs = tree.blobs(blob.digest().algorithm())) {
                channel = blobs.read(blob.digest().hex());
            }
        } else {
            try (StoreDirectory partials = tree.partials(blob.digest().algorithm())) {
                channel = partials.read(partial.name());
            } catch (NoSuchFileException e) {
                front.awaitOtherFile(there); // it is being given its name in the store
                return null;
            }
        }
        reading = there;
        return channel;
    }

    /**
     * Waits for the verdict about the blob, and says whether what was read is worth nothing, so that all of it has to be read again.
     *
     * @throws PullCancelledException if there will be no verdict
     */
    public boolean mustStartAnew() {
        BlobFront.Extent verified = front.awaitComplete();
        return reading != null
                && (otherFile || verified.generation() != reading.generation() || verified.file() != reading.file());
    }

    private void closeFile() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    @Override
    public void close() throws IOException {
        closeFile();
    }
}
