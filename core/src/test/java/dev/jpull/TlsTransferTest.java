// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.hosts.TlsSettings;
import dev.jpull.http.TlsMaterial;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers over TLS that end too early, or are cancelled. */
@ParameterizedClass(name = "{0}")
@EnumSource(TlsImplementation.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsTransferTest {
    private static final String IMAGE = Fixture.NAMESPACE + "/team/app:1";
    private static final TestCertificates CERTIFICATES = new TestCertificates();
    private static final TestImage CONTENT =
            new ImageFactory(84).image("linux/amd64", new Layer(200_000, Compression.NONE));

    private final TlsImplementation tls;

    @TempDir
    Path temporary;

    private Fixture fixture;
    private TestRegistry registry;

    TlsTransferTest(TlsImplementation tls) {
        this.tls = tls;
    }

    @BeforeEach
    void start() {
        fixture = new Fixture(temporary, tls);
        TestCertificates.write(fixture.directory().resolve("ca.pem"), CERTIFICATES.caPem());
        registry = TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), false)
                .serve("team/app", "1", CONTENT);
        fixture.hosts("server = \"" + registry.origin() + "\"", "ca = \"ca.pem\"");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void aBodyThatEndsTooEarlyIsResumed() {
        registry.when(LoggedRequest::isForBlob, Behaviour.cut(100), 1);
        assertThat(fixture.pull(IMAGE).chainId()).hasToString(CONTENT.chainId("linux/amd64"));
    }

    @Test
    void aBodyWithoutALengthThatEndsTooEarlyIsResumed() {
        registry.when(LoggedRequest::isForBlob, Behaviour.cut(100).inChunks(), 1);
        assertThat(fixture.pull(IMAGE).chainId()).hasToString(CONTENT.chainId("linux/amd64"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 700, 9_000, 60_000})
    void aConnectionThatEndsWithinARecordIsMadeAgain(int bytes) throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (RawServer between =
                RawServer.start(socket -> relay(socket, connections.getAndIncrement() == 0 ? bytes : Long.MAX_VALUE))) {
            fixture.hosts(
                    "server = \"https://localhost:" + ((InetSocketAddress) between.address()).getPort() + "\"",
                    "ca = \"ca.pem\"");
            assertThat(fixture.pull(IMAGE).chainId()).hasToString(CONTENT.chainId("linux/amd64"));
        }
        assertThat(connections).hasValueGreaterThan(1);
    }

    /** Carries bytes between a client and the registry, up to a number of those of the registry. */
    private void relay(Socket client, long limit) throws IOException {
        try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), registry.port())) {
            Thread there = new Thread(() -> copy(client, behind, Long.MAX_VALUE), "relay");
            there.setDaemon(true);
            there.start();
            copy(behind, client, limit);
        }
    }

    private static void copy(Socket from, Socket to, long limit) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[4_096];
            for (long left = limit; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    return;
                }
                out.write(buffer, 0, read);
                left -= read;
            }
        } catch (IOException e) {
            return; // one of the two connections has ended
        }
    }

    @Test
    void aReadThatWaitsEndsWithTheCancellation() throws Exception {
        registry.when(LoggedRequest::isForBlob, Behaviour.stall(100));
        ImagePuller puller = fixture.builder().build();
        CompletableFuture<PulledImage> pull = puller.pullAsync(PullRequest.of(IMAGE));
        while (registry.requests().stream().noneMatch(LoggedRequest::isForBlob)) {
            Thread.onSpinWait();
        }
        pull.cancel(true);
        assertThatThrownBy(pull::get).isInstanceOf(CancellationException.class);
        assertThat(puller.close(Duration.ofSeconds(5)))
                .as("all calls have ended")
                .isTrue();
    }

    @Test
    void onlyVersionsAndCiphersThatTheRuntimeOffersAreOffered() throws Exception {
        try (SSLSocket socket = (SSLSocket)
                TlsMaterial.load(TlsSettings.NONE, tls.get()).sockets().createSocket()) {
            assertThat(socket.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
            assertThat(socket.getEnabledCipherSuites())
                    .isNotEmpty()
                    .noneMatch(suite -> suite.matches(".*(RC4|NULL|anon|EXPORT|3DES|MD5).*"))
                    .isSubsetOf(
                            SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites());
        }
    }
}
