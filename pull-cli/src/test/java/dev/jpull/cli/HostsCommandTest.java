// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess.Run;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code jpull hosts …} as its users see it. */
class HostsCommandTest {
    private static final String IMAGE = "registry.example/team/app:1";
    private static final TestImage CONTENT =
            new ImageFactory(4).image("linux/amd64", new Layer(5_000, Compression.GZIP));

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
        TestCertificates.write(temporary.resolve("certs.d/registry.example/hosts.toml"), toml);
    }

    private String directory() {
        return temporary.resolve("certs.d").toString();
    }

    @Test
    void explainSaysWhatWouldBeContactedAndContactsNothing() {
        Run run = InProcess.run("hosts", "explain", "--hosts-dir", directory(), IMAGE);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "GET " + registry.origin() + "/v2/team/app/manifests/1?ns=registry.example", "hosts.toml:1:1");
        Run json = InProcess.run("hosts", "explain", "--format", "json", "--hosts-dir", directory(), IMAGE);
        assertThat(json.json().get("pull").get(0).get("url").stringValue())
                .isEqualTo(registry.origin() + "/v2/team/app/blobs/{digest}?ns=registry.example");
        assertThat(registry.requests()).isEmpty();
        assertThat(InProcess.run("hosts").exitCode()).isEqualTo(2);
    }

    @Test
    void explainNamesThePlaceOfEverySettingAndHidesSecrets() {
        hosts("""
                server = "https://registry.example"
                [host."https://mirror.corp/v2/x"]
                  capabilities = ["pull", "resolve"]
                  override_path = true
                  skip_verify = true
                  dial_timeout = "1s"
                [host."https://mirror.corp/v2/x".header]
                  X-Token = "hunter2"
                [host."https://mirror.corp/v2/x".jpull]
                  proxy = "http://user:hunter2@proxy.corp:3128"
                  stall_timeout = "7s"
                """);
        Run run = InProcess.run("hosts", "explain", "--hosts-dir", directory(), IMAGE);
        assertThat(run.out())
                .containsPattern("capabilities pull, resolve +<- .*hosts.toml:3:3")
                .containsPattern("path +/v2/x +<- .*hosts.toml:4:3")
                .containsPattern("certificate +not checked +<- .*hosts.toml:5:3")
                .containsPattern("dial timeout 1000 ms +<- .*hosts.toml:6:3")
                .containsPattern("headers +X-Token \\(values hidden\\) +<- .*hosts.toml:7:1")
                .containsPattern("proxy +http://proxy.corp:3128 +<- .*hosts.toml:10:3")
                .containsPattern("stall +7000 ms +<- .*hosts.toml:11:3")
                .doesNotContain("hunter2");
        Run json = InProcess.run("hosts", "explain", "--format", "json", "--hosts-dir", directory(), IMAGE);
        JsonNode endpoint = json.json().get("resolve").get(0);
        assertThat(endpoint.get("sources").get("skip_verify").stringValue()).endsWith("hosts.toml:5:3");
        assertThat(endpoint.get("stallTimeoutMs").longValue()).isEqualTo(7000);
        assertThat(json.out()).doesNotContain("hunter2");
    }

    @Test
    void checkShowsTheTextWithACaretAndExitsWith3ForErrorsOnly() {
        assertThat(InProcess.run("hosts", "check", directory()).exitCode()).isZero();
        hosts("[host.\"https://m.corp\"]\n  capabilites = [\"pull\"]\n");
        Run warning = InProcess.run("hosts", "check", directory());
        assertThat(warning.exitCode()).isZero();
        assertThat(warning.out())
                .contains(
                        "warning: unknown key \"capabilites\" is ignored [unknown-key]",
                        "hosts.toml:2:3",
                        "|   ^",
                        "containerd ignores it silently",
                        "did you mean \"capabilities\"",
                        "0 errors, 1 warning, 1 note");
        assertThat(InProcess.run("hosts", "check", "--strict", directory()).exitCode())
                .isEqualTo(3);
        hosts("[host.\"https://m.corp\".header]\n    x-custom-1 = \"hunter2\",\n");
        Run error = InProcess.run("hosts", "check", directory());
        assertThat(error.exitCode()).isEqualTo(3);
        assertThat(error.out())
                .contains("|     x-custom-1 = \"*******\",", "|                           ^", "remove the comma")
                .doesNotContain("hunter2");
        JsonNode finding = InProcess.run("hosts", "check", "--format", "json", directory())
                .json()
                .get("findings")
                .get(0);
        assertThat(finding.get("severity").stringValue()).isEqualTo("error");
        assertThat(finding.get("code").stringValue()).isEqualTo("syntax");
        assertThat(finding.get("line").intValue()).isEqualTo(2);
        assertThat(finding.get("column").intValue()).isEqualTo(27);
        assertThat(InProcess.run("hosts", "check", directory() + "/gone").exitCode())
                .isEqualTo(3);
    }

    @Test
    void probeNeverSendsCredentialsWhereAPullWouldNot() {
        registry.requireBasic("user", "secret");
        Run run = InProcess.run("hosts", "probe", "-u", "user:secret", "--hosts-dir", directory(), IMAGE);
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.out()).contains("api     ok", "requires basic credentials", "there are no credentials for");
        assertThat(registry.requests())
                .allSatisfy(
                        request -> assertThat(request.header("authorization")).isNull());
    }

    @Test
    void diffExitsWithOneWhenSomethingChangesAndShowsNoSecret() {
        String header = "[host.\"https://mirror.example\".header]\nX-Token = \"%s\"\n";
        Path file = Path.of("certs.d/registry.example/hosts.toml");
        TestCertificates.write(temporary.resolve("old").resolve(file), header.formatted("hunter2"));
        TestCertificates.write(temporary.resolve("new").resolve(file), header.formatted("hunter3"));
        String old = temporary.resolve("old/certs.d").toString();
        String now = temporary.resolve("new/certs.d").toString();
        Run same = InProcess.run("hosts", "diff", old, old, IMAGE);
        assertThat(same.exitCode()).as(same.err()).isZero();
        assertThat(same.out()).isEmpty();
        Run changed = InProcess.run("hosts", "diff", old, now, IMAGE);
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(changed.out())
                .contains("registry.example\n  ~ header x-token", old, now, IMAGE)
                .doesNotContain("hunter");
        Run json = InProcess.run("hosts", "diff", "--format", "json", old, now);
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(json.out())
                .contains("\"kind\":\"headers\",\"sign\":\"~\",\"dangerous\":false")
                .doesNotContain("hunter");
        assertThat(InProcess.run(
                                "hosts",
                                "diff",
                                old,
                                temporary.resolve("absent").toString())
                        .exitCode())
                .isEqualTo(3);
        assertThat(InProcess.run("hosts", "diff", old, now, "No Image").exitCode())
                .isEqualTo(2);
    }

    @Test
    void noOutputOfAConversionHasSecrets() {
        Path config = TestCertificates.write(temporary.resolve("config.toml"), """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry.mirrors."registry.example"]
                  endpoint = ["https://mirror.example"]
                [plugins."io.containerd.grpc.v1.cri".registry.configs."mirror.example".auth]
                  username = "robot"
                  password = "hunter2"
                """);
        Path headers = TestCertificates.write(
                temporary.resolve("headers/config.toml"),
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.headers]\nX-Token = [\"hunter2\"]\n");
        int number = 0;
        for (Path source : List.of(config, headers)) {
            for (String form : List.of("hosts", "k3s", "k3s-hosts", "registries.conf")) {
                for (String format : List.of("text", "json")) {
                    for (String how : List.of("--write", "--approximate", "-v")) {
                        Path target = temporary.resolve("target-" + number++);
                        Run run = InProcess.run(
                                "hosts",
                                "convert",
                                "--to",
                                form,
                                "--format",
                                format,
                                how,
                                source.toString(),
                                target.toString());
                        assertThat(run.exitCode()).isIn(0, 3);
                        assertThat(run.out() + run.err()).isNotEmpty().doesNotContain("hunter2");
                    }
                }
            }
        }
        Run refused = InProcess.run(
                "hosts", "convert", "--to", "k3s", "--format", "json", headers.toString(), temporary + "/none");
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.json().get("files").isEmpty()).isTrue();
        assertThat(refused.json().get("findings").get(0).get("code").asString()).isEqualTo("not-expressible");
        assertThat(refused.json().get("remedies").get(0).asString()).isEqualTo("approximate");
    }

    @Test
    void convertWritesNothingUnlessAskedTo() {
        Path config = TestCertificates.write(temporary.resolve("config.toml"), """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry.mirrors."registry.example"]
                  endpoint = ["%s"]
                [plugins."io.containerd.grpc.v1.cri".registry.headers]
                  X-Token = ["hunter2"]
                """.formatted(registry.origin()));
        Path target = temporary.resolve("converted");
        Run shown = InProcess.run("hosts", "convert", config.toString(), target.toString());
        assertThat(shown.exitCode()).as(shown.err()).isZero();
        assertThat(shown.out()).contains("[host.\"" + registry.origin() + "\"]").doesNotContain("hunter2");
        assertThat(target).doesNotExist();
        assertThat(InProcess.run("hosts", "convert", "--write", config.toString(), target.toString())
                        .exitCode())
                .isZero();
        assertThat(target.resolve("registry.example/hosts.toml")).content().contains("hunter2");
        Run pulled = InProcess.run(
                "--hosts-dir",
                target.toString(),
                "--store",
                temporary.resolve("store").toString(),
                "-q",
                IMAGE);
        assertThat(pulled.exitCode()).as(pulled.err()).isZero();
        assertThat(InProcess.run("hosts", "convert", "--write", config.toString(), target.toString())
                        .exitCode())
                .isEqualTo(3);
    }
}
