// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as its user meets it: options, streams, exit codes and machine formats. */
class CommandTest {
    private static final String NAMESPACE = "registry.example";
    private static final String IMAGE = NAMESPACE + "/team/app:1";
    private static final TestImage CONTENT = new ImageFactory(4)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(60_000, Compression.GZIP),
                    new Layer(500, Compression.NONE));

    @TempDir
    Path temporary;

    private TestRegistry registry;

    @BeforeEach
    void start() {
        registry = TestRegistry.start().serve("team/app", "1", CONTENT);
        hosts("server = \"" + registry.origin() + "\"\n");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private void hosts(String toml) {
        TestCertificates.write(temporary.resolve("certs.d").resolve(NAMESPACE).resolve("hosts.toml"), toml);
    }

    private Run jpull(String... args) {
        return jpullInto(temporary.resolve("store"), args);
    }

    private Run jpullInto(Path store, String... args) {
        List<String> all = new ArrayList<>(
                List.of("--hosts-dir", temporary.resolve("certs.d").toString(), "--store", store.toString()));
        all.addAll(List.of(args));
        return run(all);
    }

    private static Run run(List<String> args) {
        return InProcess.run(args.toArray(String[]::new));
    }

    @Test
    void aPullPrintsTheNameWithItsDigestAndNothingElseOnStandardOutput() {
        Run run = jpull(IMAGE);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo(IMAGE + "@" + CONTENT.rootDigest() + System.lineSeparator());
        assertThat(run.err()).contains("resolved", "verified", "pulled " + IMAGE);
    }

    @Test
    void theChainIdIsPrintedWhenAskedFor() {
        Run run = jpull("--print-chainid", "--platform", "linux/arm64", "-q", IMAGE);
        assertThat(run.out()).contains("image chain ID: " + CONTENT.chainId("linux/arm64"));
        assertThat(run.err()).isEmpty();
    }

    @Test
    void theResultIsOneObject() {
        JsonNode image = jpull("--format", "json", "--platform", "linux/amd64", IMAGE)
                .json()
                .get("images")
                .get(0);
        assertThat(image.get("name").stringValue()).isEqualTo(IMAGE);
        assertThat(image.get("digest").stringValue()).isEqualTo(CONTENT.rootDigest());
        assertThat(image.get("platform").stringValue()).isEqualTo("linux/amd64");
        assertThat(image.get("chainId").stringValue()).isEqualTo(CONTENT.chainId("linux/amd64"));
        assertThat(image.get("resolvedBy").stringValue()).isEqualTo(registry.origin());
        assertThat(image.get("layers").size()).isEqualTo(2);
        JsonNode layer = image.get("layers").get(0);
        assertThat(layer.get("host").stringValue()).isEqualTo(registry.origin());
        assertThat(layer.get("bytesFetched").longValue())
                .isEqualTo(layer.get("size").longValue());
        assertThat(layer.get("present").booleanValue()).isFalse();
        assertThat(image.get("requests").intValue())
                .isEqualTo(registry.requests().size());
    }

    @Test
    void progressIsOneObjectALineWhenAskedFor() {
        Run run = jpull("--progress", "json", IMAGE);
        List<String> events = run.err()
                .lines()
                .map(line -> new JsonMapper().readTree(line).get("event").stringValue())
                .toList();
        assertThat(events)
                .startsWith("pull-started", "resolved", "pull-planned")
                .contains("blob-started", "blob-completed")
                .endsWith("pull-completed");
        assertThat(run.err().lines())
                .as("the number of the pull")
                .allMatch(line -> new JsonMapper().readTree(line).get("pull").asLong() == 1);
    }

    @Test
    void resolvePrintsDigestTypeSizeAndHost() {
        Run run = jpull("resolve", "--help");
        assertThat(run.exitCode()).isZero();
        Run resolved = run(
                List.of("resolve", "--hosts-dir", temporary.resolve("certs.d").toString(), IMAGE));
        assertThat(resolved.out()).startsWith(CONTENT.rootDigest() + " application/vnd.oci.image.index.v1+json ");
        assertThat(registry.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.method()).isEqualTo("HEAD"));
        Run json = run(List.of(
                "resolve",
                "--format",
                "json",
                "--hosts-dir",
                temporary.resolve("certs.d").toString(),
                IMAGE));
        assertThat(json.json().get("digest").stringValue()).isEqualTo(CONTENT.rootDigest());
    }

    @Test
    void labelsBecomeAnnotations() throws IOException {
        assertThat(jpull("--label", "team=blue", "--label", "pinned", IMAGE).exitCode())
                .isZero();
        assertThat(Files.readString(temporary.resolve("store/index.json")))
                .contains("\"team\":\"blue\"", "\"pinned\":\"true\"");
    }

    @Test
    void metadataOfOtherPlatformsIsLeftOutWhenAskedFor() {
        jpull("--skip-metadata", "--platform", "linux/amd64", IMAGE);
        int lean = registry.requests().size();
        jpullInto(temporary.resolve("other"), "--platform", "linux/amd64", IMAGE);
        assertThat(registry.requests().size() - lean).isEqualTo(lean + 2);
    }

    @Test
    void wrongUsageExitsWith2() {
        assertThat(jpull().exitCode()).isEqualTo(2);
        assertThat(jpull("--no-such-option", IMAGE).exitCode()).isEqualTo(2);
        assertThat(jpull("--platform", "linux/amd64", "--all-platforms", IMAGE).exitCode())
                .isEqualTo(2);
        assertThat(jpull("--platform", "toaster", IMAGE).exitCode()).isEqualTo(2);
        assertThat(jpull("--max-concurrent-downloads", "0", IMAGE).exitCode()).isEqualTo(2);
        assertThat(jpull("--tlscert", "x", IMAGE).exitCode()).isEqualTo(2);
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void aBadReferenceExitsWith2AndSaysWhatToWrite() {
        Run traversal = jpull("registry.example/../evil.example/x:1");
        assertThat(traversal.exitCode()).isEqualTo(2);
        assertThat(traversal.err())
                .contains("registry.example/../evil.example/x:1")
                .doesNotContain("\tat ");
        Run user = jpull("user:secret@registry.example/app:1");
        assertThat(user.exitCode()).isEqualTo(2);
        assertThat(user.err()).contains("--user");
    }

    @Test
    void theConfigurationOfAClusterIsObeyed() {
        registry.requireBasic("user", "secret");
        Path config = TestCertificates.write(
                temporary.resolve("config.toml"), """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry.mirrors."registry.example"]
                  endpoint = ["%1$s"]
                [plugins."io.containerd.grpc.v1.cri".registry.configs."%2$s".auth]
                  username = "user"
                  password = "secret"
                """.formatted(registry.origin(), registry.host()));
        Run run = run(List.of(
                "--config",
                config.toString(),
                "--store",
                temporary.resolve("store").toString(),
                "-q",
                IMAGE));
        assertThat(run.exitCode()).as(run.err()).isZero();
        Run both = jpull("--config", config.toString(), IMAGE);
        assertThat(both.exitCode()).isEqualTo(2);
    }

    @Test
    void aBrokenConfigurationExitsWith3AndIsNotSkipped() {
        hosts("server = \"" + registry.origin()
                + "\"\n[host.\"https://mirror.example\"]\ncapabilities = [\"pull\",]]\n");
        Run run = jpull(IMAGE);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("hosts.toml:3:").doesNotContain("\tat ");
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void deniedAccessExitsWith4() {
        registry.requireBasic("user", "secret");
        Run run = jpull("-u", "user:wrong", IMAGE);
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("docker login").doesNotContain("wrong");
    }

    @Test
    void anImageThatIsNotThereExitsWith5() {
        Run run = jpull(NAMESPACE + "/team/app:none");
        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).contains("status 404 (MANIFEST_UNKNOWN: manifest unknown)");
        assertThat(jpull("--platform", "linux/s390x", IMAGE).exitCode()).isEqualTo(5);
    }

    @Test
    void aRegistryThatCannotBeReachedExitsWith6() {
        registry.close();
        Run run = jpull("--format", "json", IMAGE);
        assertThat(run.exitCode()).isEqualTo(6);
        JsonNode error = run.json().get("error");
        assertThat(error.get("kind").stringValue()).isEqualTo("unavailable");
        assertThat(error.get("attempts").get(0).get("reason").stringValue()).isEqualTo("connection refused");
    }

    @Test
    void aFallbackIsAFailureWhenItIsForbidden() {
        hosts("server = \"" + registry.origin() + "\"\n[host.\"http://127.0.0.1:1\"]\n");
        assertThat(jpull(IMAGE).exitCode()).isZero();
        Run run = jpull("--fail-on-fallback", "-q", IMAGE);
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err()).contains("fallback: resolve at http://127.0.0.1:1: connection refused");
    }

    @Test
    void theWarningsOfAPullAreInItsResult() {
        hosts("server = \"" + registry.origin() + "\"\ncapabilites = [\"pull\"]\n");
        Run run = jpull("--format", "json", IMAGE);
        assertThat(run.exitCode()).isZero();
        JsonNode warnings = run.json().get("images").get(0).get("warnings");
        assertThat(warnings.size()).isEqualTo(1);
        assertThat(warnings.get(0).stringValue()).contains("capabilites");
        assertThat(run.err()).contains("warning: " + warnings.get(0).stringValue());
    }

    @Test
    void aMirrorThatFailsInTheMiddleOfABlobIsAFallback() {
        try (TestRegistry mirror = TestRegistry.start().serve("team/app", "1", CONTENT)) {
            hosts("server = \"" + registry.origin() + "\"\n[host.\"" + mirror.origin() + "\"]\n");
            for (Behaviour fault : List.of(Behaviour.corrupt(10), Behaviour.cut(10))) {
                mirror.behave();
                mirror.when(LoggedRequest::isForBlob, fault);
                Run run = jpullInto(
                        temporary.resolve("store-" + fault.hashCode()),
                        "--fail-on-fallback",
                        "--format",
                        "json",
                        IMAGE);
                assertThat(run.exitCode()).isEqualTo(6);
                JsonNode fallbacks = run.json().get("images").get(0).get("fallbacks");
                assertThat(fallbacks.size()).isEqualTo(1);
                assertThat(fallbacks.get(0).get("host").stringValue()).isEqualTo(mirror.origin());
                assertThat(fallbacks.get(0).get("kind").stringValue()).isIn("malformed", "transport");
            }
        }
    }

    @Test
    void wrongContentExitsWith7() {
        registry.when(LoggedRequest::isForBlob, Behaviour.corrupt(10));
        assertThat(jpull(IMAGE).exitCode()).isEqualTo(7);
    }

    @Test
    void aStoreThatIsAFileExitsWith8() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "x");
        Run run = jpullInto(file, IMAGE);
        assertThat(run.exitCode()).isEqualTo(8);
        assertThat(run.err()).contains(file.toString()).doesNotContain("\tat ");
    }

    @Test
    void theStackIsShownWhenAskedFor() {
        assertThat(jpull("-v", NAMESPACE + "/team/app:none").err()).contains("\tat dev.jpull");
    }

    @Test
    void theTraceShowsConnectionsAndNoSecrets() {
        registry.requireBasic("user", "secret");
        Run run = jpull("--http-trace", "-u", registryUser(), IMAGE);
        assertThat(run.err())
                .contains("trace: GET ", "connecting to", "status 401")
                .doesNotContain("secret", "Basic");
    }

    private static String registryUser() {
        return "user:secret";
    }
}
