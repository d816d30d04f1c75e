// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.SparseMap;
import dev.jpull.tar.TarEntry;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The content of one file of a layer, holes filled with zeros. The end is reached only when the whole layer was read and was
 * right. For use by one thread.
 */
final class FileStream extends InputStream {
    private final StoredLayer layer;
    private final TarReader reader;
    private final long size;
    private final Iterator<SparseMap.Chunk> chunks;
    private SparseMap.@Nullable Chunk chunk;
    private long position;

    private FileStream(StoredLayer layer, TarReader reader, TarEntry entry) {
        this.layer = layer;
        this.reader = reader;
        this.size = entry.size();
        SparseMap map = entry.sparse();
        List<SparseMap.Chunk> all = map == null ? List.of(new SparseMap.Chunk(0, size)) : map.chunks();
        this.chunks = all.stream().filter(part -> part.length() > 0).iterator();
        this.chunk = chunks.hasNext() ? chunks.next() : null;
    }

    /** Opens the content of the entry with this number, which is a file of this size. */
    static FileStream open(StoredLayer stored, long wanted, long size) {
        TarReader reader = null;
        try {
            reader = stored.openArchive(TarLimits.DEFAULT);
            long number = 0;
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (number++ == wanted && entry.size() == size) {
                    FileStream stream = new FileStream(stored, reader, entry);
                    reader = null;
                    return stream;
                }
            }
            throw new IOException("its file in the store was changed while it was read");
        } catch (IOException e) {
            throw stored.failure(e);
        } finally {
            if (reader != null) {
                close(reader);
            }
        }
    }

    private static void close(TarReader reader) {
        try {
            reader.close();
        } catch (IOException e) {
            System.getLogger(FileStream.class.getName()).log(System.Logger.Level.DEBUG, "cannot close a layer", e);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        try {
            if (position == size) {
                finish();
                return -1;
            }
            SparseMap.Chunk next = chunk;
            if (next == null || position < next.offset()) {
                return zeros(target, offset, length, (next == null ? size : next.offset()) - position);
            }
            long end = next.offset() + next.length();
            int read = reader.read(target, offset, (int) Math.min(length, end - position));
            if (read < 0) {
                throw new IOException("its file in the store was changed while it was read");
            }
            position += read;
            if (position == end) {
                chunk = chunks.hasNext() ? chunks.next() : null;
            }
            return read;
        } catch (IOException e) {
            throw layer.failure(e);
        }
    }

    private int zeros(byte[] target, int offset, int length, long hole) {
        int zeros = (int) Math.min(length, hole);
        Arrays.fill(target, offset, offset + zeros, (byte) 0);
        position += zeros;
        return zeros;
    }

    private void finish() throws IOException {
        while (reader.next() != null) {
            // What follows counts for the digests only.
        }
        reader.drain();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
