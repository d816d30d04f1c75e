// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import java.time.Duration;

/**
 * A model of the path to a host, and of the host.
 *
 * @param name in the table of results
 * @param roundTrip the round trip, in nanoseconds
 * @param bandwidth of the link, shared evenly by all connections, in bytes a second
 * @param perConnection the most that the host sends over one connection, in bytes a second
 * @param loss the part of the packets that is lost
 * @param mostRequests how many requests the host serves at once; it answers more of them with 429
 * @param crowd beyond how many connections the host becomes slower, in proportion to their number
 */
record SimulatedPath(
        String name, long roundTrip, double bandwidth, double perConnection, double loss, int mostRequests, int crowd) {
    /** Bytes of a packet. */
    static final double PACKET = 1460;

    /** Bytes that a new connection may have on the way. */
    static final double FIRST_WINDOW = 10 * PACKET;

    /** Bytes that any connection may have on the way. */
    static final double LARGEST_WINDOW = 4 << 20;

    private static final double NANOS = 1e9;

    /** A path of 1 GB a second without loss and limits. */
    static SimulatedPath of(String name, double roundTripMillis) {
        return new SimulatedPath(
                name, (long) (roundTripMillis * 1e6), 1e9, Double.MAX_VALUE, 0, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    SimulatedPath bandwidth(double bytesPerSecond) {
        return new SimulatedPath(name, roundTrip, bytesPerSecond, perConnection, loss, mostRequests, crowd);
    }

    SimulatedPath perConnection(double bytesPerSecond) {
        return new SimulatedPath(name, roundTrip, bandwidth, bytesPerSecond, loss, mostRequests, crowd);
    }

    SimulatedPath loss(double share) {
        return new SimulatedPath(name, roundTrip, bandwidth, perConnection, share, mostRequests, crowd);
    }

    SimulatedPath mostRequests(int count) {
        return new SimulatedPath(name, roundTrip, bandwidth, perConnection, loss, count, crowd);
    }

    SimulatedPath crowd(int count) {
        return new SimulatedPath(name, roundTrip, bandwidth, perConnection, loss, mostRequests, count);
    }

    /** The bytes a second of one connection with this window: loss bounds it as Mathis et al. have shown. */
    double rate(double window) {
        double seconds = roundTrip / NANOS;
        double lossy = loss == 0 ? Double.MAX_VALUE : 1.22 * PACKET / (seconds * Math.sqrt(loss));
        return Math.min(Math.min(window / seconds, perConnection), lossy);
    }

    /** The bytes a second of all connections together. */
    double capacity(int connections) {
        return connections <= crowd ? bandwidth : bandwidth * crowd / connections;
    }

    /**
     * The least time for so many bytes: a round trip to connect and one to ask, then the slow starts of all connections at the same
     * time, as far as the bandwidth allows.
     */
    Duration ideal(long bytes, int connections) {
        int most = Math.min(connections, Math.min(mostRequests, crowd));
        double step = Math.min((double) roundTrip, 1e6) / NANOS;
        double window = FIRST_WINDOW;
        double seconds = 2 * roundTrip / NANOS;
        for (double sent = 0; sent < bytes; seconds += step) {
            double rate = Math.min(bandwidth, most * rate(window));
            sent += rate * step;
            window = Math.min(LARGEST_WINDOW, window + rate * step / most);
        }
        return Duration.ofNanos((long) (seconds * NANOS));
    }

    /** A step of the clock that is short beside a round trip, in nanoseconds. */
    long step() {
        return Math.max(50_000, Math.min(1_000_000, roundTrip / 8));
    }
}
