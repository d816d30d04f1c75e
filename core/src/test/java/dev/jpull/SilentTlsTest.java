// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A server without TLS on this machine that does not answer the hello of TLS, as that of the JDK does. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ParameterizedClass(name = "{0}")
@EnumSource(TlsImplementation.class)
class SilentTlsTest {
    private static final int TLS_HANDSHAKE = 22;
    private static final TestImage CONTENT = new ImageFactory(83)
            .image(
                    "linux/amd64",
                    Stream.generate(() -> new Layer(2_000, Compression.NONE))
                            .limit(8)
                            .toArray(Layer[]::new));

    private final TlsImplementation tls;

    @TempDir
    Path temporary;

    private TestRegistry registry;
    private RawServer silent;
    private final AtomicInteger hellos = new AtomicInteger();
    private final List<PullEvent> events = new CopyOnWriteArrayList<>();

    SilentTlsTest(TlsImplementation tls) {
        this.tls = tls;
    }

    @BeforeEach
    void start() throws IOException {
        registry = TestRegistry.start().serve("team/app", "1", CONTENT);
        silent = RawServer.start(this::serve);
    }

    @AfterEach
    void stop() throws IOException {
        silent.close();
        registry.close();
    }

    /** Lets plain HTTP through to the registry, and swallows everything else. */
    private void serve(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        int first = in.read();
        if (first == TLS_HANDSHAKE) {
            hellos.incrementAndGet();
            in.readAllBytes();
            return;
        }
        if (first < 0) {
            return;
        }
        try (Socket behind = new Socket(InetAddress.getLoopbackAddress(), registry.port())) {
            OutputStream out = behind.getOutputStream();
            out.write(first);
            Thread back = new Thread(() -> copy(behind, socket), "raw-back");
            back.setDaemon(true);
            back.start();
            in.transferTo(out);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            return; // one of them has gone
        }
    }

    private String reference() {
        return "127.0.0.1:" + ((InetSocketAddress) silent.address()).getPort() + "/team/app:1";
    }

    private ImagePuller puller() {
        return new Fixture(temporary, tls)
                .builder()
                .maxConcurrentDownloads(8)
                .listener(events::add)
                .build();
    }

    private List<String> warnings() {
        return events.stream()
                .flatMap(event -> event instanceof PullEvent.Warning warning ? Stream.of(warning.text()) : Stream.of())
                .toList();
    }

    @Test
    void oneHelloIsSentAndTheFallbackIsAnnouncedOnce() throws Exception {
        try (ImagePuller puller = puller()) {
            List<CompletableFuture<PulledImage>> pulls = Stream.generate(
                            () -> puller.pullAsync(PullRequest.of(reference())))
                    .limit(6)
                    .toList();
            for (CompletableFuture<PulledImage> pull : pulls) {
                assertThat(pull.get().chainId()).isNotNull();
            }
            assertThat(puller.pull(reference()).chainId()).isNotNull();
        }
        assertThat(hellos).hasValue(1);
        assertThat(warnings()).singleElement().asString().contains("does not answer TLS", "plain HTTP is used");
    }

    @Test
    void aPullThatWaitsForAnotherOneToFindOutCanBeCancelled() throws Exception {
        try (ImagePuller puller = puller()) {
            CompletableFuture<PulledImage> first = puller.pullAsync(PullRequest.of(reference()));
            while (hellos.get() == 0) {
                Thread.onSpinWait();
            }
            CompletableFuture<PulledImage> second = puller.pullAsync(PullRequest.of(reference()));
            assertThat(second.cancel(true)).isTrue();
            assertThat(first.get().chainId()).isNotNull();
        }
    }

    @Test
    void theNextOneFindsOutWhenThePullThatDoesIsCancelled() throws Exception {
        try (ImagePuller puller = puller()) {
            CompletableFuture<PulledImage> first = puller.pullAsync(PullRequest.of(reference()));
            while (hellos.get() == 0) {
                Thread.onSpinWait();
            }
            CompletableFuture<PulledImage> second = puller.pullAsync(PullRequest.of(reference()));
            first.cancel(true);
            assertThat(second.get().chainId()).isNotNull();
        }
        assertThat(hellos).hasValue(2);
    }

    @Test
    void httpsIsNeverLeft() {
        Fixture fixture = new Fixture(temporary, tls);
        fixture.hosts("server = \"https://127.0.0.1:" + ((InetSocketAddress) silent.address()).getPort() + "\"\n"
                + "[jpull]\nresponse_timeout = \"300ms\"");
        try (ImagePuller puller = fixture.builder()
                .waits((pause, scope) -> {}, java.time.Duration.ofMillis(300))
                .build()) {
            assertThat(catchThrowable(() -> puller.pull(Fixture.NAMESPACE + "/team/app:1")))
                    .isInstanceOf(PullException.class);
        }
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void theProbeSaysSo() {
        try (ImagePuller puller = puller()) {
            ProbeReport report = puller.probe(reference());
            assertThat(report.endpoints().get(0).steps())
                    .filteredOn(step -> step.name().equals("tls"))
                    .singleElement()
                    .satisfies(step -> assertThat(step.detail()).contains("does not answer TLS"));
        }
    }
}
