// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.error.PullException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.http.HttpOptions;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault before the first request: at the look-up of the name, at the dial and in the TLS handshake, once and always, alone
 * and in pairs, of the only host and of a mirror: whether the image comes, who is asked for how much, and how long is waited.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(TlsImplementation.class)
@Execution(ExecutionMode.CONCURRENT)
class ConnectionFaultTest {
    private static final String HOST = "mirror.example";
    private static final TestImage CONTENT = new ImageFactory(53)
            .image("linux/amd64", new Layer(30_000, Compression.NONE), new Layer(4_000, Compression.NONE));
    private static final Duration STALL = Duration.ofMillis(900);

    /** What goes wrong; whether the same host is worth another try. */
    private enum Fault {
        NAME_UNKNOWN(false),
        REFUSED(false),
        BLACK_HOLE(false),
        CLOSED_IN_THE_HANDSHAKE(true),
        RESET_IN_THE_HANDSHAKE(true),
        SILENT_IN_THE_HANDSHAKE(true),
        NO_TLS(true),
        HANDSHAKE_REFUSED(true),
        ANOTHER_AUTHORITY(false),
        ANOTHER_NAME(false);

        private final boolean passing;

        Fault(boolean passing) {
            this.passing = passing;
        }
    }

    /**
     * A scenario.
     *
     * @param first what happens to the first connections
     * @param always what happens to those after them; null when nothing does
     * @param mirrored whether another host follows
     */
    record Scenario(List<Fault> first, @Nullable Fault always, boolean mirrored) {
        boolean succeeds() {
            return mirrored || always == null && first.stream().allMatch(fault -> fault.passing);
        }

        @Override
        public String toString() {
            return (mirrored ? "a mirror: " : "the only host: ") + first + (always == null ? "" : " always " + always);
        }
    }

    private static final TestCertificates AUTHORITY = new TestCertificates();
    private static final TestCertificates STRANGER = new TestCertificates("CN=another authority");
    private static final Map<Fault, AutoCloseable> SERVERS = new EnumMap<>(Fault.class);
    private static final Map<Fault, SocketAddress> TARGETS = new EnumMap<>(Fault.class);

    private final TlsImplementation tls;

    @TempDir
    Path temporary;

    ConnectionFaultTest(TlsImplementation tls) {
        this.tls = tls;
    }

    @BeforeAll
    static void misbehave() throws IOException {
        TARGETS.put(Fault.REFUSED, RawServer.closedPort());
        serve(Fault.BLACK_HOLE, RawServer.blackHole());
        serve(Fault.CLOSED_IN_THE_HANDSHAKE, RawServer.start(socket -> {}));
        serve(Fault.RESET_IN_THE_HANDSHAKE, RawServer.start(socket -> socket.setSoLinger(true, 0)));
        serve(
                Fault.SILENT_IN_THE_HANDSHAKE,
                RawServer.start(socket -> socket.getInputStream().readAllBytes()));
        serve(
                Fault.NO_TLS,
                RawServer.start(socket -> socket.getOutputStream()
                        .write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII))));
        serve(
                Fault.HANDSHAKE_REFUSED,
                RawServer.start(socket -> socket.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, 40})));
        serve(Fault.ANOTHER_AUTHORITY, registry(STRANGER, HOST));
        serve(Fault.ANOTHER_NAME, registry(AUTHORITY, "elsewhere.example"));
    }

    private static void serve(Fault fault, RawServer server) {
        SERVERS.put(fault, server);
        TARGETS.put(fault, server.address());
    }

    private static void serve(Fault fault, TestRegistry registry) {
        SERVERS.put(fault, registry);
        TARGETS.put(fault, new InetSocketAddress(InetAddress.getLoopbackAddress(), registry.port()));
    }

    private static TestRegistry registry(TestCertificates authority, String name) {
        return TestRegistry.startTls(
                        authority.serverContext(authority.issue(name, "EC", Duration.ofDays(2), name)), false)
                .serve("team/app", "1", CONTENT);
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable server : SERVERS.values()) {
            server.close();
        }
    }

    static Stream<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        for (boolean mirrored : List.of(false, true)) {
            for (Fault fault : Fault.values()) {
                scenarios.add(new Scenario(List.of(fault), null, mirrored));
                scenarios.add(new Scenario(List.of(), fault, mirrored));
            }
            for (Fault one : Fault.values()) {
                for (Fault other : Fault.values()) {
                    scenarios.add(new Scenario(List.of(one, other), null, mirrored));
                }
            }
        }
        return scenarios.stream();
    }

    /** Leads the connections to the host to where they go wrong, in their order. */
    private static final class World implements HttpOptions.Network {
        private final Scenario scenario;
        private final SocketAddress registry;
        private final AtomicInteger connections = new AtomicInteger();

        World(Scenario scenario, TestRegistry registry) {
            this.scenario = scenario;
            this.registry = new InetSocketAddress(InetAddress.getLoopbackAddress(), registry.port());
        }

        private @Nullable Fault fault(int connection) {
            return connection < scenario.first().size() ? scenario.first().get(connection) : scenario.always();
        }

        @Override
        public List<InetAddress> lookup(String name) throws UnknownHostException {
            if (name.equals(HOST)) {
                if (fault(connections.get()) == Fault.NAME_UNKNOWN) {
                    connections.incrementAndGet();
                    throw new UnknownHostException(name);
                }
                return List.of(InetAddress.getByAddress(name, new byte[] {(byte) 203, 0, 113, 1}));
            }
            return List.of(InetAddress.getAllByName(name));
        }

        @Override
        public SocketAddress reach(SocketAddress address) {
            if (!((InetSocketAddress) address).getHostString().equals(HOST)) {
                return address;
            }
            Fault fault = fault(connections.getAndIncrement());
            return fault == null ? registry : TARGETS.getOrDefault(fault, registry);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void theImageComesIfItCanAndNobodyIsAskedInVain(Scenario scenario) throws IOException {
        try (TestRegistry host = registry(AUTHORITY, HOST);
                TestRegistry upstream = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            Fixture fixture = new Fixture(temporary, tls);
            TestCertificates.write(fixture.directory().resolve("ca.pem"), AUTHORITY.caPem());
            String settings = "ca = \"ca.pem\"\ndial_timeout = \"250ms\"\n";
            fixture.hosts(
                    scenario.mirrored()
                            ? "server = \"" + upstream.origin() + "\""
                            : "server = \"https://" + HOST + "\"\n" + settings
                                    + "[jpull]\nresponse_timeout = \"900ms\"",
                    scenario.mirrored()
                            ? Fixture.host("https://" + HOST, "pull", "resolve") + settings + "[host.\"https://" + HOST
                                    + "\".jpull]\nresponse_timeout = \"900ms\""
                            : "");
            World world = new World(scenario, host);
            AtomicLong waited = new AtomicLong();
            PullException failure = null;
            try (ImagePuller puller = fixture.builder()
                    .network(world)
                    .maxConcurrentDownloads(1)
                    .waits((pause, scope) -> waited.addAndGet(pause.toMillis()), STALL)
                    .build()) {
                assertThat(puller.pull(Fixture.NAMESPACE + "/team/app:1").chainId())
                        .hasToString(CONTENT.chainId("linux/amd64"));
            } catch (PullException e) {
                failure = e;
            }
            if (scenario.succeeds()) {
                assertThat(failure).isNull();
                List<LoggedRequest> blobs = Stream.concat(host.requests().stream(), upstream.requests().stream())
                        .filter(LoggedRequest::isForBlob)
                        .toList();
                assertThat(blobs)
                        .as("each blob is asked for once, and whole")
                        .hasSize(CONTENT.blobs().size());
                assertThat(blobs).noneMatch(request -> request.header("range") != null);
            } else {
                assertThat(failure).isInstanceOf(RegistryUnavailableException.class);
                assertThat(host.requests()).isEmpty();
            }
            assertThat(Files.exists(fixture.store().resolve("index.json"))).isEqualTo(scenario.succeeds());
            if (!scenario.mirrored()) {
                assertThat(upstream.requests()).as("who was not configured").isEmpty();
            }
            if (scenario.mirrored() && scenario.always() != null) {
                assertThat(host.requests()).isEmpty();
                assertThat(world.connections)
                        .as("connections to a mirror that is not there")
                        .hasValueLessThanOrEqualTo(scenario.always().passing ? 5 : 1);
            }
            assertThat(waited).as("milliseconds of pauses").hasValueLessThan(30_000);
        }
    }
}
