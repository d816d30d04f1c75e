// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * TCP connections that are made before there is a request for them, so that a request to a host that is far away is answered after
 * one round trip instead of two. They lead to addresses only where the host was reached before, and none is used twice: a request
 * takes a connection as its own. Safe for use by several threads; there is no network I/O under the monitor.
 */
final class ReadyConnections {
    /** How many connections there are without a request at most. */
    private static final int MOST = 24;

    /** For how long none is made after one could not be made: the host, or what stands before it, may limit their number. */
    private static final long PAUSE = Duration.ofSeconds(10).toNanos();

    private final HttpOptions.Network network;
    private final ThreadFactory threads;

    @GuardedBy("this")
    private final Deque<ReadyConnection> kept = new ArrayDeque<>();

    @GuardedBy("this")
    private long pausedUntil = System.nanoTime();

    @GuardedBy("this")
    private boolean closed;

    ReadyConnections(HttpOptions.Network network, ThreadFactory threads) {
        this.network = network;
        this.threads = threads;
    }

    /** Makes connections until so many to the address are kept; returns at once. */
    void open(InetSocketAddress address, int count) {
        List<ReadyConnection> opened = new ArrayList<>();
        synchronized (this) {
            int there = 0;
            for (ReadyConnection connection : kept) {
                there += connection.address().equals(address) ? 1 : 0;
            }
            boolean wanted = !closed && System.nanoTime() - pausedUntil >= 0;
            for (int i = there; wanted && i < count && kept.size() < MOST; i++) {
                ReadyConnection connection = new ReadyConnection(address, network);
                kept.add(connection);
                opened.add(connection);
            }
        }
        for (ReadyConnection connection : opened) {
            Thread thread = threads.newThread(() -> keep(connection));
            thread.setName("jpull-connect");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void keep(ReadyConnection connection) {
        boolean made = connection.make();
        if (made && connection.isLeftSoon()) {
            return;
        }
        boolean unused;
        synchronized (this) {
            unused = kept.remove(connection);
            if (!made && !connection.isClosed()) {
                pausedUntil = System.nanoTime() + PAUSE;
            }
        }
        if (unused) {
            close(connection);
        }
    }

    /** A connection to the address, which may not be made yet; null when there is none. */
    synchronized @Nullable ReadyConnection take(SocketAddress address) {
        for (Iterator<ReadyConnection> all = kept.iterator(); all.hasNext(); ) {
            ReadyConnection connection = all.next();
            if (connection.address().equals(address)) {
                all.remove();
                connection.taken();
                return connection;
            }
        }
        return null;
    }

    /** Closes the connections that no request has taken. */
    void closeUnused() {
        List<ReadyConnection> unused;
        synchronized (this) {
            unused = List.copyOf(kept);
            kept.clear();
        }
        unused.forEach(ReadyConnections::close);
    }

    /** Closes the connections that no request has taken, and makes no more. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        closeUnused();
    }

    private static void close(ReadyConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new AssertionError("closing a socket of TCP does not fail", e);
        }
    }
}
