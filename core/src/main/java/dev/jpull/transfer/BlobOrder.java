// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.image.Descriptor;
import java.util.List;

/**
 * The order in which blobs are downloaded: small ones, which others wait for and which take no time, then from the largest to the
 * smallest, so that the last download to end is not the largest one, begun last.
 */
public final class BlobOrder {
    private static final long SMALL = 64 << 10;

    private BlobOrder() {}

    /** The blobs in the order in which they are to be downloaded. */
    public static List<Descriptor> of(List<Descriptor> blobs) {
        return blobs.stream()
                .sorted((one, other) -> Long.compare(rank(one), rank(other)))
                .toList();
    }

    private static long rank(Descriptor blob) {
        return blob.size() <= SMALL ? Long.MIN_VALUE : -blob.size();
    }
}
