// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that read from the system in large pieces. OkHttp asks for 8 KiB at a time and TLS for a header of 5 bytes and
 * then a record, which makes a system call each; with this buffer below them, a large blob needs an eighth of the calls.
 */
final class ReadAheadSockets extends SocketFactory {
    private static final int BUFFER = 64 << 10;

    private final HttpOptions.Network network;
    private final ReadAllowance allowance;

    ReadAheadSockets(HttpOptions.Network network, ReadAllowance allowance) {
        this.network = network;
        this.allowance = allowance;
    }

    @Override
    public Socket createSocket() {
        return new ReadAheadSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new ReadAheadSocket(), new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new ReadAheadSocket(), new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        Socket socket = new ReadAheadSocket();
        socket.bind(new InetSocketAddress(localHost, localPort));
        return connected(socket, new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        Socket socket = new ReadAheadSocket();
        socket.bind(new InetSocketAddress(localAddress, localPort));
        return connected(socket, new InetSocketAddress(address, port));
    }

    private static Socket connected(Socket socket, InetSocketAddress address) throws IOException {
        socket.connect(address);
        return socket;
    }

    private final class ReadAheadSocket extends Socket {
        private @Nullable InputStream buffered;

        @Override
        public void connect(SocketAddress address, int timeoutMillis) throws IOException {
            super.connect(network.reach(address), timeoutMillis);
        }

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (buffered == null) {
                buffered = new BufferedInputStream(new Counted(super.getInputStream()), BUFFER);
            }
            return buffered;
        }
    }

    /** Counts what comes from the system. */
    private final class Counted extends FilterInputStream {
        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            allowance.spend(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            allowance.spend(read);
            return read;
        }
    }
}
