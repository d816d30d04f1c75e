// SPDX-License-Identifier: Apache-2.0
package dev.jpull.event;

/**
 * A rate in which the bytes of the last seconds count most. It begins with the first transfer, so that what comes before, such as
 * the resolution of a tag, does not lower it. For use under the monitor of its owner.
 */
final class SmoothedRate {
    /** After so much time, bytes count for a third. */
    private static final double TIME_CONSTANT_SECONDS = 5;

    /** Before so much time, a rate says nothing. */
    private static final double LEAST_SECONDS = 0.2;

    private boolean begun;
    private long last;
    private double bytes;
    private double seconds;

    /** A transfer began. */
    void begin(long nanos) {
        if (!begun) {
            begun = true;
            last = nanos;
        }
    }

    /** Bytes have come. */
    void add(long count, long nanos) {
        begin(nanos);
        passTo(nanos);
        bytes += count;
    }

    /** Bytes per second, 0 while it is not known. */
    long at(long nanos) {
        if (!begun) {
            return 0;
        }
        passTo(nanos);
        return seconds < LEAST_SECONDS ? 0 : Math.round(bytes / seconds);
    }

    private void passTo(long nanos) {
        double passed = Math.max(0, nanos - last) / 1e9;
        double kept = Math.exp(-passed / TIME_CONSTANT_SECONDS);
        bytes *= kept;
        seconds = seconds * kept + TIME_CONSTANT_SECONDS * (1 - kept);
        last = nanos;
    }
}
