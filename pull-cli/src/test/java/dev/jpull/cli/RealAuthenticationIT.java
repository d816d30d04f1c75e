// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.PackagedCommand.Run;
import dev.jpull.testdata.Htpasswd;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.RealServers;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TokenService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged command against a docker-registry that wants to know who asks, in both ways that it has. */
class RealAuthenticationIT {
    private static final String USER = "robot";
    private static final String PASSWORD = "a pass:word";
    private static final TestCertificates AUTHORITY = new TestCertificates();
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofSeconds(2);

    @TempDir
    static Path temporary;

    private static RealServers servers;
    private static TestImage image;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        servers = new RealServers(temporary);
        int open = servers.registry("open", "");
        image = new ImageFactory(43)
                .image(
                        "linux/amd64",
                        new Layer(2_000_000, Compression.NONE),
                        new Layer(2_100_000, Compression.NONE),
                        new Layer(2_200_000, Compression.NONE));
        image.writeLayout(temporary.resolve("layout"), "app");
        servers.push(temporary.resolve("layout"), "app", open, "team/app:1");
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    /** A pull with a store of its own. */
    private static Run pull(String name, int port, String... more) throws IOException, InterruptedException {
        List<String> args = new ArrayList<>(List.of(more));
        args.addAll(List.of("--store", temporary.resolve(name + "-store").toString(), "--format", "json"));
        args.add("localhost:" + port + "/team/app:1");
        return new PackagedCommand(temporary.resolve(name)).run(args.toArray(String[]::new));
    }

    private static void assertPulled(Run run) {
        assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
        assertThat(run.image().get("chainId").stringValue()).isEqualTo(image.chainId("linux/amd64"));
    }

    private static int registryOf(String name, TokenService service) throws IOException, InterruptedException {
        Path ca = TestCertificates.write(temporary.resolve(name + "-ca.pem"), AUTHORITY.caPem());
        return servers.registry(
                name, "open", """
                auth:
                  token:
                    realm: %s
                    service: %s
                    issuer: %s
                    rootcertbundle: %s
                """.formatted(service.realm(), TokenService.SERVICE, TokenService.ISSUER, ca));
    }

    @Test
    void aRegistryWithAnHtpasswdFile() throws IOException, InterruptedException {
        Path users = TestCertificates.write(temporary.resolve("htpasswd"), Htpasswd.line(USER, PASSWORD));
        int port = servers.registry(
                "basic", "open", "auth:\n  htpasswd:\n    realm: basic-realm\n    path: " + users + "\n");
        assertPulled(pull("basic-right", port, "-u", USER + ":" + PASSWORD));
        Path file = TestCertificates.write(temporary.resolve("password"), PASSWORD + "\nwhatever\n");
        assertPulled(pull("basic-file", port, "-u", USER, "--password-file", file.toString()));
        Run wrong = pull("basic-wrong", port, "-u", USER + ":wrong-password");
        assertThat(wrong.exitCode()).isEqualTo(4);
        assertThat(wrong.out() + wrong.err()).contains("denied").doesNotContain("wrong-password");
        assertThat(pull("basic-nobody", port).exitCode()).isEqualTo(4);
    }

    @Test
    void aRegistryWithTokens() throws IOException, InterruptedException {
        try (TokenService service = new TokenService(AUTHORITY, USER, PASSWORD, LONG, LONG)) {
            int port = registryOf("tokens", service);
            assertPulled(pull("tokens-right", port, "-u", USER + ":" + PASSWORD));
            assertThat(service.granted()).containsExactly("repository:team/app:pull");
            Run wrong = pull("tokens-wrong", port, "-u", USER + ":wrong-password");
            assertThat(wrong.exitCode()).isEqualTo(4);
            assertThat(wrong.out() + wrong.err()).doesNotContain("wrong-password");
        }
    }

    /** The layers come one after the other, each in longer than a token lives. */
    private static void pullSlowly(String name, Duration declared) throws IOException, InterruptedException {
        try (TokenService service = new TokenService(AUTHORITY, USER, PASSWORD, SHORT, declared)) {
            int slow = servers.nginx(name + "-nginx", registryOf(name, service), "limit_rate 600k;");
            assertPulled(pull(name, slow, "-u", USER + ":" + PASSWORD, "--max-concurrent-downloads", "1"));
            assertThat(service.granted()).hasSizeBetween(2, 4).containsOnly("repository:team/app:pull");
        }
    }

    @Test
    void aPullThatLastsLongerThanItsToken() throws IOException, InterruptedException {
        pullSlowly("renewed", SHORT);
    }

    @Test
    void aPullThatLastsLongerThanItsTokenWasSaidToLive() throws IOException, InterruptedException {
        pullSlowly("expired", LONG);
    }
}
