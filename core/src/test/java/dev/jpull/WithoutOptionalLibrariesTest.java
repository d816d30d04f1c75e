// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.File;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that has the library and those that it requires, but none of the optional ones, pulls over HTTP and HTTPS. What needs an
 * optional library fails with a message that names it.
 */
class WithoutOptionalLibrariesTest {
    private static final TestCertificates CERTIFICATES = new TestCertificates();
    private static final TestCertificates.Identity CLIENT = CERTIFICATES.issue("client", "RSA");
    private static final String NEEDS_BOUNCY_CASTLE = "org.bouncycastle:bcpkix-jdk18on";
    private static final String NEEDS_JNA = "net.java.dev.jna:jna";
    private static final String NEEDS_ZSTD = "com.github.luben:zstd-jni";

    @TempDir
    Path temporary;

    private final List<TestRegistry> registries = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        TestRegistry plain = serve(TestRegistry.start());
        TestRegistry secure = serve(TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), false));
        TestRegistry strict = serve(TestRegistry.startTls(CERTIFICATES.serverContext(CERTIFICATES.localhost()), true));
        hosts("plain.example", plain);
        hosts("runtime.example", secure);
        hosts("ca.example", secure, "ca = \"" + file("ca.pem", CERTIFICATES.caPem()) + "\"");
        String certificate = file("client.pem", CLIENT.certificatePem()).toString();
        hosts("pkcs8.example", strict, client(certificate, file("pkcs8.pem", CLIENT.pkcs8Pem())));
        hosts("pkcs1.example", strict, client(certificate, file("pkcs1.pem", CLIENT.traditionalPem())));
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        authorities.setCertificateEntry("authority", CERTIFICATES.ca());
        try (OutputStream out = Files.newOutputStream(temporary.resolve("authorities.p12"))) {
            authorities.store(out, "changeit".toCharArray());
        }
    }

    @AfterEach
    void stop() {
        registries.forEach(TestRegistry::close);
    }

    private TestRegistry serve(TestRegistry registry) {
        registries.add(registry);
        return registry.serve("team/app", "gzip", image(3, Compression.GZIP))
                .serve("team/app", "zstd", image(4, Compression.ZSTD));
    }

    private static TestImage image(int seed, Compression compression) {
        return new ImageFactory(seed).index(List.of("linux/amd64", "linux/arm64"), new Layer(40_000, compression));
    }

    private Path file(String name, String text) {
        return TestCertificates.write(temporary.resolve(name), text);
    }

    private static String client(String certificate, Path key) {
        return "client = [[\"" + certificate + "\", \"" + key + "\"]]";
    }

    private void hosts(String namespace, TestRegistry registry, String... settings) {
        file(
                "certs.d/" + namespace + "/hosts.toml",
                "server = \"" + registry.origin() + "\"\n" + String.join("\n", settings));
    }

    @Test
    void onTheClassPath() throws Exception {
        check("-cp", required() + File.pathSeparator + classes("core") + File.pathSeparator + tests());
    }

    @Test
    void onTheModulePath() throws Exception {
        check(
                "-p",
                required() + File.pathSeparator + classes("core"),
                "--add-modules",
                "dev.jpull",
                "--patch-module",
                "dev.jpull=" + tests());
    }

    private static String required() throws Exception {
        return DependencyBill.libraries().stream()
                .filter(library -> !library.optional())
                .map(library -> library.jar().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path classes(String module) {
        return Path.of("..", module, "target", "classes").toAbsolutePath().normalize();
    }

    /** A directory that has the program alone. */
    private String tests() throws Exception {
        String name = EmbeddingProgram.class.getName().replace('.', '/') + ".class";
        Path copy = temporary.resolve("program").resolve(name);
        Files.createDirectories(copy.getParent());
        Files.copy(Path.of("target", "test-classes", name), copy);
        return temporary.resolve("program").toString();
    }

    private void check(String... path) throws Exception {
        List<String> results = run(List.of(path));
        assertThat(results).as(String.join("\n", results)).hasSize(9);
        assertThat(results.subList(0, 6)).allMatch(result -> result.endsWith(" done"));
        assertThat(results.get(6))
                .contains("CONFIGURATION", "BEGIN RSA PRIVATE KEY", NEEDS_BOUNCY_CASTLE, "openssl pkey");
        assertThat(results.get(7)).contains(NEEDS_ZSTD);
        assertThat(results.get(8)).contains(NEEDS_JNA);
    }

    private List<String> run(List<String> path) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Djavax.net.ssl.trustStore=" + temporary.resolve("authorities.p12"));
        command.add("-Djavax.net.ssl.trustStorePassword=changeit");
        command.addAll(path);
        command.add(path.contains("-p") ? "-m" : EmbeddingProgram.class.getName());
        if (path.contains("-p")) {
            command.add("dev.jpull/" + EmbeddingProgram.class.getName());
        }
        command.add(temporary.resolve("certs.d").toString());
        command.add(temporary.toString());
        command.addAll(List.of(
                "pull=plain.example/team/app:gzip",
                "pull=plain.example/team/app:zstd",
                "pull=runtime.example/team/app:gzip",
                "pull=ca.example/team/app:gzip",
                "pull=pkcs8.example/team/app:gzip",
                "verify=plain.example/team/app:gzip",
                "pull=pkcs1.example/team/app:gzip",
                "verify=plain.example/team/app:zstd",
                "unpack=plain.example/team/app:gzip"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }
}
