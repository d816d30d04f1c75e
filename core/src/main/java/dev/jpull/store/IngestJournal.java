// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.file.RegularFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Says beside a partial blob with holes which of its bytes are there. One page that is written over in one piece, so that a
 * killed process leaves the old one or the new one; a checksum detects that a crash of the machine left something else. It
 * only decides which bytes are fetched: the digest of the whole decides about the blob. For use by one thread.
 */
final class IngestJournal implements Closeable {
    static final String SUFFIX = ".ranges";

    private static final int PAGE = 4096;
    private static final int HEADER = 12;
    private static final int RANGE = 16;
    private static final int MAX_RANGES = (PAGE - HEADER) / RANGE;

    private final StoreDirectory directory;
    private final String name;
    private @Nullable FileChannel channel;

    /** The journal of a partial blob in a directory. */
    IngestJournal(StoreDirectory directory, String partial) {
        this.directory = directory;
        this.name = partial + SUFFIX;
    }

    /** Whether there is one. */
    boolean isStarted() {
        return channel != null;
    }

    /**
     * What an earlier process wrote; empty when there is no journal.
     *
     * @param size the size of the blob, beyond which nothing can be
     */
    Optional<ByteRanges> read(long size) throws IOException {
        byte[] page;
        try {
            page = directory.content(name, PAGE);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (RegularFile.TooLargeException e) {
            return Optional.of(new ByteRanges()); // no journal of ours
        }
        ByteRanges ranges = new ByteRanges();
        if (page.length != PAGE) {
            return Optional.of(ranges);
        }
        ByteBuffer buffer = ByteBuffer.wrap(page);
        long checksum = buffer.getLong();
        int count = buffer.getInt();
        if (checksum != checksum(page) || count < 0 || count > MAX_RANGES) {
            return Optional.of(ranges);
        }
        for (int i = 0; i < count; i++) {
            long start = buffer.getLong();
            long end = buffer.getLong();
            if (start < 0 || end <= start || end > size) {
                return Optional.of(new ByteRanges());
            }
            ranges.add(start, end);
        }
        return Optional.of(ranges);
    }

    /** Writes down what is there. Of more ranges than there is room for, the last ones are left out, and fetched again. */
    void write(List<ByteRange> ranges) throws IOException {
        if (channel == null) {
            channel = directory.readWriteOwn(name);
        }
        ByteBuffer buffer = ByteBuffer.allocate(PAGE);
        buffer.putLong(0).putInt(Math.min(ranges.size(), MAX_RANGES));
        for (ByteRange range : ranges.subList(0, Math.min(ranges.size(), MAX_RANGES))) {
            buffer.putLong(range.start()).putLong(range.end());
        }
        buffer.putLong(0, checksum(buffer.array()));
        buffer.position(0).limit(PAGE);
        channel.write(buffer, 0);
    }

    /** Throws it away. */
    void delete() throws IOException {
        close();
        directory.deleteIfExists(name);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    private static long checksum(byte[] page) {
        CRC32 sum = new CRC32();
        sum.update("jpull".getBytes(StandardCharsets.US_ASCII));
        sum.update(page, Long.BYTES, page.length - Long.BYTES);
        return sum.getValue();
    }
}
