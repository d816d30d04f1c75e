// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A port of this machine where something else than a registry is. */
final class RawServer implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> clients = new ArrayList<>();

    /** What is done with a connection before it is closed. */
    @FunctionalInterface
    interface Handler {
        void handle(Socket socket) throws IOException;
    }

    private RawServer(ServerSocket server) {
        this.server = server;
    }

    /** A port where connections are accepted, and treated like this. */
    static RawServer start(Handler handler) throws IOException {
        RawServer server = new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread thread = new Thread(() -> server.accept(handler), "raw-server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    /** A port that does not even answer: no connection is accepted, and once the queue is full, the system answers no more. */
    static RawServer blackHole() throws IOException {
        RawServer hole = new RawServer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        for (int i = 0; i < 4; i++) {
            Socket socket = new Socket();
            hole.clients.add(socket);
            try {
                socket.connect(hole.address(), 200);
            } catch (IOException e) {
                break; // full
            }
        }
        return hole;
    }

    /** A port on which no program listens. */
    static SocketAddress closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalSocketAddress();
        }
    }

    SocketAddress address() {
        return server.getLocalSocketAddress();
    }

    private void accept(Handler handler) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> handle(socket, handler), "raw-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void handle(Socket socket, Handler handler) {
        try (socket) {
            handler.handle(socket);
        } catch (IOException e) {
            return; // the other side has gone
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
    }
}
