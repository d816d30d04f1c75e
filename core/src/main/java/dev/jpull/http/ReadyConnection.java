// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A TCP connection that is made, and then kept for a while, by a thread of its own. Safe for use by several threads. */
final class ReadyConnection {
    /** How long a connection may take to be made. */
    private static final Duration DIAL = Duration.ofSeconds(2);

    /** How long a connection is kept for a request: servers end connections without a request after some seconds. */
    private static final Duration KEPT = Duration.ofSeconds(2);

    private final InetSocketAddress address;
    private final HttpOptions.Network network;
    private final Socket socket = new Socket();
    private final CompletableFuture<Socket> made = new CompletableFuture<>();
    private final CountDownLatch left = new CountDownLatch(1);
    private volatile boolean closed;

    ReadyConnection(InetSocketAddress address, HttpOptions.Network network) {
        this.address = address;
        this.network = network;
    }

    /** Where the connection leads. */
    InetSocketAddress address() {
        return address;
    }

    /** Makes the connection. Returns whether it is made. */
    boolean make() {
        try {
            socket.connect(network.reach(address), Math.toIntExact(DIAL.toMillis()));
        } catch (IOException e) {
            made.completeExceptionally(e);
            return false;
        }
        made.complete(socket);
        return true;
    }

    /** Waits for its use, as long as it is kept. Returns whether it was taken or closed. */
    boolean isLeftSoon() {
        try {
            return left.await(KEPT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** It belongs to a request from now on. */
    void taken() {
        left.countDown();
    }

    /**
     * The socket, when the connection is made in time; else null, and the connection is closed.
     *
     * @param limitMillis for how long to wait at most; 0 for as long as connecting may take
     */
    @Nullable
    Socket await(int limitMillis) throws IOException {
        long longest = DIAL.toMillis();
        try {
            return made.get(limitMillis == 0 ? longest : Math.min(limitMillis, longest), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close(); // the request makes a connection of its own, and reports what fails
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            return null;
        }
    }

    /** Whether it was closed here, which is no failure of the host. */
    boolean isClosed() {
        return closed;
    }

    /** Ends the connection, and the wait for it. */
    void close() throws IOException {
        closed = true;
        left.countDown();
        socket.close();
    }
}
