// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that the command can print about a pull with every kind of secret in it, and none of them is there. */
class SecretsTest {
    private static final String NAMESPACE = "registry.example";
    private static final String IMAGE = NAMESPACE + "/team/app:1";
    private static final String PASSWORD = "password-of-the-registry";
    private static final String MIRROR_PASSWORD = "password-of-the-mirror";
    private static final String TOKEN = "a-token-of-the-test-registry";
    private static final List<String> SECRETS = List.of(
            PASSWORD,
            MIRROR_PASSWORD,
            TOKEN,
            base64("robot:" + PASSWORD),
            base64("mirror:" + MIRROR_PASSWORD),
            "configured-header-value",
            "configured-cookie-value",
            "cookie-of-the-server",
            "presigned-signature",
            "fragment-of-a-url",
            "password-of-the-proxy",
            base64("proxy:password-of-the-proxy"),
            "refresh-token-of-the-server");
    private static final TestImage CONTENT = new ImageFactory(42)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(60_000, Compression.GZIP),
                    new Layer(500, Compression.NONE));

    @TempDir
    Path temporary;

    private TestRegistry registry;
    private TestRegistry mirror;
    private TestRegistry storage;
    private int stores;

    @BeforeEach
    void start() {
        registry = TestRegistry.start().serve("team/app", "1", CONTENT).requireToken("robot", PASSWORD);
        mirror = TestRegistry.start().serve("team/app", "1", CONTENT).requireBasic("mirror", MIRROR_PASSWORD);
        storage = TestRegistry.start().serve("team/app", "1", CONTENT);
        TestCertificates.write(temporary.resolve("certs.d").resolve(NAMESPACE).resolve("hosts.toml"), """
                server = "%1$s"
                [header]
                  X-Api-Key = "configured-header-value"
                  Cookie = "c=configured-cookie-value"
                [host."%2$s"]
                  capabilities = ["pull", "resolve"]
                [host."%2$s".header]
                  Private-Token = "configured-header-value"
                [host."%2$s".jpull]
                  proxy = "http://proxy:password-of-the-proxy@%3$s"
                """.formatted(
                        registry.origin(), mirror.origin(), mirror.host()));
        // The mirror is a proxy as well, has no blobs, and is in a talkative mood.
        mirror.when(
                request -> request.header("proxy-authorization") == null,
                Behaviour.status(407).header("Proxy-Authenticate", "Basic realm=\"p\""));
        mirror.when(
                request -> request.isForBlob() && request.header("authorization") != null,
                Behaviour.status(500)
                        .header("Warning", "299 - \"you sent Basic " + base64("mirror:" + MIRROR_PASSWORD) + "\"")
                        .header("Set-Cookie", "s=cookie-of-the-server")
                        .header("Content-Type", "application/json")
                        .withBody(("{\"errors\":[{\"code\":\"X\",\"message\":\"you sent Basic "
                                        + base64("mirror:" + MIRROR_PASSWORD) + "\"}]}")
                                .getBytes(StandardCharsets.UTF_8)));
        registry.when(
                request -> request.path().equals("/token"),
                Behaviour.body(
                        "application/json",
                        ("{\"token\":\"" + TOKEN + "\",\"refresh_token\":\"refresh-token-of-the-server\"}")
                                .getBytes(StandardCharsets.UTF_8)));
        for (String blob : CONTENT.blobs().keySet()) {
            registry.when(
                    request -> request.path().endsWith(blob) && request.header("authorization") != null,
                    Behaviour.redirect(storage.origin() + "/v2/x/blobs/" + blob
                                    + "?X-Amz-Signature=presigned-signature#fragment-of-a-url")
                            .header("Set-Cookie", "s=cookie-of-the-server"));
        }
    }

    @AfterEach
    void stop() {
        registry.close();
        mirror.close();
        storage.close();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private Run run(List<String> command, String... more) {
        List<String> args = new ArrayList<>(command);
        args.addAll(List.of("--hosts-dir", temporary.resolve("certs.d").toString(), "--http-dump", "--http-trace"));
        args.addAll(List.of("--mirror-user", mirror.host() + "=mirror:" + MIRROR_PASSWORD));
        args.addAll(List.of(more));
        args.add(IMAGE);
        return InProcess.run(args.toArray(String[]::new));
    }

    private Run pull(String... more) {
        return run(
                List.of(
                        "-v",
                        "--progress",
                        "json",
                        "--store",
                        temporary.resolve("store" + stores++).toString()),
                more);
    }

    private static void assertSilent(Run run) {
        assertThat(run.out() + run.err()).doesNotContain(SECRETS);
    }

    private String user() {
        return registry.host() + "=robot:" + PASSWORD;
    }

    @Test
    void aPullShowsEverythingButSecrets() {
        Run run = pull("--mirror-user", user());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertSilent(run);
        // It was all there to be seen.
        assertThat(run.err())
                .contains("> GET", "Authorization: ***", "X-Amz-Signature=***", "Set-Cookie: ***", "\"event\"");
        assertThat(registry.requests()).anyMatch(request -> request.path().equals("/token"));
        assertThat(mirror.requests())
                .anyMatch(request -> request.header("proxy-authorization") != null && request.isForBlob());
        assertThat(storage.requests()).anyMatch(request -> request.target().contains("presigned-signature"));
        assertSilent(pull("--mirror-user", user(), "--format", "json"));
    }

    @Test
    void aPullThatFailsShowsEverythingButSecrets() {
        storage.when(
                request -> true,
                Behaviour.status(403)
                        .withBody("presigned-signature is wrong".getBytes(StandardCharsets.UTF_8))
                        .header("X-Signature", "presigned-signature"));
        registry.when(
                request -> request.method().equals("POST") && request.path().equals("/token"),
                Behaviour.status(500).withBody(("{\"token\":\"" + TOKEN + "\"}").getBytes(StandardCharsets.UTF_8)));
        for (String format : List.of("text", "json")) {
            Run run = pull("--mirror-user", registry.host() + "=robot:" + MIRROR_PASSWORD, "--format", format);
            assertThat(run.exitCode()).isNotZero();
            assertThat(run.out() + run.err()).doesNotContain(SECRETS);
        }
    }

    @Test
    void theCommandsAboutHostsShowEverythingButSecrets() {
        for (String format : List.of("text", "json")) {
            assertSilent(run(List.of("resolve"), "--mirror-user", user(), "--format", format));
            assertSilent(run(List.of("hosts", "explain"), "--mirror-user", user(), "--format", format));
            Run probe = run(List.of("hosts", "probe"), "--mirror-user", user(), "--format", format);
            assertThat(probe.out()).contains(mirror.host(), registry.host());
            assertSilent(probe);
            assertSilent(InProcess.run(
                    "hosts",
                    "check",
                    "--format",
                    format,
                    temporary.resolve("certs.d").toString()));
        }
    }
}
