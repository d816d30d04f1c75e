// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.IntegrityException;

/** Counts what the names of an image cost in memory, and refuses an image that has too many. For use by one thread. */
final class ViewLimits {
    /** How many names all layers may have together; each costs about 200 bytes of memory while the image is looked through. */
    static final int MAX_NAMES = 1_000_000;

    /** How many bytes these names, with the targets of links, may have together. */
    static final int MAX_BYTES = 64 << 20;

    private final String image;
    private final int maxNames;
    private final int maxBytes;
    private int names;
    private int bytes;

    ViewLimits(String image, int maxNames, int maxBytes) {
        this.image = image;
        this.maxNames = maxNames;
        this.maxBytes = maxBytes;
    }

    /** Counts a name of this many bytes. */
    void count(int length) {
        if (names >= maxNames || length > maxBytes - bytes) {
            throw new IntegrityException("the layers of " + image + " have more than " + maxNames + " names or "
                    + maxBytes + " bytes in them, which is the limit for reading files of an image: unpack it instead");
        }
        names++;
        bytes += length;
    }
}
