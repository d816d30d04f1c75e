// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

/**
 * Limits on what a compressed layer may become; what goes beyond one is refused.
 *
 * @param maxBytes how many bytes the uncompressed layer may have
 * @param maxRatio how many times larger than the compressed bytes it may be, once it has {@code ratioFrom} bytes
 * @param ratioFrom from how many uncompressed bytes on the ratio counts
 * @param maxWindowLog the largest window of zstd, as a power of two
 */
public record DecodeLimits(long maxBytes, int maxRatio, long ratioFrom, int maxWindowLog) {
    /** A TiB; 200 times from a GiB on; 128 MiB, which is what {@code zstd --long=27} needs. */
    public static final DecodeLimits DEFAULT = new DecodeLimits(1L << 40, 200, 1L << 30, 27);
}
