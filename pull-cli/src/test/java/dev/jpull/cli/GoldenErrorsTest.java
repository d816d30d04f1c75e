// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.ImageFactory.RawLayer;
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

/** What the command prints when something is wrong is the text that was reviewed, with the exit code that is documented. */
class GoldenErrorsTest {
    private static final String IMAGE = "registry.example/team/app:1";
    private static final String GZIP_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final String WRONG_ID = TestImage.digest(new byte[0]);
    private static final TestImage CONTENT = new ImageFactory(4)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(60_000, Compression.NONE),
                    new Layer(500, Compression.NONE));

    @TempDir
    Path temporary;

    private final Transcript transcript = new Transcript();
    private TestRegistry registry;

    @BeforeEach
    void start() {
        registry = TestRegistry.start().serve("team/app", "1", CONTENT);
        transcript.replace(temporary.toString(), "DIR");
        transcript.replace(registry.origin(), "http://REGISTRY").replace(registry.host(), "REGISTRY");
        hosts("server = \"" + registry.origin() + "\"\n");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private String hosts(String toml) {
        return TestCertificates.write(temporary.resolve("certs.d/registry.example/hosts.toml"), toml)
                .toString();
    }

    private String directory() {
        return temporary.resolve("certs.d").toString();
    }

    private String[] options() {
        return new String[] {
            "--hosts-dir", directory(), "--store", temporary.resolve("store").toString(), "--progress", "none"
        };
    }

    private void pull(String... args) {
        transcript.run(options(), args);
    }

    @Test
    void usage() {
        transcript.section("images and references");
        pull();
        for (String reference : List.of(
                "registry.example/../evil.example/x:1",
                "user:secret@registry.example/app:1",
                "https://registry.example/app:1",
                "registry.example/App:1",
                "registry.example/app:1:2",
                "registry.example:port/app",
                "registry.example/app@sha256:12",
                "registry.example/app@md5:12345678123456781234567812345678",
                "registry.example/app:" + "t".repeat(129),
                "0123456789012345678901234567890123456789012345678901234567890123",
                "app?tag=1",
                "")) {
            pull(reference);
        }
        transcript.section("commands and options");
        for (List<String> args : List.of(
                List.of("--no-such-option", IMAGE),
                List.of("--platfrom", "linux/amd64", IMAGE),
                List.of("hosts"),
                List.of("hosts", "explian", IMAGE),
                List.of("hosts", "check", "--offline"),
                List.of("hosts", "explain"),
                List.of("hosts", "convert"),
                List.of("hosts", "probe", IMAGE, IMAGE),
                List.of("store"),
                List.of("store", "rm"),
                List.of("resolve"),
                List.of("resolve", "--offline", IMAGE),
                List.of("--spread", "resolve", IMAGE),
                List.of("busybox", "store", "ls"),
                List.of("@args"),
                List.of("--format", "yaml", IMAGE),
                List.of("--progress", "fancy", IMAGE),
                List.of("--format", "json", "--bogus"))) {
            transcript.run(args.toArray(String[]::new));
        }
        transcript.section("values");
        for (List<String> options : List.of(
                List.of("--platform", "toaster"),
                List.of("--platform", ""),
                List.of("--max-concurrent-downloads", "0"),
                List.of("--max-concurrent-downloads", "many"),
                List.of("--max-connections", ","),
                List.of("--max-connections", "257"),
                List.of("--label", "=b"),
                List.of("--label", "a=b", "--label", "a=c"),
                List.of("--trust-realm", "http://auth.example/"),
                List.of("--mirror-user", "https://mirror.example=ci:secret-word"),
                List.of("--mirror-user", "=a:b"),
                List.of("--mirror-user", "m"),
                List.of("--mirror-user", "m=a:b", "--mirror-user", "m=a:c"),
                List.of("-u", ":hunter2"),
                List.of("--password-file", "f"),
                List.of("--password-file", "f", "-u", "a:b"),
                List.of("--password-file", "DIR/none", "-u", "a"),
                List.of("--tlscert", "f"),
                List.of("--tlskey", "f"),
                List.of("--hosts-dir", "DIR/none"))) {
            List<String> args = new ArrayList<>();
            options.forEach(option -> args.add(option.replace("DIR", temporary.toString())));
            args.add(IMAGE);
            transcript.run(args.toArray(String[]::new));
        }
        transcript.section("contradictions");
        for (List<String> options : List.of(
                List.of("-u", "a:b", "--refresh", "t"),
                List.of("--password-stdin", "--password-file", "f", "-u", "a"),
                List.of("-q", "--progress", "tty"),
                List.of("--platform", "linux/amd64", "--all-platforms"),
                List.of("--all-metadata", "--skip-metadata"),
                List.of("--config", "f", "--hosts-dir", "d"),
                List.of("--offline", "--label", "a=b"),
                List.of("--offline", "--snapshotter", "overlayfs"),
                List.of("--snapshotter", "zfs"),
                List.of("--snapshotter", "docker"),
                List.of("--store", "a", "--store", "b"))) {
            List<String> args = new ArrayList<>(options);
            args.add(IMAGE);
            transcript.run(args.toArray(String[]::new));
        }
        pull("--offline", "-k", "--spread", "--max-connections", "8", IMAGE);
        pull("--offline", "--local", "--sync-fs", IMAGE);
        transcript.run("store", "verify", "--plain-http");
        transcript.run("store", "prune", "--keep-bytes", "much");
        transcript.run("store", "prune", "--unused", "long");
        Golden.check("errors/usage.txt", transcript.toString());
    }

    @Test
    void configuration() throws IOException {
        List<String> files = List.of(
                "server = \"https://registry.example\"\n[host.\"https://mirror.example\"]\ncapabilities = [\"pull\",]]\n",
                "[host.\"https://mirror.example\"]\n  capabilites = [\"pull\"]\n",
                "[host.\"https://mirror.example\"]\n  capabilities = []\n",
                "[host.\"https://mirror.example\"]\n  capabilities = [\"pul\"]\n",
                "[host.\"https://mirror.example\"]\n  capabilities = \"pull\"\n",
                "[host.\"https://mirror.example\"]\n  dial_timeout = \"-1s\"\n",
                "[host.\"https://mirror.example\"]\n  dial_timeout = 5\n",
                "[host.\"https://mirror.example\"]\n  skip_verify = \"true\"\n",
                "[host.\"https://mirror.example\"]\n  ca = \"none.pem\"\n",
                "[host.\"https://mirror.example\"]\n  client = [[\"a\", \"b\", \"c\"]]\n",
                "[host.\"https://mirror.example\".header]\n  x-token = 1\n",
                "[host.\"https://user:word@mirror.example\"]\n",
                "[host.\"https://mirror.example/?a=b\"]\n",
                "[host.\"HTTPS://mirror.example\"]\n",
                "[host.mirror.example]\n",
                "[host.\"\"]\n",
                "[host.\"https://a..b\"]\n",
                "[host.\"https://mirror.example/v2/x\"]\n",
                "[header]\n  x-a = \"b\"\nserver = \"https://registry.example\"\n",
                "capabilities = [\"pull\"]\n",
                "[hosts.\"https://mirror.example\"]\n",
                "[Host.\"https://mirror.example\"]\n",
                "[host.\"https://mirror.example\"]\n  ca = []\n",
                "[host.\"http://mirror.example\"]\n  skip_verify = true\n",
                "[host.\"https://mirror.example\".jpull]\n  proxy = \"ftp://proxy\"\n",
                "[host.\"https://mirror.example\".jpull]\n  stall_timeout = \"0\"\n",
                "[host.\"https://mirror.example\".jpull]\n  rewrite = { \"(\" = \"a\" }\n",
                "# nothing\n");
        for (String toml : files) {
            hosts(toml);
            transcript.file("hosts.toml", toml);
            transcript.run("hosts", "check", directory());
        }
        transcript.section("a pull with a broken file");
        hosts(files.get(0));
        pull(IMAGE);
        pull("--format", "json", IMAGE);
        transcript.section("other places");
        transcript.run("hosts", "check", directory() + "/gone");
        transcript.run("hosts", "check", "--strict", directory());
        Path config = temporary.resolve("config.toml");
        for (String toml : List.of(
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"registry.example\"]\n  endpoint = [\"http://m.example\"]\n",
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"/none\"\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"a\"]\n  endpoint = [\"http://m.example\"]\n",
                "version = 9\n",
                "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"a\".tls]\n  ca_file = \"/none\"\n",
                "version = \n")) {
            TestCertificates.write(config, toml);
            transcript.file("config.toml", toml);
            transcript.run("hosts", "check", config.toString());
        }
        transcript.run(
                "hosts",
                "convert",
                config.toString(),
                temporary.resolve("converted").toString());
        transcript.run("--config", temporary.resolve("none.toml").toString(), IMAGE);
        Files.createDirectories(temporary.resolve("other"));
        Files.writeString(temporary.resolve("other/registry.example"), "a file");
        transcript.run("--hosts-dir", temporary.resolve("other").toString(), IMAGE);
        Golden.check("errors/configuration.txt", transcript.toString());
    }

    @Test
    void registries() {
        transcript.section("not found");
        pull("registry.example/team/app:none");
        pull("--platform", "linux/s390x", IMAGE);
        transcript.run("resolve", "--hosts-dir", directory(), "registry.example/team/app:none");
        transcript.section("denied");
        registry.requireBasic("user", "secret");
        pull(IMAGE);
        pull("-u", "user:wrong", IMAGE);
        pull("--mirror-user", registry.host() + "=user:wrong", IMAGE);
        pull("--format", "json", IMAGE);
        registry.close();
        transcript.section("unreachable");
        pull(IMAGE);
        pull("--format", "json", IMAGE);
        transcript.run("hosts", "probe", "--hosts-dir", directory(), IMAGE);
        transcript.run("resolve", "--hosts-dir", directory(), IMAGE);
        Golden.check("errors/registries.txt", transcript.toString());
    }

    private static TestImage layers(RawLayer layer) {
        return new ImageFactory(4).image("linux/amd64", List.of(layer));
    }

    @Test
    void content() {
        registry.when(LoggedRequest::isForBlob, Behaviour.corrupt(10));
        pull("--skip-metadata", "--platform", "linux/amd64", "--max-concurrent-downloads", "1", IMAGE);
        registry.behave();
        transcript.section("fallbacks");
        hosts("server = \"" + registry.origin() + "\"\n[host.\"http://127.0.0.1:1\"]\n");
        pull("--fail-on-fallback", "-q", IMAGE);
        transcript.section("layers");
        hosts("server = \"" + registry.origin() + "\"\n");
        byte[] zeros = new byte[4 << 20];
        registry.serve(
                "team/wrong",
                "1",
                layers(new RawLayer(GZIP_LAYER, RawLayer.gzip(zeros).blob(), WRONG_ID)));
        registry.serve("team/bomb", "1", layers(RawLayer.gzip(zeros)));
        registry.serve("team/damaged", "1", layers(new RawLayer(GZIP_LAYER, new byte[] {31, (byte) 139, 8}, WRONG_ID)));
        registry.serve("team/secret", "1", layers(new RawLayer(GZIP_LAYER + "+encrypted", new byte[9], WRONG_ID)));
        pull("-q", "--verify-layers", "registry.example/team/wrong:1");
        pull("-q", "--no-verify-layers", "registry.example/team/wrong:1");
        pull("-q", "--verify-layers", "--offline", "registry.example/team/wrong:1");
        pull("-q", "--verify-layers", "--max-layer-size", "1M", "registry.example/team/bomb:1");
        pull("-q", "--verify-layers", "registry.example/team/damaged:1");
        pull("-q", "--verify-layers", "registry.example/team/secret:1");
        transcript.section("capabilities");
        hosts("server = \"" + registry.origin() + "\"\ncapabilities = [\"pull\"]\n");
        pull(IMAGE);
        hosts("server = \"" + registry.origin() + "\"\ncapabilities = [\"push\"]\n");
        pull(IMAGE);
        transcript.run("hosts", "explain", "--hosts-dir", directory(), IMAGE);
        transcript.run("hosts", "probe", "--hosts-dir", directory(), IMAGE);
        Golden.check("errors/content.txt", transcript.toString());
    }

    @Test
    void explanations() {
        hosts("""
                server = "https://registry.example"
                [host."https://mirror.example/v2/x"]
                  capabilities = ["pull", "resolve"]
                  override_path = true
                  skip_verify = true
                  dial_timeout = "1s"
                [host."https://mirror.example/v2/x".header]
                  X-Token = "hunter2"
                [host."https://mirror.example/v2/x".jpull]
                  proxy = "http://user:hunter2@proxy.example:3128"
                  stall_timeout = "7s"
                [host."https://push.example"]
                  capabilities = ["push"]
                """);
        transcript.run("hosts", "explain", "--hosts-dir", directory(), IMAGE);
        transcript.run("hosts", "explain", "--no-upstream", "--hosts-dir", directory(), "other.example/app:1");
        Path config = TestCertificates.write(temporary.resolve("config.toml"), """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry.mirrors."registry.example"]
                  endpoint = ["http://mirror.example"]
                [plugins."io.containerd.grpc.v1.cri".registry.headers]
                  X-Token = ["hunter2"]
                """);
        String target = temporary.resolve("converted").toString();
        transcript.run("hosts", "convert", config.toString(), target);
        transcript.run("hosts", "convert", "--write", config.toString(), target);
        transcript.run("hosts", "convert", "--write", config.toString(), target);
        transcript.run("hosts", "convert", "--to", "k3s", config.toString(), target);
        transcript.run("hosts", "diff", directory(), target);
        Golden.check("errors/explanations.txt", transcript.toString());
    }

    @Test
    void lock() throws IOException {
        Path file = temporary.resolve("jpull.lock");
        String[] locked = {"--platform", "linux/amd64", "--lock", file.toString(), "--locked", IMAGE};
        transcript.section("no lock file");
        pull(locked);
        transcript.section("an image that is not in it");
        Files.writeString(file, "# jpull lock file, version 1\n");
        pull(locked);
        transcript.section("a tag that has moved");
        String line = IMAGE + " sha256:" + "1".repeat(64) + " 2026-01-31T12:00:00Z https://first.example\n";
        Files.writeString(file, "# jpull lock file, version 1\n" + line);
        pull(locked);
        transcript.section("an update");
        pull("--platform", "linux/amd64", "--lock", file.toString(), "--update-lock", "registry.example/team/gone:1");
        transcript.section("mistakes");
        Files.writeString(file, "# jpull lock file, version 1\n<<<<<<< HEAD\n" + line);
        pull(locked);
        Files.writeString(file, "# jpull lock file, version 1\n" + line.replace("sha256:11", "sha256:xx"));
        pull(locked);
        transcript.section("options");
        pull("--update-lock", "--locked", IMAGE);
        pull("--update-lock", "--offline");
        pull("--max-age", "1 day", IMAGE);
        Golden.check("errors/lock.txt", transcript.toString());
    }

    @Test
    void store() throws IOException {
        String store = temporary.resolve("store").toString();
        transcript.section("nothing there");
        transcript.run("--offline", "--store", store, IMAGE);
        transcript.run("store", "ls", "--store", store);
        transcript.run("store", "rm", "--store", store, IMAGE);
        transcript.section("an image");
        pull("--platform", "linux/amd64", IMAGE);
        transcript.run("--offline", "--store", store, "--progress", "none", "--platform", "linux/s390x", IMAGE);
        transcript.run("store", "rm", "--store", store, "registry.example/other:1");
        transcript.section("damage");
        Path blob =
                temporary.resolve("store/blobs/sha256/" + CONTENT.largestBlob().substring("sha256:".length()));
        byte[] bytes = Files.readAllBytes(blob);
        bytes[0] ^= 1;
        blob.toFile().setWritable(true);
        Files.write(blob, bytes);
        transcript.run("store", "verify", "--store", store);
        Files.delete(blob);
        transcript.run("store", "verify", "--store", store);
        transcript.run("--offline", "--store", store, "--progress", "none", IMAGE);
        registry.close();
        transcript.run("store", "verify", "--repair", "--hosts-dir", directory(), "--store", store);
        transcript.section("no store");
        Path file = Files.writeString(temporary.resolve("file"), "x");
        transcript.run("--store", file.toString(), IMAGE);
        transcript.run("store", "ls", "--store", file.toString());
        Path other = Files.createDirectories(temporary.resolve("other"));
        Files.writeString(other.resolve("oci-layout"), "{\"imageLayoutVersion\":\"2.0.0\"}");
        transcript.run("--store", other.toString(), IMAGE);
        Path full = Files.createDirectories(temporary.resolve("full"));
        Files.writeString(full.resolve("letter.txt"), "x");
        transcript.run("--store", full.toString(), IMAGE);
        Golden.check("errors/store.txt", transcript.toString());
    }
}
