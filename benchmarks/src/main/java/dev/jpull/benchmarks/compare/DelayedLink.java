// SPDX-License-Identifier: Apache-2.0
package dev.jpull.benchmarks.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A port that leads to another one over a long way: what is sent arrives later, and a connection takes a round trip to be made.
 * Windows and their growth are not those of a long way.
 */
final class DelayedLink implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final long oneWayNanos;

    /** Bytes, and when they arrive; no bytes for the end. */
    private record Arrival(byte[] bytes, long at) {}

    DelayedLink(int target, long roundTripMillis) throws IOException {
        this.target = target;
        this.oneWayNanos = TimeUnit.MILLISECONDS.toNanos(roundTripMillis) / 2;
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                relay(near, far, oneWayNanos, 2 * oneWayNanos); // the first bytes wait for the connection as well
                relay(far, near, oneWayNanos, 0);
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void relay(Socket from, Socket to, long oneWay, long connecting) {
        BlockingQueue<Arrival> onTheWay = new LinkedBlockingQueue<>();
        start(() -> {
            try (InputStream in = from.getInputStream()) {
                long earliest = System.nanoTime() + connecting + oneWay;
                byte[] buffer = new byte[64 << 10];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    onTheWay.add(new Arrival(Arrays.copyOf(buffer, read), earliest));
                    earliest = Math.max(earliest, System.nanoTime() + oneWay);
                }
            } catch (IOException e) {
                return; // the other relay sees it too
            } finally {
                onTheWay.add(new Arrival(new byte[0], 0));
            }
        });
        start(() -> {
            try (OutputStream out = to.getOutputStream()) {
                for (Arrival next = onTheWay.take(); next.bytes().length > 0; next = onTheWay.take()) {
                    TimeUnit.NANOSECONDS.sleep(next.at() - System.nanoTime());
                    out.write(next.bytes());
                }
            } catch (IOException e) {
                return; // the client has gone
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "delayed-link");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
