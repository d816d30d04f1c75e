// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.NativeBuffer;
import dev.jpull.posix.OpenFile;
import dev.jpull.tar.SparseMap;
import dev.jpull.tar.TarEntry;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarReader;
import java.io.Closeable;
import java.io.IOException;

/** Writes the content of files, in pieces of {@value #PIECE} bytes; what a sparse file does not have becomes holes. */
final class FileContent implements Closeable {
    private static final int PIECE = 256 * 1024;

    private final TarReader archive;
    private final WorkBudget budget;
    private final byte[] piece = new byte[PIECE];
    private final NativeBuffer buffer;

    FileContent(TarReader archive, WorkBudget budget) throws IOException {
        this.archive = archive;
        this.budget = budget;
        this.buffer = new NativeBuffer(PIECE);
    }

    /** Writes all of the present entry. */
    void write(TarEntry entry, OpenFile file) throws IOException {
        SparseMap map = entry.sparse();
        if (map == null) {
            long left = entry.size();
            while (left > 0) {
                int length = read(entry, left);
                file.write(buffer, piece, 0, length);
                left -= length;
            }
            return;
        }
        for (SparseMap.Chunk chunk : map.chunks()) {
            for (long done = 0; done < chunk.length(); ) {
                int length = read(entry, chunk.length() - done);
                file.writeAt(chunk.offset() + done, buffer, piece, 0, length);
                done += length;
            }
        }
        file.setSize(map.size());
    }

    /** Fills the piece, as far as there is so much. */
    private int read(TarEntry entry, long most) throws IOException {
        budget.requireNotCancelled();
        int wanted = (int) Math.min(most, PIECE);
        int length = 0;
        while (length < wanted) {
            int count = archive.read(piece, length, wanted - length);
            if (count < 0) {
                throw new TarException(entry.path() + " has fewer bytes than its header says");
            }
            length += count;
        }
        return length;
    }

    @Override
    public void close() {
        buffer.close();
    }
}
