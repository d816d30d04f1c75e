// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.cli.progress.HarmlessWriter;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What comes from arguments, files, the store and registries acts on no terminal, and starts no line of its own. */
class ForeignOutputTest {
    private static final String EVIL = "\u001b[2J\u009b1m\u202ex\u200b\u2028y\u0085z\u007f";

    @TempDir
    Path temporary;

    private Path write(String file, String text) {
        return TestCertificates.write(temporary.resolve(file), text);
    }

    private static Run harmless(String... args) {
        Run run = InProcess.run(args);
        HostileAnswersTest.assertHarmless(run.out());
        HostileAnswersTest.assertHarmless(run.err());
        assertThat(run.out().lines()).as(run.out()).noneMatch(line -> line.startsWith("injected"));
        assertThat(run.err().lines()).as(run.err()).noneMatch(line -> line.startsWith("injected"));
        return run;
    }

    @Test
    void argumentsThatAreRepeatedInErrors() {
        String evil = EVIL + "\ninjected\r\ninjected";
        for (String format : List.of("text", "json")) {
            assertThat(harmless("--format", format, evil).exitCode()).isEqualTo(2);
            assertThat(harmless("--format", format, "--" + evil, "a").exitCode())
                    .isEqualTo(2);
            assertThat(harmless("--format", format, "--progress", evil, "a").exitCode())
                    .isEqualTo(2);
            assertThat(harmless("--format", format, "--platform", evil, "a").exitCode())
                    .isEqualTo(2);
            assertThat(harmless("--format", format, "--hosts-dir", temporary + "/\u001b\ninjected", "a")
                            .exitCode())
                    .isEqualTo(2);
            assertThat(harmless("store", evil).exitCode()).isEqualTo(2);
        }
    }

    @Test
    void keysAndValuesOfHostsToml() {
        List<String> lines = List.of(
                "server = \"http://127.0.0.1:1\"",
                "\"k\\u001B\\u009b\\ninjected\" = \"v\\u202E\\ninjected\"",
                "capabilities = [\"\\u001b\\ninjected\", \"pull\"]",
                "[host.\"http://127.0.0.1:1\".jpull]",
                "rewrite = { \"^a\\ninjected\\u009b\" = \"b\\u001b\" }",
                "# \u009b2J\u202e",
                "\u001b[2J = \"x\"");
        String toml = String.join("\n", lines) + "\n";
        for (String text : List.of(toml, toml.replaceFirst("(?s)# .*", ""), toml.replaceFirst("(?s)\\[host.*", ""))) {
            write("certs.d/registry.example/hosts.toml", text);
            String directory = temporary.resolve("certs.d").toString();
            for (String format : List.of("text", "json")) {
                harmless("hosts", "check", "--format", format, directory);
                harmless("hosts", "explain", "--format", format, "--hosts-dir", directory, "registry.example/a");
                harmless("hosts", "probe", "--format", format, "--hosts-dir", directory, "registry.example/a");
                harmless("-v", "--format", format, "--hosts-dir", directory, "registry.example/a");
            }
        }
    }

    @Test
    void namesInTheStore() {
        String digest = TestImage.digest("{}".getBytes(StandardCharsets.UTF_8));
        write("store/oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        write(
                "store/index.json",
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"digest\":\"" + digest + "\",\"size\":2,\"annotations\":{"
                        + "\"org.opencontainers.image.ref.name\":\"a\\u001b[2J\\u009b\\u202e\\ninjected\"}}]}");
        String store = temporary.resolve("store").toString();
        for (String format : List.of("text", "json")) {
            harmless("store", "ls", "--store", store, "--format", format);
            harmless("store", "verify", "--store", store, "--format", format);
            harmless("store", "prune", "--store", store, "--format", format);
        }
    }

    @Test
    void platformsOfAnImage() {
        TestImage image = new ImageFactory(44).index(List.of("linux/amd64"), new Layer(100, Compression.GZIP));
        String index =
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"digest\":\"" + TestImage.digest(new byte[0])
                        + "\",\"size\":0,\"platform\":{\"os\":\"\\u001b[2J\\ninjected\","
                        + "\"architecture\":\"\\u009b\",\"variant\":\"\\u202e\",\"os.version\":\"\\u2028\",\"os.features\":[\"\\u0000\"]}}]}";
        try (TestRegistry registry = TestRegistry.start().serve("team/app", "1", image)) {
            registry.serveManifest(
                    "team/app", "2", "application/vnd.oci.image.index.v1+json", index.getBytes(StandardCharsets.UTF_8));
            for (String progress : List.of("plain", "json", "none")) {
                Run run = harmless(
                        "-v",
                        "--progress",
                        progress,
                        "--store",
                        temporary.resolve("images").toString(),
                        registry.host() + "/team/app:2");
                assertThat(run.exitCode()).isEqualTo(5);
                assertThat(run.err()).contains("only for \\u001b[2J injected(");
            }
        }
    }

    @Test
    void aDenialSaysWhatBecameOfTheCredentials() {
        TestImage image = new ImageFactory(45).image("linux/amd64", new Layer(100, Compression.GZIP));
        try (TestRegistry registry =
                TestRegistry.start().serve("team/app", "1", image).requireBasic("u", "right")) {
            write("certs.d/registry.example/hosts.toml", "server = \"" + registry.origin() + "\"\n");
            String directory = temporary.resolve("certs.d").toString();
            String store = temporary.resolve("images").toString();
            String name = "registry.example/team/app:1";
            Run elsewhere = harmless("--hosts-dir", directory, "--store", store, "-u", "u:right", name);
            assertThat(elsewhere.exitCode()).isEqualTo(4);
            assertThat(elsewhere.err())
                    .contains("it was asked without credentials: there are no credentials for " + registry.host())
                    .contains("--user was given, and counts for registry.example alone: write --mirror-user "
                            + registry.host() + " to send it to this host too")
                    .doesNotContain("give --user");
            Run none = harmless("--hosts-dir", directory, "--store", store, name);
            assertThat(none.err()).contains("give --mirror-user " + registry.host() + "=USER:PASSWORD");
            Run own = harmless("--plain-http", "--store", store, registry.host() + "/team/app:1");
            assertThat(own.err()).contains("give --user");
            Run wrong = harmless(
                    "--hosts-dir", directory, "--store", store, "--mirror-user", registry.host() + "=u:wrong!", name);
            assertThat(wrong.err())
                    .contains("the credentials for " + registry.host()
                            + " (given with --mirror-user) were sent, and do not grant access: log in again");
            Run probe = harmless("hosts", "probe", "--hosts-dir", directory, "-u", "u:right", name);
            assertThat(probe.out()).contains("remedy: --user was given, and counts for registry.example alone");
            Run sent = harmless(
                    "--hosts-dir",
                    directory,
                    "--store",
                    store,
                    "-u",
                    "u:right",
                    "--mirror-user",
                    registry.host(),
                    name);
            assertThat(sent.exitCode()).as(sent.err()).isZero();
        }
    }

    @Test
    void anEmptyWarningIsNone() {
        TestImage image = new ImageFactory(46).image("linux/amd64", new Layer(100, Compression.GZIP));
        for (String header : List.of("299 - \"\"", "299 - \"  \"", "299 - \"%09\"", "")) {
            try (TestRegistry registry = TestRegistry.start().serve("team/app", "1", image)) {
                registry.when(request -> true, Behaviour.ORDINARY.header("Warning", header));
                Run run = harmless("--store", temporary.resolve("images").toString(), registry.host() + "/team/app:1");
                assertThat(run.exitCode()).isZero();
                assertThat(run.err()).doesNotContain("warning");
            }
        }
    }

    @Test
    void documentsKeepTheirMeaningBehindTheGuard() {
        StringWriter written = new StringWriter();
        try (PrintWriter guard = new HarmlessWriter(new PrintWriter(written), true)) {
            guard.println(ResultJson.write(java.util.Map.of("a", EVIL + "\n\u0000")));
        }
        HostileAnswersTest.assertHarmless(written.toString());
        JsonNode json = new InProcess.Run(0, written.toString(), "").json();
        assertThat(json.get("a").asString()).isEqualTo(EVIL + "\n\u0000");
    }
}
