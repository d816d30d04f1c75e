// SPDX-License-Identifier: Apache-2.0
package dev.jpull.transfer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** A host at the end of a {@link SimulatedPath}, with its connections, on the clock of the simulation. For use by one thread. */
final class SimulatedHost {
    private static final double NANOS = 1e9;

    private final SimulatedPath path;
    private final List<Response> open = new ArrayList<>();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private int requests;
    private int refusals;
    private int connects;
    private int mostConnections;

    /** A connection, with how much may be on the way. */
    private static final class Connection {
        private double window = SimulatedPath.FIRST_WINDOW;
    }

    /** A request, and the response that comes for it. */
    final class Response {
        private final Connection connection;
        private final long arrives;
        private final long headersAt;
        private long left;
        private double fraction;
        private boolean arrived;
        private boolean refused;

        private Response(Connection connection, long arrives, long bytes) {
            this.connection = connection;
            this.arrives = arrives;
            this.headersAt = arrives + path.roundTrip() / 2;
            this.left = bytes;
        }

        /** Whether the head of the response is there. */
        boolean isAnswered(long now) {
            return now >= headersAt;
        }

        /** Whether the host has refused the request. */
        boolean isRefused() {
            return refused;
        }

        /** Ends the response; the connection lives on only when the response was read to its end. */
        void close() {
            open.remove(this);
            if (left == 0 || refused) {
                idle.push(connection);
            }
        }

        private boolean isSending(long now) {
            return now >= headersAt && !refused && left > 0;
        }
    }

    SimulatedHost(SimulatedPath path) {
        this.path = path;
    }

    /** Sends a request for so many bytes. */
    Response request(long bytes, long now) {
        requests++;
        boolean warm = !idle.isEmpty();
        Connection connection = warm ? idle.pop() : new Connection();
        if (!warm) {
            connects++;
        }
        Response response =
                new Response(connection, now + (warm ? path.roundTrip() / 2 : path.roundTrip() * 3 / 2), bytes);
        open.add(response);
        mostConnections = Math.max(mostConnections, open.size());
        return response;
    }

    /** Decides about the requests that have arrived. */
    void accept(long now) {
        for (Response response : open) {
            if (!response.arrived && now >= response.arrives) {
                response.arrived = true;
                long served = open.stream()
                        .filter(other -> other.arrived && !other.refused && other.left > 0)
                        .count();
                if (served > path.mostRequests()) {
                    response.refused = true;
                    refusals++;
                }
            }
        }
    }

    /** What each response sends in a step of the clock: each as fast as it can, within even shares of the bandwidth. */
    List<Delivery> send(long now, long step) {
        List<Response> sending = new ArrayList<>(
                open.stream().filter(response -> response.isSending(now)).toList());
        sending.sort(Comparator.comparingDouble(response -> path.rate(response.connection.window)));
        double rest = path.capacity(sending.size()) * step / NANOS;
        int others = sending.size();
        List<Delivery> deliveries = new ArrayList<>();
        for (Response response : sending) {
            double share = Math.min(rest / others--, path.rate(response.connection.window) * step / NANOS);
            rest -= share;
            response.connection.window = Math.min(SimulatedPath.LARGEST_WINDOW, response.connection.window + share);
            response.fraction += share;
            long whole = Math.min(response.left, (long) response.fraction);
            response.fraction -= whole;
            response.left -= whole;
            deliveries.add(new Delivery(response, whole));
        }
        return deliveries;
    }

    /** Bytes that came. */
    record Delivery(Response response, long bytes) {}

    long roundTrip() {
        return path.roundTrip();
    }

    int requests() {
        return requests;
    }

    int refusals() {
        return refusals;
    }

    int connects() {
        return connects;
    }

    int mostConnections() {
        return mostConnections;
    }
}
