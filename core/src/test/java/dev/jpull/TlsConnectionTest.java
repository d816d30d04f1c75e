// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.error.Remedy;
import dev.jpull.hosts.TlsSettings;
import dev.jpull.http.TlsMaterial;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections over TLS are made: versions, sessions, proxies, and certificates that are not valid any more. */
@ParameterizedClass(name = "{0}")
@EnumSource(TlsImplementation.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsConnectionTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestCertificates CERTIFICATES = new TestCertificates();
    private static final TestImage CONTENT =
            new ImageFactory(85).image("linux/amd64", new Layer(50_000, Compression.NONE));

    private final TlsImplementation tls;

    @TempDir
    Path temporary;

    private Fixture fixture;

    TlsConnectionTest(TlsImplementation tls) {
        this.tls = tls;
    }

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary, tls);
        TestCertificates.write(fixture.directory().resolve("ca.pem"), CERTIFICATES.caPem());
    }

    @Test
    void aCertificateThatHasExpiredIsNamedAsTheReason() {
        TestCertificates.Identity expired = CERTIFICATES.issue("localhost", "EC", Duration.ofDays(-1), "localhost");
        try (TestRegistry registry = TestRegistry.startTls(CERTIFICATES.serverContext(expired), false)
                .serve("team/app", "1", CONTENT)) {
            fixture.hosts("server = \"" + registry.origin() + "\"", "ca = \"ca.pem\"");
            assertThatThrownBy(() -> fixture.pull(IMAGE))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining("the certificate has expired: renew the certificate of the host");
        }
    }

    @Test
    void aHostThatDoesNotSpeakTlsIsAskedAgainTwiceAndNoMore() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (RawServer plain = RawServer.start(client -> {
            connections.incrementAndGet();
            client.getInputStream().read();
            client.getOutputStream().write("HTTP/1.1 400 No\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        })) {
            fixture.hosts("server = \"" + originOf(plain) + "\"", "ca = \"ca.pem\"");
            assertThatThrownBy(() -> fixture.pull(IMAGE)).hasMessageContaining("does not speak TLS");
            assertThat(connections).hasValue(3);
        }
    }

    @Test
    void aHostThatRefusesTheVersionOfTlsIsAskedAgainTwiceAndNoMore() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        byte[] alert = {21, 3, 3, 0, 2, 2, 70};
        try (RawServer old = RawServer.start(client -> {
            connections.incrementAndGet();
            client.getInputStream().read(new byte[4096]);
            client.getOutputStream().write(alert);
        })) {
            fixture.hosts("server = \"" + originOf(old) + "\"", "ca = \"ca.pem\"");
            assertThatThrownBy(() -> fixture.pull(IMAGE)).hasMessageContaining("protocol_version");
            assertThat(connections).hasValue(tls == TlsImplementation.JSSE ? 3 : 4);
        }
    }

    @Test
    void aHostThatEndsItsFirstHandshakesIsAskedAgainTwiceAndNoMore() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (RawServer closing = RawServer.start(client -> {
            connections.incrementAndGet();
            client.getInputStream().read(new byte[4096]);
        })) {
            fixture.hosts("server = \"" + originOf(closing) + "\"", "ca = \"ca.pem\"");
            assertThatThrownBy(() -> fixture.pull(IMAGE))
                    .hasMessageContaining("TLS failed: ")
                    .hasMessageContaining("if it is meant to be plain HTTP")
                    .isInstanceOfSatisfying(
                            RegistryUnavailableException.class,
                            failure -> assertThat(failure.remedies()).contains(Remedy.PLAIN_HTTP));
            assertThat(connections).hasValue(3);
        }
    }

    @Test
    void aHostThatHasCompletedAHandshakeIsAskedAgainAsAfterOtherFailures() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        SSLSocketFactory secure =
                CERTIFICATES.serverContext(CERTIFICATES.localhost()).getSocketFactory();
        try (RawServer host = RawServer.start(client -> {
            if (connections.getAndIncrement() == 0) {
                SSLSocket spoken = (SSLSocket) secure.createSocket(client, "localhost", client.getPort(), false);
                spoken.setUseClientMode(false);
                spoken.startHandshake();
                spoken.close();
                return;
            }
            client.getInputStream().read(new byte[4096]);
        })) {
            fixture.hosts("server = \"" + originOf(host) + "\"", "ca = \"ca.pem\"");
            assertThatThrownBy(() -> fixture.pull(IMAGE))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageNotContaining("if it is meant to be plain HTTP");
            assertThat(connections).hasValueGreaterThanOrEqualTo(7);
        }
    }

    @Test
    void aRecordThatIsNotOfTlsDoesNotMakeAHostOneWithoutTls() throws IOException {
        SSLSocketFactory secure =
                CERTIFICATES.serverContext(CERTIFICATES.localhost()).getSocketFactory();
        try (RawServer broken = RawServer.start(client -> {
            SSLSocket spoken = (SSLSocket) secure.createSocket(client, "localhost", client.getPort(), false);
            spoken.setUseClientMode(false);
            spoken.startHandshake();
            spoken.getInputStream().read(new byte[4096]);
            client.getOutputStream().write("HTTP/1.1 200 Yes\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        })) {
            fixture.hosts("server = \"" + originOf(broken) + "\"", "ca = \"ca.pem\"");
            assertThatThrownBy(() -> fixture.pull(IMAGE))
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageNotContaining("does not speak TLS");
        }
    }

    private static String originOf(RawServer server) {
        return "https://localhost:" + ((InetSocketAddress) server.address()).getPort();
    }

    @Test
    void aHostIsReachedThroughAProxyThatSeesNothingButItsName() throws IOException {
        List<String> requests = new CopyOnWriteArrayList<>();
        try (TestRegistry registry = TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), false)
                        .serve("team/app", "1", CONTENT);
                RawServer proxy = RawServer.start(client -> connect(client, requests, registry.port()))) {
            int port = ((InetSocketAddress) proxy.address()).getPort();
            fixture.hosts(
                    "server = \"" + registry.origin() + "\"",
                    "ca = \"ca.pem\"",
                    "[jpull]",
                    "proxy = \"http://user:secret@localhost:" + port + "\"");
            assertThat(fixture.pull(IMAGE).chainId()).hasToString(CONTENT.chainId("linux/amd64"));
            assertThat(requests)
                    .isNotEmpty()
                    .allMatch(request -> request.equals("CONNECT " + registry.host() + " HTTP/1.1"));
        }
    }

    /** Notes the first line of a request, and carries bytes between the client and the registry from then on. */
    private static void connect(Socket client, List<String> requests, int port) throws IOException {
        InputStream in = client.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return;
            }
            head.append((char) next);
        }
        requests.add(head.substring(0, head.indexOf("\r\n")));
        try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Thread there = new Thread(() -> copy(client, behind), "to-the-registry");
            there.setDaemon(true);
            there.start();
            copy(behind, client);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            return; // one of the two connections has ended
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aHostThatSpeaksOneVersionAloneGetsIt(String version) throws IOException {
        try (SSLServerSocket server = server(version)) {
            assertThat(versionWith(server, material())).isEqualTo(version);
        }
    }

    @Test
    void aSecondConnectionOfTls12ResumesTheSession() throws IOException {
        TlsMaterial material = material();
        try (SSLServerSocket server = server("TLSv1.2");
                SSLSocket first = connection(server, material)) {
            first.getInputStream().read();
            try (SSLSocket second = connection(server, material)) {
                second.getInputStream().read();
                assertThat(second.getSession().getCreationTime())
                        .isEqualTo(first.getSession().getCreationTime());
                assertThat(second.getSession().getId())
                        .isEqualTo(first.getSession().getId());
            }
        }
    }

    private TlsMaterial material() {
        return TlsMaterial.load(
                new TlsSettings(List.of(fixture.directory().resolve("ca.pem")), true, List.of(), false), tls.get());
    }

    private static String versionWith(SSLServerSocket server, TlsMaterial material) throws IOException {
        try (SSLSocket socket = connection(server, material)) {
            assertThat(socket.getInputStream().read()).isEqualTo('x');
            return socket.getSession().getProtocol();
        }
    }

    private static SSLSocket connection(SSLServerSocket server, TlsMaterial material) throws IOException {
        return (SSLSocket) material.sockets().createSocket("localhost", server.getLocalPort());
    }

    /** A server that speaks one version, and says one letter on each connection. */
    private static SSLServerSocket server(String version) throws IOException {
        SSLContext context = CERTIFICATES.serverContext(CERTIFICATES.localhost());
        SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setEnabledProtocols(new String[] {version});
        Thread thread = new Thread(() -> answer(server), "tls-server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void answer(SSLServerSocket server) {
        try {
            while (true) {
                Socket client = server.accept();
                client.getOutputStream().write('x');
            }
        } catch (IOException e) {
            return; // closed
        }
    }
}
