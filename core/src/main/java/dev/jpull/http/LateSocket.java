// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is behind a socket that takes a connection that was made ahead, or makes one, when its address is known. */
final class LateSocket extends SocketImpl {
    private final HttpOptions.Network network;
    private final ReadyConnections ready;
    private int readTimeout;
    private volatile @Nullable Socket socket;
    private volatile @Nullable ReadyConnection awaited;
    private volatile boolean closed;

    LateSocket(HttpOptions.Network network, ReadyConnections ready) {
        this.network = network;
        this.ready = ready;
    }

    private Socket connected() throws SocketException {
        Socket known = socket;
        if (known == null) {
            throw new SocketException("Socket is not connected");
        }
        return known;
    }

    @Override
    protected void create(boolean stream) {}

    @Override
    protected void connect(SocketAddress address, int timeoutMillis) throws IOException {
        Socket made = readyFor(address, timeoutMillis);
        Socket own = made == null ? new Socket() : made;
        socket = own;
        if (closed) {
            own.close();
        }
        own.setSoTimeout(readTimeout);
        if (made == null) {
            own.connect(network.reach(address), timeoutMillis);
        }
        InetSocketAddress remote = (InetSocketAddress) Objects.requireNonNull(own.getRemoteSocketAddress());
        this.address = remote.getAddress();
        this.port = remote.getPort();
        this.localport = own.getLocalPort();
    }

    private @Nullable Socket readyFor(SocketAddress address, int timeoutMillis) throws IOException {
        ReadyConnection taken = ready.take(address);
        if (taken == null) {
            return null;
        }
        awaited = taken;
        if (closed) {
            taken.close();
        }
        return taken.await(timeoutMillis);
    }

    @Override
    protected void connect(String host, int port) throws IOException {
        connect(new InetSocketAddress(host, port), 0);
    }

    @Override
    protected void connect(InetAddress address, int port) throws IOException {
        connect(new InetSocketAddress(address, port), 0);
    }

    @Override
    protected void bind(InetAddress host, int port) throws IOException {
        throw new SocketException("binding is not supported");
    }

    @Override
    protected void listen(int backlog) throws IOException {
        throw new SocketException("listening is not supported");
    }

    @Override
    protected void accept(SocketImpl other) throws IOException {
        throw new SocketException("listening is not supported");
    }

    @Override
    protected InputStream getInputStream() throws IOException {
        return connected().getInputStream();
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        return connected().getOutputStream();
    }

    @Override
    protected int available() throws IOException {
        return connected().getInputStream().available();
    }

    @Override
    protected void close() throws IOException {
        closed = true;
        ReadyConnection waiting = awaited;
        if (waiting != null) {
            waiting.close();
        }
        Socket known = socket;
        if (known != null) {
            known.close();
        }
    }

    @Override
    protected void shutdownInput() throws IOException {
        connected().shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        connected().shutdownOutput();
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        connected().sendUrgentData(data);
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        switch (option) {
            case SocketOptions.SO_TIMEOUT -> {
                readTimeout = (Integer) value;
                Socket known = socket;
                if (known != null) {
                    known.setSoTimeout(readTimeout);
                }
            }
            case SocketOptions.TCP_NODELAY -> connected().setTcpNoDelay((Boolean) value);
            case SocketOptions.SO_KEEPALIVE -> connected().setKeepAlive((Boolean) value);
            default -> throw new SocketException("the option is not supported");
        }
    }

    @Override
    public Object getOption(int option) throws SocketException {
        return switch (option) {
            case SocketOptions.SO_TIMEOUT -> readTimeout;
            case SocketOptions.SO_BINDADDR -> connected().getLocalAddress();
            case SocketOptions.TCP_NODELAY -> connected().getTcpNoDelay();
            case SocketOptions.SO_KEEPALIVE -> connected().getKeepAlive();
            default -> throw new SocketException("the option is not supported");
        };
    }
}
