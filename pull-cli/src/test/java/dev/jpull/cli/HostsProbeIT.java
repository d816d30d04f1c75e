// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.PackagedCommand.Run;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.RealServers;
import dev.jpull.testdata.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code jpull hosts probe} against real servers, each with another thing wrong. */
class HostsProbeIT {
    private static final String NAMESPACE = "registry.example";

    @TempDir
    static Path temporary;

    private static final TestCertificates AUTHORITY = new TestCertificates();

    private static RealServers servers;
    private static int registry;
    private static int number;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        servers = new RealServers(temporary);
        registry = servers.registry("registry", "");
        new ImageFactory(9)
                .image("linux/amd64", new Layer(200_000, Compression.GZIP))
                .writeLayout(temporary.resolve("layout"), "app");
        servers.push(temporary.resolve("layout"), "app", registry, "team/app:1");
        TestCertificates.write(temporary.resolve("ca.pem"), AUTHORITY.caPem());
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    /** What the probe says of the one server of a hosts.toml. */
    private static Map<String, JsonNode> probe(int exitCode, String... toml) throws IOException, InterruptedException {
        Path home = temporary.resolve("probe-" + number++);
        TestCertificates.write(
                home.resolve("certs.d").resolve(NAMESPACE).resolve("hosts.toml"), String.join("\n", toml));
        Run run = new PackagedCommand(home)
                .run(
                        "hosts",
                        "probe",
                        "--format",
                        "json",
                        "--hosts-dir",
                        home.resolve("certs.d").toString(),
                        NAMESPACE + "/team/app:1");
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        for (JsonNode step : run.json().get("endpoints").get(0).get("steps")) {
            steps.put(step.get("step").stringValue(), step);
            if (step.get("outcome").stringValue().equals("failed")) {
                assertThat(step.get("remedy").stringValue()).isNotEmpty();
            }
        }
        return steps;
    }

    private static void assertStep(Map<String, JsonNode> steps, String name, String outcome, String... said) {
        assertThat(steps).containsKey(name);
        JsonNode step = Objects.requireNonNull(steps.get(name));
        assertThat(step.get("outcome").stringValue()).as(steps.toString()).isEqualTo(outcome);
        assertThat(step.get("detail").stringValue() + step.get("remedy").stringValue())
                .contains(said);
    }

    private static int tlsServer(String name, TestCertificates.Identity identity, String... lines)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(RealServers.tls(identity, temporary.resolve(name + "-files"))));
        all.addAll(List.of(lines));
        return servers.nginx(name, registry, all.toArray(String[]::new));
    }

    private static String server(String scheme, int port) {
        return "server = \"" + scheme + "://localhost:" + port + "\"";
    }

    private static String ca() {
        return "ca = \"" + temporary.resolve("ca.pem") + "\"";
    }

    @Test
    void aHealthyRegistry() throws IOException, InterruptedException {
        Map<String, JsonNode> steps = probe(0, server("http", registry));
        assertThat(steps.keySet()).containsExactly("dns", "tcp", "api", "tag", "digest", "blob");
        assertThat(steps.values())
                .allSatisfy(step -> assertThat(step.get("outcome").stringValue())
                        .as(step.toString())
                        .isEqualTo("ok"));
    }

    @Test
    void aHealthyRegistryBehindTls() throws IOException, InterruptedException {
        int port = tlsServer("healthy", AUTHORITY.localhost());
        assertStep(
                probe(0, server("https", port), ca()),
                "tls",
                "ok",
                "TLSv1.",
                "CN=localhost by CN=jpull test authority until 20");
    }

    @Test
    void aRefusedPort() throws IOException, InterruptedException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertStep(probe(6, server("http", free)), "tcp", "failed", "connection refused", "correct the port");
    }

    /** A socket whose queue is full gets no answer to its SYNs, as from a firewall that drops them. */
    @Test
    void aBlackHole() throws IOException, InterruptedException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> waiting = new ArrayList<>();
            boolean accepting = true;
            while (accepting) {
                Socket socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort()), 300);
                } catch (SocketTimeoutException e) {
                    accepting = false;
                }
            }
            Map<String, JsonNode> steps = probe(6, server("http", full.getLocalPort()), "dial_timeout = \"700ms\"");
            assertStep(steps, "tcp", "failed", "connecting timed out", "dial_timeout");
            assertThat(Objects.requireNonNull(steps.get("tcp")).get("millis").longValue())
                    .isBetween(600L, 5_000L);
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void aCertificateThatHasExpired() throws IOException, InterruptedException {
        int port = tlsServer("expired", AUTHORITY.issue("localhost", "EC", Duration.ofDays(-3), "localhost"));
        assertStep(
                probe(6, server("https", port), ca()),
                "tls",
                "failed",
                "has expired",
                "renew",
                "the host presents CN=localhost");
    }

    @Test
    void anUnknownAuthority() throws IOException, InterruptedException {
        int port = tlsServer("unknown", AUTHORITY.localhost());
        assertStep(
                probe(6, server("https", port)),
                "tls",
                "failed",
                "unknown authority",
                "by CN=jpull test authority",
                "name its CA file in the registry configuration");
    }

    @Test
    void anotherHostName() throws IOException, InterruptedException {
        int port = tlsServer("named", AUTHORITY.issue("elsewhere", "EC", Duration.ofDays(60), "elsewhere.example"));
        assertStep(
                probe(6, server("https", port), ca()),
                "tls",
                "failed",
                "another host name",
                "the host presents CN=elsewhere");
    }

    @Test
    void aMissingClientCertificate() throws IOException, InterruptedException {
        int port = tlsServer(
                "client", AUTHORITY.localhost(), RealServers.clientsOf(AUTHORITY, temporary.resolve("client-files")));
        assertStep(
                probe(6, server("https", port), ca()),
                "api",
                "failed",
                "No required SSL certificate was sent",
                "name a client certificate");
    }

    @Test
    void plainHttpWhereTlsIsExpectedAndTheOtherWayRound() throws IOException, InterruptedException {
        assertStep(
                probe(6, server("https", registry)), "tls", "failed", "does not speak TLS", "(http:// in hosts.toml)");
        int port = tlsServer("https", AUTHORITY.localhost());
        assertStep(probe(6, server("http", port)), "api", "failed", "HTTPS", "write https://");
    }

    @Test
    void aPathThatAnswersAPage() throws IOException, InterruptedException {
        int port = servers.nginx(
                "page",
                registry,
                "location /v2/quay/v2/ { default_type text/html; return 200 '<title>Harbor</title>'; }");
        Map<String, JsonNode> steps = probe(6, "server = \"http://localhost:" + port + "/v2/quay\"");
        assertStep(steps, "tag", "failed", "HTML page", "override_path");
    }

    @Test
    void noCredentials() throws IOException, InterruptedException {
        Path users = TestCertificates.write(temporary.resolve("users"), "u:{PLAIN}p\n");
        int port = servers.nginx("basic", registry, "auth_basic registry;", "auth_basic_user_file " + users + ";");
        Map<String, JsonNode> steps = probe(6, server("http", port));
        assertStep(steps, "api", "ok", "answers 401", "basic credentials");
        assertStep(steps, "tag", "failed", "401", "there are no credentials for localhost:" + port, "docker login");
    }

    @Test
    void noRanges() throws IOException, InterruptedException {
        int port = servers.nginx(
                "ranges",
                registry,
                "location ~ /blobs/ { proxy_pass http://127.0.0.1:" + registry
                        + "; proxy_set_header Host $http_host; proxy_set_header Range ''; max_ranges 0; }");
        assertStep(probe(0, server("http", port)), "blob", "warning", "answered with the whole blob", "ranges");
    }
}
