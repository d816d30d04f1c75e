// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive from start to end. What is read as a header, and what as data, is as in Go's {@code archive/tar}, which
 * containerd and umoci use. After a failure the reader is of no more use than to be closed. For use by one thread.
 */
public final class TarReader implements Closeable {
    private final BlockInput in;
    private final TarLimits limits;
    private long entries;
    private long bytes;
    private boolean ended;
    private long unread;
    private long data;
    private long dataStart;
    private int padding;
    private boolean readable;
    private EntryPlace place = new EntryPlace(0, 0, null);

    /** Reads from this stream, which is closed with the reader. */
    public TarReader(InputStream in, TarLimits limits) {
        this.in = new BlockInput(in);
        this.limits = limits;
    }

    /**
     * The next entry, after skipping what is left of the one before; null after the last.
     *
     * @throws TarException if the archive is malformed or goes beyond a limit
     */
    public @Nullable TarEntry next() throws IOException {
        if (ended || !skipRest()) {
            return null;
        }
        startEntry();
        ExtendedHeaders extended = new ExtendedHeaders(limits.maxHeaderBytes());
        for (HeaderBlock header = header(); header != null; header = header()) {
            switch (header.type()) {
                case 'x', 'X' -> extended.readPax(header, in, place);
                case 'L' -> extended.readLongName(header, in, place);
                case 'K' -> extended.readLongLink(header, in, place);
                case 'g' -> {
                    new ExtendedHeaders(limits.maxHeaderBytes()).readGlobal(header, in, place);
                    countEntry();
                }
                case 'V' -> {
                    // The label of a volume is no file.
                    stored(header.size());
                    countEntry();
                    if (!skipRest()) {
                        return null;
                    }
                }
                default -> {
                    return entry(header, extended);
                }
            }
        }
        if (!extended.isEmpty()) {
            throw place.refused("an extended header has no entry behind it");
        }
        ended = true;
        return null;
    }

    private void startEntry() throws TarException {
        place = new EntryPlace(entries + 1, in.position(), null);
    }

    private void countEntry() throws TarException {
        if (entries >= limits.maxEntries()) {
            throw place.refused("the archive has more than " + limits.maxEntries() + " entries");
        }
        entries++;
    }

    /** The next header block, or null at the end: two blocks of zeros, or one at the end of the stream, or none. */
    private @Nullable HeaderBlock header() throws IOException {
        byte[] block = new byte[BlockInput.BLOCK];
        int filled = in.fill(block);
        if (filled == block.length && isZero(block)) {
            long zeros = in.position();
            filled = in.fill(block);
            if (filled == block.length && !isZero(block)) {
                throw place.refused("something follows a single block of zeros, which ends at byte " + zeros);
            }
            return null;
        }
        if (filled == 0) {
            return null;
        }
        if (filled < block.length) {
            throw place.refused("the archive ends at byte " + in.position() + ", within a header block");
        }
        return new HeaderBlock(block, place);
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private TarEntry entry(HeaderBlock header, ExtendedHeaders extended) throws IOException {
        countEntry();
        EntryReader reader = new EntryReader(header, extended, in, limits, place);
        TarEntry entry = reader.entry();
        place = place.of(entry.path());
        long most = Math.max(entry.size(), reader.stored());
        if (most > limits.maxBytes() - bytes) {
            throw place.refused("the files of the archive have more than " + limits.maxBytes() + " bytes together");
        }
        bytes += most;
        stored(reader.stored());
        readable = entry.type() == EntryType.FILE;
        return entry;
    }

    private void stored(long size) {
        unread = size;
        data = size;
        dataStart = in.position();
        padding = BlockInput.padding(size);
        readable = false;
    }

    /** Skips the data of the present entry; false when the archive ends in the padding behind it. */
    private boolean skipRest() throws IOException {
        long skipped = in.skip(unread);
        if (skipped < unread) {
            throw truncated(unread - skipped);
        }
        unread = 0;
        // Some archivers write no padding behind the last file.
        ended = in.skip(padding) < padding;
        padding = 0;
        return !ended;
    }

    private TarException truncated(long missing) {
        return place.refused(
                "the archive ends at byte " + in.position() + ", where " + missing + " bytes of its data are missing");
    }

    /**
     * Reads stored bytes of the present entry: all bytes of a file without holes, the bytes of the chunks of a sparse one.
     *
     * @return how many bytes were read, or -1 after the last
     */
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!readable || unread == 0) {
            return -1;
        }
        int read = in.read(target, offset, (int) Math.min(length, unread));
        if (read < 0) {
            throw truncated(unread);
        }
        unread -= read;
        return read;
    }

    /**
     * Skips stored bytes of the present entry; in an {@link ArchiveFile} without reading them.
     *
     * @throws TarException if the archive ends before
     */
    public void skip(long bytes) throws IOException {
        long wanted = Math.min(bytes, unread);
        long skipped = in.skip(wanted);
        unread -= skipped;
        if (skipped < wanted) {
            throw truncated(unread);
        }
    }

    /** Whether the archive is an {@link ArchiveFile}, so that {@link #rewind} works. */
    public boolean canRewind() {
        return in.canGoBack();
    }

    /** Goes back to the first stored byte of the present entry. */
    public void rewind() throws IOException {
        in.back(dataStart);
        unread = data;
    }

    /** A refusal of the archive because of its present entry. */
    public TarException refused(String what) {
        return place.refused(what);
    }

    /**
     * Reads what follows the end of the archive, which must be padding.
     *
     * @param maxPadding how many zeros there may be
     * @throws TarException if there is something else, or more
     */
    public void requireEnd(long maxPadding) throws IOException {
        long end = in.position();
        byte[] buffer = new byte[64 << 10];
        for (int read = in.read(buffer, 0, buffer.length); read >= 0; read = in.read(buffer, 0, buffer.length)) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] != 0) {
                    throw new TarException("the archive ends at byte " + end
                            + ", and something other than zeros follows at" + " byte " + (in.position() - read + i));
                }
            }
            if (in.position() - end > maxPadding) {
                throw new TarException("the archive ends at byte " + end + ", and more than " + maxPadding
                        + " bytes of padding follow");
            }
        }
    }

    /** How many bytes of the archive were read so far. */
    public long position() {
        return in.position();
    }

    /** Reads what follows the end of the archive, so that a digest of the stream covers all of it. */
    public void drain() throws IOException {
        in.skip(Long.MAX_VALUE - in.position());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
