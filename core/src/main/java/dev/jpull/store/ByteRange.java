// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

/**
 * Some bytes of a blob.
 *
 * @param start the first byte
 * @param end the byte after the last one, larger than the first
 */
public record ByteRange(long start, long end) {
    /** Refuses what has no bytes. */
    public ByteRange {
        if (start < 0 || end <= start) {
            throw new IllegalArgumentException("no bytes from " + start + " to " + end);
        }
    }

    /** How many bytes. */
    public long length() {
        return end - start;
    }
}
