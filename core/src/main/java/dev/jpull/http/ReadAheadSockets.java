// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that read from the system in large pieces. OkHttp asks for 8 KiB at a time and TLS for a header of 5 bytes and
 * then a record, which makes a system call each; with this buffer below them, a large blob needs an eighth of the calls.
 *
 * <p>When a write fails because the connection has ended, what the host sent before is read first, and the failure of the write
 * comes after it. A host that refuses the certificate of a client says so in an alert and ends the connection, while the client still
 * writes the rest of the handshake or its request.
 */
final class ReadAheadSockets extends SocketFactory {
    private static final int BUFFER = 64 << 10;
    /** Of Linux and macOS, and of Windows: there is no other sign of the reason. */
    private static final List<String> ENDINGS = List.of(
            "broken pipe",
            "connection reset",
            "software caused connection abort",
            "established connection was aborted");

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

    /**
     * Whether a failed write says that the connection has ended. After any other failure, such as that of a firewall or of a lack of
     * memory, a read might wait; so it might after a message in another language, which is not known here.
     */
    static boolean endsTheConnection(SocketException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return ENDINGS.stream().anyMatch(message::contains);
    }

    private final class ReadAheadSocket extends Socket {
        private @Nullable InputStream buffered;
        private @Nullable OutputStream output;
        /** Why nothing can be written any more; the reading thread throws it when all is read that came. */
        private volatile @Nullable SocketException broken;

        @Override
        public void connect(SocketAddress address, int timeoutMillis) throws IOException {
            super.connect(network.reach(address), timeoutMillis);
        }

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (buffered == null) {
                buffered = new BufferedInputStream(new Incoming(super.getInputStream()), BUFFER);
            }
            return buffered;
        }

        @Override
        public synchronized OutputStream getOutputStream() throws IOException {
            if (output == null) {
                output = new Outgoing(super.getOutputStream());
            }
            return output;
        }

        /** Counts what comes from the system. */
        private final class Incoming extends FilterInputStream {
            Incoming(InputStream in) {
                super(in);
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int read = readOrEnd(buffer, offset, length);
                SocketException writing = broken;
                if (read < 0 && writing != null) {
                    throw writing;
                }
                allowance.spend(read);
                return read;
            }

            private int readOrEnd(byte[] buffer, int offset, int length) throws IOException {
                try {
                    return super.read(buffer, offset, length);
                } catch (SocketException e) {
                    if (broken == null) {
                        throw e;
                    }
                    return -1;
                }
            }
        }

        private final class Outgoing extends FilterOutputStream {
            Outgoing(OutputStream out) {
                super(out);
            }

            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (broken != null) {
                    return;
                }
                try {
                    out.write(bytes, offset, length);
                } catch (SocketException e) {
                    if (isClosed() || !endsTheConnection(e)) {
                        throw e;
                    }
                    broken = e; // a read of a connection that has ended does not wait
                }
            }
        }
    }
}
