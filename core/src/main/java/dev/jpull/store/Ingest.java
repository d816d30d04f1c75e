// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A blob on its way into the store: a file that is filled from one or several places, and the hash of what is in it. It
 * outlives the process, so that the next one fetches only what is missing. Held by one owner at a time, everywhere; its
 * owner may write with several threads.
 */
public final class Ingest implements Closeable {
    /** How much a killed process may have written without having written it down. */
    private static final long JOURNAL_INTERVAL = 1 << 20;

    /** How much one write may have to hash of what others have written. */
    private static final long CATCH_UP = 4 << 20;

    private final StoreTree tree;
    private final StoreDirectory directory;
    private final String name;
    private final Descriptor descriptor;
    private final FileChannel channel;
    private final @Nullable StoreLock lock;
    private final StoreFiles files;
    private final PrefixHasher hash;
    private final BackgroundSync sync;

    /** What is written. The journal is written under this monitor, so that an older state never follows a newer one. */
    private final ByteRanges present;

    @GuardedBy("present")
    private final IngestJournal journal;

    @GuardedBy("present")
    private long unjournaled;

    /** Is told how far the content can be read; null when nothing follows it. Set before the first write. */
    private @Nullable BlobFront front;

    /** Of the owner's thread that commits and closes. */
    private boolean committed;

    private Ingest(
            StoreTree tree,
            StoreDirectory directory,
            String name,
            Descriptor descriptor,
            FileChannel channel,
            @Nullable StoreLock lock,
            IngestJournal journal,
            ByteRanges present) {
        this.tree = tree;
        this.directory = directory;
        this.name = name;
        this.descriptor = descriptor;
        this.channel = channel;
        this.lock = lock;
        this.files = tree.files();
        this.journal = journal;
        this.present = present;
        this.sync = new BackgroundSync(channel, files);
        this.hash = new PrefixHasher(channel, descriptor.digest().algorithm());
    }

    /**
     * Opens the file, and finds out what is there.
     *
     * @param lock the lock of the blob, which is closed with the ingest; null for a file of a name that no other ingest uses, and
     *     that does not outlive this one
     * @throws IOException if the file cannot be used; the lock is the caller's then
     */
    static Ingest open(StoreTree tree, String name, Descriptor descriptor, @Nullable StoreLock lock)
            throws IOException {
        StoreDirectory directory = tree.partials(descriptor.digest().algorithm());
        FileChannel channel = null;
        boolean opened = false;
        try {
            channel = directory.readWriteOwn(name);
            IngestJournal journal = new IngestJournal(directory, name);
            ByteRanges present = present(channel, journal, descriptor.size());
            opened = true;
            return new Ingest(tree, directory, name, descriptor, channel, lock, journal, present);
        } finally {
            if (!opened) {
                close(directory, channel);
            }
        }
    }

    private static void close(StoreDirectory directory, @Nullable FileChannel channel) throws IOException {
        try (directory) {
            if (channel != null) {
                channel.close();
            }
        }
    }

    private static ByteRanges present(FileChannel channel, IngestJournal journal, long size) throws IOException {
        if (channel.size() > size) {
            journal.delete();
            channel.truncate(0);
        }
        // Without a journal nothing was written ahead: what is there has no holes.
        ByteRanges journaled = journal.read(size).orElse(null);
        if (journaled != null) {
            ByteRanges present = within(journaled, channel.size());
            journal.write(present.toList());
            return present;
        }
        ByteRanges present = new ByteRanges();
        if (channel.size() > 0) {
            present.add(0, channel.size());
        }
        return present;
    }

    /** What a file of this length can hold of some ranges. */
    private static ByteRanges within(ByteRanges ranges, long length) {
        ByteRanges there = new ByteRanges();
        for (ByteRange range : ranges.toList()) {
            if (range.start() < length) {
                there.add(range.start(), Math.min(range.end(), length));
            }
        }
        return there;
    }

    /** From now on a front is told how far the content can be read. Before the first write. */
    public void tell(BlobFront told) {
        try {
            Object key = directory.attributes(name).fileKey();
            long there;
            synchronized (present) {
                there = present.front();
            }
            front = told;
            told.moveTo(new BlobFront.Partial(name), key == null ? this : key, there);
        } catch (IOException e) {
            throw StoreFiles.failure("look at", directory.pathOf(name), e);
        }
    }

    /** The content that is wanted. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** How many bytes are there. */
    public long count() {
        synchronized (present) {
            return present.count();
        }
    }

    /** What has to be fetched, in order. */
    public List<ByteRange> missing() {
        synchronized (present) {
            return present.gaps(descriptor.size());
        }
    }

    /**
     * Writes bytes. Concurrent writes must not overlap.
     *
     * @throws StoreException if the disk does not take them
     */
    public void write(long position, byte[] buffer, int length) {
        if (length == 0) {
            return;
        }
        try {
            announce(position);
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
            while (bytes.hasRemaining()) {
                channel.write(bytes, position + bytes.position());
            }
            sync.note(length);
            hash.offer(position, buffer, length);
            long there = note(position, length);
            if (front != null) {
                front.advance(there);
            }
            hash.follow(there, CATCH_UP);
        } catch (IOException e) {
            long missing = descriptor.size() - count();
            throw StoreFiles.failure("write (" + missing + " bytes are still missing)", directory.pathOf(name), e);
        }
    }

    /** Claim before write: before the first hole is made, the journal must be there, because without one the file counts as whole. */
    private void announce(long position) throws IOException {
        synchronized (present) {
            if (!journal.isStarted() && position > present.front()) {
                journal.write(present.toList());
            }
        }
    }

    /** Bytes have been written; returns up to where all of them are there. */
    private long note(long position, int length) throws IOException {
        synchronized (present) {
            present.add(position, position + length);
            unjournaled += length;
            if (journal.isStarted() && unjournaled >= JOURNAL_INTERVAL) {
                unjournaled = 0;
                journal.write(present.toList());
            }
            return present.front();
        }
    }

    /**
     * Gives the content its name, if it is right. No write may run or follow.
     *
     * @return whether it was; if not, everything is thrown away and the ingest starts anew
     * @throws StoreException if the store cannot be written
     */
    public boolean commit() {
        try {
            if (!missing().isEmpty() || !hash.finish(descriptor.size()).equals(descriptor.digest())) {
                discard();
                return false;
            }
            sync.finish();
            files.flush(channel);
            directory.makeReadOnly(name);
            try (StoreDirectory blobs =
                    tree.make(StoreLayout.BLOBS, descriptor.digest().algorithm().label())) {
                tree.publishBlob(directory, name, blobs, descriptor.digest().hex());
            }
            synchronized (present) {
                journal.delete();
            }
            committed = true;
            if (front != null) {
                front.committed();
            }
            return true;
        } catch (IOException e) {
            throw StoreFiles.failure("store the blob " + descriptor.digest() + " in", tree.root(), e);
        }
    }

    /** Throws everything away. No write may run at the same time. */
    public void discard() {
        if (front != null) {
            front.discarded(); // before the file changes, so that what is read meanwhile counts as thrown away
        }
        try {
            synchronized (present) {
                present.clear();
                unjournaled = 0;
                journal.delete();
            }
            channel.truncate(0);
            hash.reset();
        } catch (IOException e) {
            throw StoreFiles.failure("empty", directory.pathOf(name), e);
        }
    }

    /** Lets others have it; what is there stays, unless no other ingest would find it. */
    @Override
    public void close() {
        try (StoreLock held = lock;
                StoreDirectory opened = directory;
                FileChannel closed = channel) {
            synchronized (present) {
                if (lock == null) {
                    journal.delete();
                } else if (journal.isStarted()) {
                    journal.write(present.toList());
                }
                journal.close();
            }
            sync.finish();
            if (lock == null && !committed) {
                directory.deleteIfExists(name);
            }
        } catch (IOException e) {
            throw StoreFiles.failure("close", directory.pathOf(name), e);
        }
    }
}
