// SPDX-License-Identifier: Apache-2.0
package dev.jpull.tar;

/**
 * Limits on an archive; what goes beyond one is refused with a {@link TarException}.
 *
 * @param maxEntries how many entries it may have
 * @param maxHeaderBytes how many bytes the extended headers of one entry may have together
 * @param maxSparseChunks how many parts the map of a sparse file may have
 * @param maxBytes how many bytes the files may have together, holes included
 */
public record TarLimits(long maxEntries, int maxHeaderBytes, int maxSparseChunks, long maxBytes) {
    /** Limits that no image that is in use comes near to. */
    public static final TarLimits DEFAULT = new TarLimits(10_000_000, 1 << 20, 100_000, 1L << 40);
}
