// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

import dev.jpull.image.Digest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a {@link ProgressMeter} knows of one pull. For use under the monitor of the meter. */
final class MeteredPull {
    private final SmoothedRate rate = new SmoothedRate();
    private final Map<Digest, Long> bytesOf = new HashMap<>();
    private PullEvent.@Nullable PullPlanned plan;

    /** The bytes of the blobs that were in the store when their first event came. */
    private long present;

    /** The bytes that have come of the other blobs. */
    private long fetched;

    /** The sizes of the other blobs. */
    private long toFetch;

    SmoothedRate rate() {
        return rate;
    }

    void plan(PullEvent.PullPlanned planned) {
        plan = planned;
    }

    boolean isPlanned() {
        return plan != null;
    }

    /** The blobs that had an event. */
    Set<Digest> digests() {
        return bytesOf.keySet();
    }

    boolean isNew(Digest digest) {
        return !bytesOf.containsKey(digest);
    }

    /**
     * So many bytes of a blob are there.
     *
     * @return by how many that is more than before
     */
    long raise(Digest digest, long bytes, long total, boolean isPresent) {
        Long known = bytesOf.get(digest);
        long there = Math.min(bytes, total);
        if (known == null) {
            bytesOf.put(digest, there);
            if (isPresent) {
                present = MeteredBlobs.sum(present, total);
                return 0;
            }
            toFetch = MeteredBlobs.sum(toFetch, total);
        }
        long more = Math.max(0, there - (known == null ? 0 : known));
        bytesOf.merge(digest, there, Math::max);
        fetched = MeteredBlobs.sum(fetched, more);
        return more;
    }

    /** How many bytes the plan has beyond the blobs that were told of so far, without those in the store. */
    long toCome() {
        if (plan == null) {
            return 0;
        }
        long cameMeanwhile = Math.max(0, present - plan.presentBytes()); // fetched by another pull since
        return Math.max(0, plan.bytes() - plan.presentBytes() - cameMeanwhile - toFetch);
    }

    ProgressMeter.Progress progress(long nanos) {
        long there = plan == null ? present : Math.max(present, plan.presentBytes());
        long bytes = MeteredBlobs.sum(there, fetched);
        long total = MeteredBlobs.sum(there, MeteredBlobs.sum(toFetch, toCome()));
        return ProgressMeter.Progress.of(bytes, total, isPlanned(), rate.at(nanos));
    }
}
