// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.ImagePullerBuilder.Capability;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullException;
import dev.jpull.event.PullEvent;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects and hosts that the program gives to a puller instead of files. */
class GivenByTheProgramTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(17)
            .image("linux/amd64", new Layer(40_000, Compression.GZIP), new Layer(900, Compression.NONE));

    GivenByTheProgramTest() {
        super(CONTENT);
    }

    private static URI uri(TestRegistry registry) {
        return URI.create(registry.origin());
    }

    @Test
    void mirrorsAreAskedInTheOrderOfTheCallsBeforeTheConfiguredHosts() {
        upstreamAlone();
        try (TestRegistry second = TestRegistry.start().serve("team/app", "1", CONTENT);
                ImagePuller puller = fixture.builder()
                        .mirror(Fixture.NAMESPACE, uri(mirror))
                        .mirror(Fixture.NAMESPACE, uri(second), Capability.PULL)
                        .mirror("docker.io", URI.create("https://other.example/proxy"))
                        .build()) {
            HostsExplanation explained = puller.explain(IMAGE);
            assertThat(explained.resolve().stream()
                            .map(endpoint -> endpoint.host().origin()))
                    .containsExactly(mirror.origin(), upstream.origin());
            assertThat(explained.pull().stream().map(endpoint -> endpoint.host().origin()))
                    .containsExactly(mirror.origin(), second.origin(), upstream.origin());
            assertThat(explained.pull().get(0).host().source()).hasToString("given by the program");
            assertThat(puller.explain("busybox").pull().get(0).url())
                    .startsWith("https://other.example/proxy/v2/library/busybox/");

            mirror.when(LoggedRequest::isForBlob, Behaviour.status(404));
            puller.pull(IMAGE);
            assertThat(second.requests()).isNotEmpty().allMatch(LoggedRequest::isForBlob);
            assertThat(mirror.requests())
                    .allSatisfy(request -> assertThat(request.parameter("ns")).isEqualTo(Fixture.NAMESPACE));
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void mirrorsStayWithoutTheUpstream() throws IOException {
        Files.delete(fixture.directory().resolve("hosts.toml"));
        try (ImagePuller puller = fixture.builder()
                .mirror(Fixture.NAMESPACE, uri(mirror))
                .upstream(false)
                .build()) {
            assertThat(puller.explain(IMAGE).pull()).hasSize(1);
            assertThat(puller.pull(IMAGE).digest()).hasToString(CONTENT.rootDigest());
        }
    }

    @Test
    void threadsAreMadeByTheFactory() {
        Queue<Thread> made = new ConcurrentLinkedQueue<>();
        ClassLoader own = new ClassLoader(null) {};
        try (ImagePuller puller = fixture.builder()
                .threadFactory(task -> {
                    Thread thread = new Thread(task);
                    thread.setContextClassLoader(own);
                    made.add(thread);
                    return thread;
                })
                .listener(event -> assertThat(Thread.currentThread().getContextClassLoader())
                        .isSameAs(own))
                .build()) {
            puller.pull(IMAGE);
            assertThat(made).isNotEmpty().allMatch(Thread::isDaemon);
            assertThat(made).extracting(Thread::getName).contains("jpull-pull", "jpull-events");
        }
        assertThat(made).noneMatch(Thread::isAlive);
    }

    @Test
    void aFactoryThatMakesNoThreadIsNamed() {
        try (ImagePuller puller = fixture.builder().threadFactory(task -> null).build()) {
            assertThatThrownBy(() -> puller.pull(IMAGE))
                    .isInstanceOf(PullException.class)
                    .hasMessageContaining("the thread factory");
        }
    }

    @Test
    void theClockHasTheTimesOfEventsAndOfUse() throws IOException {
        Instant then = Instant.parse("2020-02-02T02:02:02Z");
        List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());
        fixture.pull(IMAGE);
        try (ImagePuller puller = fixture.builder()
                .clock(Clock.fixed(then, ZoneOffset.UTC))
                .listener(events::add)
                .build()) {
            puller.pull(IMAGE);
        }
        assertThat(events).isNotEmpty().allMatch(event -> event.time().equals(then));
        assertThat(Files.getLastModifiedTime(fixture.blob(CONTENT.rootDigest())).toInstant())
                .isEqualTo(then);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "throws", "no memory", "started"})
    @Timeout(60)
    void aThreadThatCannotBeMadeEndsThePullAtOnceWhicheverItIs(String defect) {
        upstreamAlone();
        int most = 20;
        int failed = 0;
        for (int good = 0; good < most; good++) {
            fixture = new Fixture(temporary.resolve("store-" + good));
            upstreamAlone();
            AtomicInteger left = new AtomicInteger(good);
            ImagePuller puller = fixture.builder()
                    .threadFactory(task -> left.getAndDecrement() > 0 ? new Thread(task) : defective(defect))
                    .build();
            try {
                assertThat(puller.pull(IMAGE).digest()).hasToString(CONTENT.rootDigest());
            } catch (ConfigurationException e) {
                failed++;
                assertThat(e)
                        .hasMessageContaining("the thread factory " + getClass().getName());
            }
            assertThat(puller.close(Duration.ofSeconds(20)))
                    .as("all threads have ended")
                    .isTrue();
        }
        assertThat(failed).as("pulls that need more threads than there are").isBetween(3, most - 1);
    }

    private static @Nullable Thread defective(String defect) {
        return switch (defect) {
            case "null" -> null;
            case "started" -> {
                Thread started = new Thread(() -> {});
                started.start();
                yield started;
            }
            case "throws" -> throw new IllegalStateException("of the factory");
            default -> throw new OutOfMemoryError("unable to create native thread");
        };
    }

    /** A selector that chooses what it is told, and notes what it is asked. */
    private static final class Choosing extends ProxySelector {
        /** A selector of this list throws. */
        private static final List<Proxy> THROWN = List.of(Proxy.NO_PROXY);

        private final Queue<URI> asked = new ConcurrentLinkedQueue<>();
        private final List<Proxy> chosen;

        Choosing(List<Proxy> chosen) {
            this.chosen = chosen;
        }

        @Override
        public List<Proxy> select(URI uri) {
            asked.add(uri);
            if (chosen.equals(THROWN)) {
                throw new IllegalArgumentException("of the selector");
            }
            return chosen;
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            throw new IllegalArgumentException("of the selector");
        }
    }

    private static Proxy at(TestRegistry registry, Proxy.Type type) {
        return new Proxy(type, InetSocketAddress.createUnresolved("localhost", registry.port()));
    }

    @Test
    void theProxyThatTheSelectorChoosesIsUsed() {
        fixture.hosts("server = \"http://registry.example\"");
        try (ImagePuller puller = fixture.builder()
                .proxySelector(new Choosing(List.of(at(mirror, Proxy.Type.HTTP))))
                .environment(Map.of("http_proxy", "http://bob:S3CRET@localhost:1"))
                .build()) {
            assertThat(puller.pull(IMAGE).digest()).hasToString(CONTENT.rootDigest());
        }
        assertThat(mirror.requests())
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.everything())
                        .doesNotContain("S3CRET")
                        .doesNotContainIgnoringCase("proxy-authorization"));
    }

    @Test
    void aPasswordOfTheEnvironmentDoesNotGoToAProxyOfTheSelector() {
        fixture.hosts("server = \"http://registry.example\"");
        mirror.when(request -> true, Behaviour.status(407).header("Proxy-Authenticate", "Basic realm=\"p\""));
        try (ImagePuller puller = fixture.retryingAtOnce()
                .proxySelector(new Choosing(List.of(at(mirror, Proxy.Type.HTTP))))
                .environment(Map.of("http_proxy", "http://bob:S3CRET@localhost:1"))
                .build()) {
            assertThatThrownBy(() -> puller.pull(IMAGE)).isInstanceOf(PullException.class);
        }
        assertThat(mirror.requests()).isNotEmpty().allMatch(request -> request.header("proxy-authorization") == null);
    }

    @Test
    void aSelectorWithoutAChoiceLeavesItToTheEnvironment() {
        fixture.hosts("server = \"http://registry.example\"");
        Choosing selector = new Choosing(List.of());
        try (ImagePuller puller = fixture.builder()
                .proxySelector(selector)
                .environment(Map.of("http_proxy", mirror.origin()))
                .build()) {
            puller.pull(IMAGE);
        }
        assertThat(selector.asked).isNotEmpty().allMatch(uri -> "registry.example".equals(uri.getHost()));
        assertThat(mirror.requests()).isNotEmpty();
    }

    @Test
    void aSelectorWithoutAUsableChoiceIsAskedOnceAndNeverLeadsToADirectConnection() {
        upstreamAlone();
        for (List<Proxy> chosen : List.of(
                Choosing.THROWN, Collections.<Proxy>singletonList(null), List.of(at(mirror, Proxy.Type.SOCKS)))) {
            Choosing selector = new Choosing(chosen);
            try (ImagePuller puller =
                    fixture.retryingAtOnce().proxySelector(selector).build()) {
                assertThatThrownBy(() -> puller.pull(IMAGE))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining("the proxy selector " + Choosing.class.getName());
            }
            assertThat(selector.asked).hasSize(1);
        }
        assertThat(upstream.requests()).isEmpty();
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void theContextCountsForHostsWithoutSettingsOfTheirOwn() throws Exception {
        TestCertificates known = new TestCertificates();
        TestCertificates other = new TestCertificates();
        SSLContext context = trusting(known);
        try (TestRegistry secure = TestRegistry.startTls(known.serverContext(known.localhost()), false)
                        .serve("team/app", "1", CONTENT);
                TestRegistry foreign = TestRegistry.startTls(other.serverContext(other.localhost()), false)
                        .serve("team/app", "1", CONTENT);
                TestRegistry misnamed = TestRegistry.startTls(
                                known.serverContext(known.issue("a.example", "EC", Duration.ofDays(9), "a.example")),
                                false)
                        .serve("team/app", "1", CONTENT)) {
            fixture.hosts("server = \"" + secure.origin() + "\"");
            try (ImagePuller puller =
                    fixture.retryingAtOnce().sslContext(context).build()) {
                assertThat(puller.pull(IMAGE).digest()).hasToString(CONTENT.rootDigest());
                assertThat(puller.probe(IMAGE)).isNotNull();
                fixture.hosts("server = \"" + foreign.origin() + "\"");
                assertThatThrownBy(() -> puller.resolve(IMAGE))
                        .as("a host that the context does not trust")
                        .isInstanceOf(PullException.class);
                TestCertificates.write(fixture.directory().resolve("ca.pem"), other.caPem());
                fixture.hosts("server = \"" + foreign.origin() + "\"", "ca = \"ca.pem\"");
                assertThat(puller.resolve(IMAGE).digest())
                        .as("a host with an authority of its own")
                        .hasToString(CONTENT.rootDigest());
                fixture.hosts("server = \"" + secure.origin() + "\"", "ca = \"ca.pem\"");
                assertThatThrownBy(() -> puller.resolve(IMAGE))
                        .as("its authority replaces the context")
                        .isInstanceOf(PullException.class);
                fixture.hosts("server = \"" + misnamed.origin() + "\"");
                assertThatThrownBy(() -> puller.resolve(IMAGE))
                        .as("host names are verified")
                        .isInstanceOf(PullException.class);
            }
        }
    }

    private static SSLContext trusting(TestCertificates authority) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(authority.caPem().getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), new SecureRandom());
        return context;
    }
}
