// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

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

    private final Path file;
    private final Path target;
    private final Descriptor descriptor;
    private final FileChannel channel;
    private final FileMutex mutex;
    private final StoreFiles files;
    private final FrontHash hash;
    private final EarlyFlush early;

    /** Guarded by itself, as are the journal and the count. */
    private final ByteRanges present;

    private final IngestJournal journal;
    private long unjournaled;

    private Ingest(
            Path file,
            Path target,
            Descriptor descriptor,
            FileChannel channel,
            FileMutex mutex,
            StoreFiles files,
            IngestJournal journal,
            ByteRanges present) {
        this.file = file;
        this.target = target;
        this.descriptor = descriptor;
        this.channel = channel;
        this.mutex = mutex;
        this.files = files;
        this.journal = journal;
        this.present = present;
        this.early = new EarlyFlush(channel, files);
        this.hash = new FrontHash(channel, descriptor.digest().algorithm());
    }

    /** Opens the file, and finds out what is there; closes the lock when that fails. */
    static Ingest open(Path file, Path target, Descriptor descriptor, FileMutex mutex, StoreFiles files)
            throws IOException {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            IngestJournal journal = new IngestJournal(journalOf(file));
            if (channel.size() > descriptor.size()) {
                journal.delete();
                channel.truncate(0);
            }
            // Without a journal nobody wrote ahead: what is there has no holes.
            ByteRanges present = journal.read(descriptor.size()).orElse(null);
            if (present == null) {
                present = new ByteRanges();
                if (channel.size() > 0) {
                    present.add(0, channel.size());
                }
            } else {
                present = within(present, channel.size());
                journal.write(present.toList());
            }
            return new Ingest(file, target, descriptor, channel, mutex, files, journal, present);
        } catch (IOException e) {
            mutex.close();
            throw e;
        }
    }

    /** Where the journal of a partial blob is. */
    static Path journalOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".ranges");
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
     * Writes bytes. Nobody else may write the same ones at the same time.
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
            early.note(length);
            hash.offer(position, buffer, length);
            hash.follow(note(position, length), CATCH_UP);
        } catch (IOException e) {
            long missing = descriptor.size() - count();
            throw StoreFiles.failure("write (" + missing + " bytes are still missing)", file, e);
        }
    }

    /** Before the first hole is made, the journal must be there: without one, the file counts as a whole. */
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
     * Gives the content its name, if it is what it should be. Nobody may write any more.
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
            early.finish();
            files.flush(channel);
            StoreFiles.makeReadOnly(file);
            files.publish(file, target);
            journal.delete();
            return true;
        } catch (IOException e) {
            throw StoreFiles.failure("store", target, e);
        }
    }

    /** Throws everything away. Nobody may write at the same time. */
    public void discard() {
        try {
            synchronized (present) {
                present.clear();
                unjournaled = 0;
                journal.delete();
            }
            channel.truncate(0);
            hash.reset();
        } catch (IOException e) {
            throw StoreFiles.failure("empty", file, e);
        }
    }

    /** Lets others have it; what is there stays. */
    @Override
    public void close() {
        try (mutex;
                channel) {
            synchronized (present) {
                if (journal.isStarted()) {
                    journal.write(present.toList());
                }
                journal.close();
            }
            early.finish();
        } catch (IOException e) {
            throw StoreFiles.failure("close", file, e);
        }
    }
}
