// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

import dev.jpull.image.Digest;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The blobs of all pulls of a {@link ProgressMeter}, each counted once, as long as a pull that needs it is under way. For use
 * under the monitor of the meter.
 */
final class MeteredBlobs {
    /** How many blobs of pulls that have ended are remembered; an older one counts again. */
    private static final int MAX_ENDED = 10_000;

    private final Map<Digest, Blob> blobs = new HashMap<>();
    private final Set<Digest> ended = new LinkedHashSet<>();
    private long bytes;
    private long total;

    private static final class Blob {
        private int pulls;
        private long bytes;
        private long total;
    }

    /** The sum of two numbers of bytes: sizes are the image's word, and their sum may be larger than any number. */
    static long sum(long first, long second) {
        return first > Long.MAX_VALUE - second ? Long.MAX_VALUE : first + second;
    }

    /** Another pull needs a blob. */
    void retain(Digest digest) {
        blobs.computeIfAbsent(digest, unseen -> new Blob()).pulls++;
    }

    /**
     * So many bytes of a blob are there.
     *
     * @return by how many that is more than before
     */
    long raise(Digest digest, long there, long size) {
        Blob blob = blobs.get(digest);
        if (blob == null || ended.contains(digest)) {
            return 0;
        }
        if (blob.total == 0) {
            blob.total = size;
            total = sum(total, size);
        }
        long more = Math.max(0, Math.min(there, blob.total) - blob.bytes);
        blob.bytes += more;
        bytes = sum(bytes, more);
        return more;
    }

    /** A pull that needs a blob has ended. What has not come of it is needed no more when that was the last one. */
    void release(Digest digest) {
        Blob blob = blobs.get(digest);
        if (blob == null || --blob.pulls > 0) {
            return;
        }
        blobs.remove(digest);
        if (blob.bytes == blob.total) {
            ended.add(digest);
            if (ended.size() > MAX_ENDED) {
                ended.remove(ended.iterator().next());
            }
        } else {
            total -= blob.total - blob.bytes;
        }
    }

    long bytes() {
        return bytes;
    }

    long total() {
        return total;
    }
}
