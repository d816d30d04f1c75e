// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import dev.jpull.registry.HostRates;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Measures how fast one blob comes, over all streams that fetch parts of it and across their reopenings. There are two bounds: a
 * floor for the present host, judged within seconds, while another host could be asked instead; and a least rate for the
 * download as a whole, over minutes, whichever hosts there are. For use under the lock of its owner.
 */
final class RateCheck {
    /** The least rate of a download, in bytes a second, in sum over the downloads that share its host. */
    static final long LEAST = 2 << 10;

    static final long LEAST_WINDOW = Duration.ofMinutes(2).toNanos();

    /** A blob may be slower than its share of what its host sends, by this factor. */
    static final int UNFAIRNESS = 4;

    private static final double NANOS = 1e9;

    private double floor;
    private long since;
    private long bytes;
    private long leastSince;
    private long leastBytes;
    private double rate;

    /** What is wrong with the rate. */
    enum Verdict {
        /** The host sends too little, in sum over all downloads. */
        SLOW_HOST,
        /** The host sends too little of this blob, while others get more. */
        SLOW_BLOB,
        /** The blob comes so slowly that the download ends. */
        SLOW_DOWNLOAD
    }

    RateCheck(long now) {
        this.leastSince = now;
        this.since = now;
    }

    /**
     * A host is to send the blob.
     *
     * @param least the floor in bytes a second; 0 when no other host is better
     * @param another whether it is another host than before
     */
    void serve(double least, boolean another, long now) {
        floor = least;
        if (another) {
            since = now;
            bytes = 0;
        }
    }

    /** The download begins anew after failures, which have a bound of their own. */
    void restart(long now) {
        leastSince = now;
        leastBytes = 0;
    }

    /**
     * Bytes came.
     *
     * @param missing how many of them were missing
     * @param all how many there were
     */
    void received(long missing, long all) {
        bytes += missing;
        leastBytes += all;
    }

    /** The machine itself was busy: so much of the time is not the host's. */
    void excuse(long nanos, long now) {
        since = Math.min(now, since + nanos);
        leastSince = Math.min(now, leastSince + nanos);
    }

    /**
     * Judges the rate, when it is time to.
     *
     * @param hostRate what the host sent in sum in its last window, in bytes a second
     * @param sharing how many downloads the host serves, at least 1
     * @return what is wrong, or null
     */
    @Nullable
    Verdict judge(double hostRate, int sharing, long now) {
        if (now - leastSince >= LEAST_WINDOW) {
            double overall = leastBytes * NANOS / (now - leastSince) * sharing;
            leastSince = now;
            leastBytes = 0;
            if (overall < LEAST) {
                rate = overall;
                return Verdict.SLOW_DOWNLOAD;
            }
        }
        if (hostRate < floor) {
            rate = hostRate;
            return Verdict.SLOW_HOST;
        }
        if (now - since < HostRates.WINDOW) {
            return null;
        }
        double share = bytes * NANOS / (now - since) * sharing;
        since = now;
        bytes = 0;
        if (share * UNFAIRNESS < floor) {
            rate = share;
            return Verdict.SLOW_BLOB;
        }
        return null;
    }

    /** The rate behind the last verdict, in bytes a second in sum over the downloads of the host. */
    double rate() {
        return rate;
    }
}
