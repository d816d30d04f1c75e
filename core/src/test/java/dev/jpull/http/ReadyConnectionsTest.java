// SPDX-License-Identifier: Apache-2.0
package dev.jpull.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that are made ahead, at a server of the test's own. */
@Timeout(60)
class ReadyConnectionsTest {
    private final List<Thread> threads = new ArrayList<>();
    private final ReadyConnections ready = new ReadyConnections(HttpOptions.Network.SYSTEM, this::newThread);
    private final ReadAheadSockets sockets =
            new ReadAheadSockets(HttpOptions.Network.SYSTEM, ready, new ReadAllowance());
    private ServerSocket server;
    private InetSocketAddress address;

    private synchronized Thread newThread(Runnable task) {
        Thread thread = new Thread(task);
        threads.add(thread);
        return thread;
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    @AfterEach
    void close() throws IOException {
        ready.close();
        server.close();
    }

    private Socket connected() throws IOException {
        Socket socket = sockets.createSocket();
        socket.setSoTimeout(50_000);
        socket.connect(address, 50_000);
        return socket;
    }

    @Test
    void aSocketTakesTheConnectionThatWasMadeAhead() throws Exception {
        ready.open(address, 1);
        try (Socket accepted = server.accept();
                Socket taken = connected()) {
            assertThat(taken.getLocalPort()).isEqualTo(accepted.getPort());
            assertThat(taken.getRemoteSocketAddress()).isEqualTo(address);
            assertThat(taken.getSoTimeout()).isEqualTo(50_000);
            accepted.getOutputStream().write(7);
            assertThat(taken.getInputStream().read()).isEqualTo(7);
            taken.getOutputStream().write(8);
            assertThat(accepted.getInputStream().read()).isEqualTo(8);
        }
        assertThat(ready.take(address)).isNull();
        joinThreads();
    }

    @Test
    void eachConnectionIsTakenOnce() throws Exception {
        ready.open(address, 1);
        try (Socket first = connected();
                Socket second = connected()) {
            assertThat(first.getLocalPort()).isNotEqualTo(second.getLocalPort());
        }
    }

    @Test
    void thereAreNoMoreThanWereAskedFor() throws Exception {
        ready.open(address, 2);
        ready.open(address, 3);
        assertThat(threads).hasSize(3);
        ready.open(address, 1000);
        assertThat(threads).hasSize(24);
    }

    @Test
    void anotherAddressIsConnectedToAnew() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ready.open(new InetSocketAddress(other.getInetAddress(), other.getLocalPort()), 1);
            try (Socket accepted = other.accept();
                    Socket socket = connected()) {
                assertThat(socket.getPort()).isEqualTo(server.getLocalPort());
                assertThat(socket.getLocalPort()).isNotEqualTo(accepted.getPort());
            }
        }
    }

    @Test
    void closingEndsWhatNoRequestHasTaken() throws Exception {
        ready.open(address, 1);
        try (Socket accepted = server.accept()) {
            ready.close();
            assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        }
        joinThreads();
        ready.open(address, 1);
        assertThat(threads).hasSize(1);
    }

    @Test
    void aConnectionThatIsNotUsedIsClosedSoon() throws Exception {
        ready.open(address, 1);
        try (Socket accepted = server.accept()) {
            assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(ready.take(address)).isNull();
    }

    @Test
    void afterAFailureNoneAreMadeForAWhileAndARequestConnectsItself() throws Exception {
        server.close();
        ready.open(address, 1);
        joinThreads();
        ready.open(address, 1);
        assertThat(threads).hasSize(1);
        assertThatThrownBy(this::connected).isInstanceOf(ConnectException.class);
    }

    @Test
    void aSocketIsClosedWithItsConnection() throws Exception {
        ready.open(address, 1);
        try (Socket accepted = server.accept()) {
            Socket taken = connected();
            taken.close();
            assertThat(accepted.getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(taken::getInputStream).isInstanceOf(SocketException.class);
        }
    }

    private void joinThreads() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
