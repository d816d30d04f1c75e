// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.SparseMap;
import dev.jpull.tar.TarEntry;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a layer, from its first to its last byte, so that all of it is verified when the pass has ended. For use by one
 * thread.
 */
final class LayerScan {
    private static final int BUFFER = 256 << 10;

    private final StoredLayer stored;
    private final int maxSize;
    private long kept = -1;
    private byte[] content = new byte[0];

    /**
     * A pass.
     *
     * @param maxSize how many bytes a file may have whose content is kept
     */
    LayerScan(StoredLayer stored, int maxSize) {
        this.stored = stored;
        this.maxSize = maxSize;
    }

    /** Reads the names, and keeps the content of the last file that has this path, if it is not too large. */
    LayerTree tree(@Nullable RawPath wanted, ViewLimits limits) {
        LayerTree tree = new LayerTree(stored.layer(), limits);
        List<RawPath> parts = wanted == null ? null : wanted.components();
        try (TarReader reader = stored.openArchive(TarLimits.DEFAULT)) {
            long number = 0;
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                tree.add(entry, number);
                if (parts != null && entry.path().components().equals(parts)) {
                    keep(reader, entry, number);
                }
                number++;
            }
            reader.drain();
        } catch (IOException e) {
            throw stored.failure(e);
        }
        return tree;
    }

    /** Reads the content of an entry, which must be a file that is not too large. */
    byte[] content(long wanted) {
        if (wanted == kept) {
            return content;
        }
        try (TarReader reader = stored.openArchive(TarLimits.DEFAULT)) {
            long number = 0;
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                if (number++ == wanted) {
                    keep(reader, entry, wanted);
                }
            }
            reader.drain();
        } catch (IOException e) {
            throw stored.failure(e);
        }
        if (kept != wanted) {
            throw LayerFailure.of(
                    stored.layer(), new IOException("its file in the store was changed while it was read"));
        }
        return content;
    }

    private void keep(TarReader reader, TarEntry entry, long number) throws IOException {
        kept = -1;
        content = new byte[0];
        if (entry.type() != EntryType.FILE || entry.size() > maxSize) {
            return;
        }
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] buffer = new byte[(int) Math.min(BUFFER, entry.size() + 1)];
        for (int n = reader.read(buffer, 0, buffer.length); n >= 0; n = reader.read(buffer, 0, buffer.length)) {
            read.write(buffer, 0, n);
        }
        content = entry.sparse() == null ? read.toByteArray() : filled(entry.sparse(), read.toByteArray());
        kept = number;
    }

    private static byte[] filled(SparseMap map, byte[] chunks) {
        byte[] content = new byte[(int) map.size()];
        int at = 0;
        for (SparseMap.Chunk chunk : map.chunks()) {
            System.arraycopy(chunks, at, content, (int) chunk.offset(), (int) chunk.length());
            at += (int) chunk.length();
        }
        return content;
    }
}
