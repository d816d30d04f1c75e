// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A blob on its way into the store: a file that grows, and the hash of what is in it. It outlives the process, so that
 * the next one goes on where this one stopped. Held by one thread at a time, everywhere.
 */
public final class Ingest implements Closeable {
    private static final int BUFFER = 256 << 10;

    private final Path file;
    private final Path target;
    private final Descriptor descriptor;
    private final FileChannel channel;
    private final FileMutex mutex;
    private MessageDigest hash;
    private long offset;

    private Ingest(Path file, Path target, Descriptor descriptor, FileChannel channel, FileMutex mutex) {
        this.file = file;
        this.target = target;
        this.descriptor = descriptor;
        this.channel = channel;
        this.mutex = mutex;
        this.hash = descriptor.digest().algorithm().newMessageDigest();
    }

    /** Opens the file and hashes what is there; closes the lock when that fails. */
    static Ingest open(Path file, Path target, Descriptor descriptor, FileMutex mutex) throws IOException {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Ingest ingest = new Ingest(file, target, descriptor, channel, mutex);
            if (channel.size() > descriptor.size()) {
                channel.truncate(0);
            }
            ingest.hashWhatIsThere();
            return ingest;
        } catch (IOException e) {
            mutex.close();
            throw e;
        }
    }

    /** How many bytes are there, all of them hashed. */
    public long offset() {
        return offset;
    }

    /** The content that is wanted. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** Appends bytes. */
    public void write(byte[] buffer, int length) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
            while (bytes.hasRemaining()) {
                channel.write(bytes, offset + bytes.position());
            }
        } catch (IOException e) {
            throw StoreFiles.failure("write", file, e);
        }
        hash.update(buffer, 0, length);
        offset += length;
    }

    /**
     * Gives the content its name, if it is what it should be.
     *
     * @return whether it was; if not, everything is thrown away and the ingest starts anew
     * @throws StoreException if the store cannot be written
     */
    public boolean commit() {
        Digest actual = Digest.of(descriptor.digest().algorithm(), hash.digest());
        if (offset != descriptor.size() || !actual.equals(descriptor.digest())) {
            discard();
            return false;
        }
        try {
            channel.force(true);
            StoreFiles.makeReadOnly(file);
            StoreFiles.publish(file, target);
            return true;
        } catch (IOException e) {
            throw StoreFiles.failure("store", target, e);
        }
    }

    /** Throws everything away. */
    public void discard() {
        try {
            channel.truncate(0);
        } catch (IOException e) {
            throw StoreFiles.failure("empty", file, e);
        }
        hash = descriptor.digest().algorithm().newMessageDigest();
        offset = 0;
    }

    /** Lets others have it; what is there stays. */
    @Override
    public void close() {
        try (mutex) {
            channel.close();
        } catch (IOException e) {
            throw StoreFiles.failure("close", file, e);
        }
    }

    private void hashWhatIsThere() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        while (channel.read(buffer, offset) > 0) {
            hash.update(buffer.array(), 0, buffer.position());
            offset += buffer.position();
            buffer.clear();
        }
    }
}
