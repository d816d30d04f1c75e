// SPDX-License-Identifier: Apache-2.0
package dev.jpull.compression;

import java.io.Serializable;

/**
 * Limits on what a compressed layer may become; what goes beyond one is refused.
 *
 * @param maxBytes how many bytes the uncompressed layer may have, at least 0
 * @param maxRatio how many times larger than the compressed bytes read so far it may be, once it has {@code ratioFrom} bytes;
 *     at least 1
 * @param ratioFrom from how many uncompressed bytes on the ratio counts, at least 0
 * @param maxWindowLog the largest window of zstd, as a power of two, from 10 to 31
 */
public record DecodeLimits(long maxBytes, int maxRatio, long ratioFrom, int maxWindowLog) implements Serializable {
    /** A TiB; 200 times from a GiB on; 128 MiB, which is what {@code zstd --long=27} needs. */
    public static final DecodeLimits DEFAULT = new DecodeLimits(1L << 40, 200, 1L << 30, 27);

    /** The same with another limit on the bytes of a layer, up to which any ratio is allowed. */
    public DecodeLimits withMaxBytes(long bytes) {
        return new DecodeLimits(bytes, maxRatio, bytes, maxWindowLog);
    }

    public DecodeLimits {
        if (maxBytes < 0 || maxRatio < 1 || ratioFrom < 0 || maxWindowLog < 10 || maxWindowLog > 31) {
            throw new IllegalArgumentException("limits of a decoder out of range: " + maxBytes + " bytes, ratio "
                    + maxRatio + " from " + ratioFrom + " bytes, window of 2^" + maxWindowLog);
        }
    }
}
