// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

import java.util.List;

/**
 * Where the stored bytes of a sparse file belong; everything else is zeros.
 *
 * @param size the size of the file in bytes
 * @param chunks the stored parts, in order of their offsets, without overlap, all within the size
 */
public record SparseMap(long size, List<Chunk> chunks) {
    /** Copies the list. */
    public SparseMap {
        chunks = List.copyOf(chunks);
    }

    /**
     * A part that is stored.
     *
     * @param offset where it belongs in the file, in bytes
     * @param length how many bytes it has
     */
    public record Chunk(long offset, long length) {}
}
