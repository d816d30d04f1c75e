// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.PackagedCommand.Run;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.RealServers;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged command against the servers that users have: docker-registry, nginx, and skopeo as a witness. */
class RealRegistryIT {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int BIG_LAYER = 1 << 30;

    @TempDir
    static Path temporary;

    private static RealServers servers;
    private static int registry;
    private static TestImage image;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        servers = new RealServers(temporary);
        registry = servers.registry("registry", "");
        image = new ImageFactory(5)
                .index(
                        List.of("linux/amd64", "linux/arm64"),
                        new Layer(3_000_000, Compression.GZIP),
                        new Layer(200_000, Compression.ZSTD),
                        new Layer(40_000, Compression.NONE));
        image.writeLayout(temporary.resolve("layout"), "app");
        servers.push(temporary.resolve("layout"), "app", registry, "team/app:1");
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    private static Run jpull(String name, String... args) throws IOException, InterruptedException {
        return new PackagedCommand(temporary.resolve(name)).run(args);
    }

    private static void assertVerified(Path store) throws IOException {
        try (Stream<Path> blobs = Files.list(store.resolve("blobs/sha256"))) {
            assertThat(blobs.toList())
                    .isNotEmpty()
                    .allSatisfy(blob -> assertThat(servers.run("sha256sum", blob.toString()))
                            .startsWith(blob.getFileName().toString()));
        }
    }

    @Test
    void aPlainRegistryOnLocalhost() throws IOException, InterruptedException {
        Path store = temporary.resolve("plain-store");
        String name = "localhost:" + registry + "/team/app:1";
        Run run = jpull("plain", "--store", store.toString(), "--print-chainid", "--platform", "linux/amd64", name);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(name + "@" + image.rootDigest(), "image chain ID: " + image.chainId("linux/amd64"));
        assertVerified(store);
        String inspected = servers.run("skopeo", "inspect", "oci:" + store + ":" + name);
        assertThat(inspected).contains("\"Architecture\": \"amd64\"");
    }

    @Test
    void aRegistryBehindTlsFromAPrivateAuthority() throws IOException, InterruptedException {
        TestCertificates certificates = new TestCertificates();
        Path hosts = temporary.resolve("tls-hosts");
        int port = servers.nginx(
                "tls-nginx", registry, RealServers.tls(certificates.localhost(), temporary.resolve("tls-files")));
        Path directory = hosts.resolve("localhost:" + port);
        TestCertificates.write(directory.resolve("ca.pem"), certificates.caPem());
        TestCertificates.write(
                directory.resolve("hosts.toml"), "server = \"https://localhost:" + port + "\"\nca = \"ca.pem\"\n");
        String name = "localhost:" + port + "/team/app:1";
        Run run = jpull(
                "tls",
                "--hosts-dir",
                hosts.toString(),
                "--store",
                temporary.resolve("tls-store").toString(),
                name);
        assertThat(run.exitCode()).as(run.err()).isZero();
        Run untrusted = jpull(
                "tls-untrusted",
                "--hosts-dir",
                Files.createDirectories(temporary.resolve("none")).toString(),
                "--tlscacert",
                directory.resolve("ca.pem").toString(),
                "--store",
                temporary.resolve("tls-store-2").toString(),
                "-q",
                name);
        assertThat(untrusted.exitCode())
                .as("--tlscacert does as well as ca: " + untrusted.err())
                .isZero();
    }

    @Test
    void aRegistryThatWantsAClientCertificate() throws IOException, InterruptedException {
        TestCertificates certificates = new TestCertificates();
        TestCertificates.Identity client = certificates.issue("client", "RSA");
        Path files = temporary.resolve("mtls-files");
        int port = servers.nginx(
                "mtls-nginx",
                registry,
                RealServers.tls(certificates.localhost(), files),
                RealServers.clientsOf(certificates, files));
        Path directory = temporary.resolve("mtls-hosts").resolve("localhost_" + port + "_");
        TestCertificates.write(directory.resolve("ca.crt"), certificates.caPem());
        TestCertificates.write(directory.resolve("client.cert"), client.certificatePem());
        TestCertificates.write(directory.resolve("client.key"), client.traditionalPem());
        String name = "localhost:" + port + "/team/app:1";
        Run run = jpull(
                "mtls",
                "--hosts-dir",
                temporary.resolve("mtls-hosts").toString(),
                "--store",
                temporary.resolve("mtls-store").toString(),
                name);
        assertThat(run.exitCode()).as(run.err()).isZero();
        Files.delete(directory.resolve("client.cert"));
        Run refused = jpull(
                "mtls-refused",
                "--hosts-dir",
                temporary.resolve("mtls-hosts").toString(),
                "--store",
                temporary.resolve("mtls-store-2").toString(),
                name);
        assertThat(refused.exitCode()).isEqualTo(6);
        assertThat(refused.err())
                .contains("No required SSL certificate was sent")
                .doesNotContain("\tat ");
    }

    @Test
    void aPullThroughCacheAsAMirror() throws IOException, InterruptedException {
        int cache = servers.registry("cache", "http://127.0.0.1:" + registry);
        Path directory = temporary.resolve("cache-hosts").resolve("registry.example");
        TestCertificates.write(
                directory.resolve("hosts.toml"),
                "server = \"http://localhost:" + registry + "\"\n[host.\"http://localhost:" + cache
                        + "\"]\n  capabilities = [\"pull\", \"resolve\"]\n");
        Run run = jpull(
                "cached",
                "--hosts-dir",
                temporary.resolve("cache-hosts").toString(),
                "--store",
                temporary.resolve("cache-store").toString(),
                "--format",
                "json",
                "--platform",
                "linux/arm64",
                "registry.example/team/app:1");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.image().get("resolvedBy").stringValue()).isEqualTo("http://localhost:" + cache);
        assertThat(run.image().get("chainId").stringValue()).isEqualTo(image.chainId("linux/arm64"));
    }

    @Test
    void aKilledPullOfABigLayerGoesOnInLittleMemory() throws Exception {
        String digest = pushBigImage();
        int slow = servers.nginx("slow-nginx", registry, "limit_rate 150m;");
        Path store = temporary.resolve("big-store");
        // Over one connection the file has no holes, and its length is what is there.
        List<String> args = List.of(
                "--store",
                store.toString(),
                "--max-connections",
                "1",
                "--verify-layers",
                "--format",
                "json",
                "localhost:" + slow + "/big:1");
        Process killed = new PackagedCommand(temporary.resolve("killed")).start(List.of("-Xmx64m"), args);
        Path partial = store.resolve("ingest/sha256").resolve(digest);
        while (!Files.exists(partial) || Files.size(partial) < 300_000_000) {
            assertThat(killed.isAlive())
                    .as("%s", Files.readString(temporary.resolve("killed/err.txt")))
                    .isTrue();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        killed.destroyForcibly().waitFor();
        long left = Files.size(partial);
        assertThat(store.resolve("blobs/sha256").resolve(digest)).doesNotExist();

        Process again = new PackagedCommand(temporary.resolve("again")).start(List.of("-Xmx64m"), args);
        assertThat(again.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(again.exitValue())
                .as("%s", Files.readString(temporary.resolve("again/err.txt")))
                .isZero();
        JsonNode layer = MAPPER.readTree(Files.readString(temporary.resolve("again/out.txt")))
                .get("images")
                .get(0)
                .get("layers")
                .get(0);
        assertThat(layer.get("bytesResumed").longValue()).isEqualTo(left);
        assertThat(layer.get("bytesFetched").longValue())
                .isEqualTo(layer.get("size").longValue() - left);
        assertThat(layer.get("diffIdVerified").booleanValue()).isTrue();
        assertVerified(store);
    }

    /** An image with one layer of 1 GiB of noise, written without holding it in memory; returns the layer's hash. */
    private static String pushBigImage() throws Exception {
        Path blobs = Files.createDirectories(temporary.resolve("big-layout/blobs/sha256"));
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        Path layer = blobs.resolve("layer");
        try (OutputStream file = Files.newOutputStream(layer);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(new DigestOutputStream(file, hash))) {
            TarArchiveEntry entry = new TarArchiveEntry("noise");
            entry.setSize(BIG_LAYER);
            tar.putArchiveEntry(entry);
            byte[] piece = new byte[1 << 20];
            SplittableRandom random = new SplittableRandom(6);
            for (int i = 0; i < BIG_LAYER / piece.length; i++) {
                random.nextBytes(piece);
                tar.write(piece);
            }
            tar.closeArchiveEntry();
        }
        String hex = HexFormat.of().formatHex(hash.digest());
        long size = Files.size(layer);
        Files.move(layer, blobs.resolve(hex));
        byte[] config =
                ("{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
                                + hex + "\"]}}")
                        .getBytes(StandardCharsets.UTF_8);
        String configDigest = TestImage.digest(config);
        Files.write(blobs.resolve(configDigest.substring(7)), config);
        byte[] manifest =
                ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
                                + configDigest + "\",\"size\":" + config.length
                                + "},\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"sha256:"
                                + hex + "\",\"size\":" + size + "}]}")
                        .getBytes(StandardCharsets.UTF_8);
        String manifestDigest = TestImage.digest(manifest);
        Files.write(blobs.resolve(manifestDigest.substring(7)), manifest);
        Path layout = temporary.resolve("big-layout");
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
                        + manifestDigest + "\",\"size\":" + manifest.length
                        + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"big\"}}]}");
        servers.push(layout, "big", registry, "big:1");
        return hex;
    }
}
