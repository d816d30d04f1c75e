// SPDX-License-Identifier: Apache-2.0
package dev.jpull.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Build tools load plugins with class loaders that they throw away, in a process that goes on for days. Nothing of the library may
 * stay in it.
 */
class ThrownAwayPluginTest {
    private static final TestImage IMAGE = new ImageFactory(23)
            .image("linux/amd64", new Layer(20_000, Compression.GZIP), new Layer(5_000, Compression.ZSTD));
    /**
     * What native libraries leave, which their Java parts do not end: the names of their temporary files, which they have deleted, until
     * the end of the process; properties of JNA; and one descriptor of a deleted file for each class loader, of libffi in JNA.
     */
    private static final Predicate<String> OF_NATIVE_LIBRARIES = Pattern.compile(
                    "file that is deleted at the end left: .*/(libzstd-jni-|jna)[^/]*"
                            + "|default left: property (jna|jnidispatch)\\..*"
                            + "|descriptor left: .*/(ffi\\w+ \\(deleted\\)|jna-[^/]*\\.jar)")
            .asMatchPredicate();

    private static final boolean IS_LONG = Boolean.getBoolean("jpull.soak");

    private static @TempDir Path shared;

    private @TempDir Path temporary;

    @BeforeAll
    static void compile() throws IOException {
        ConsumerBuild.compile(shared.resolve("classes"));
    }

    @Test
    void aPluginThatPulls() throws Exception {
        try (TestRegistry registry = TestRegistry.start().serve("team/app", "1", IMAGE)) {
            serve("server = \"" + registry.origin() + "\"\n");
            assertNothingIsLeft(ConsumerBuild.library(), "pull", 200);
        }
    }

    /** By TLS with a client certificate, which Bouncy Castle reads; a layer is decoded by the native library of zstd. */
    @Test
    void aPluginThatReadsLayers() throws Exception {
        TestCertificates certificates = new TestCertificates();
        TestCertificates.Identity client = certificates.issue("client", "RSA");
        try (TestRegistry registry =
                TestRegistry.startTls(certificates.serverContext(certificates.localhost()), true)) {
            registry.serve("team/app", "1", IMAGE);
            TestCertificates.write(temporary.resolve("ca.pem"), certificates.caPem());
            TestCertificates.write(temporary.resolve("client.pem"), client.certificatePem());
            TestCertificates.write(temporary.resolve("client.key"), client.traditionalPem());
            serve("""
                    server = "%s"
                    ca = "%2$s/ca.pem"
                    client = [["%2$s/client.pem", "%2$s/client.key"]]
                    """.formatted(registry.origin(), temporary));
            assertNothingIsLeft(ConsumerBuild.library("zstd-jni-", "bc"), "read", IS_LONG ? 200 : 10);
        }
    }

    /** By the native libraries that JNA binds, which the plugin lets go of. */
    @Test
    void aPluginThatUnpacks() throws Exception {
        try (TestRegistry registry = TestRegistry.start().serve("team/app", "1", IMAGE)) {
            serve("server = \"" + registry.origin() + "\"\n");
            assertNothingIsLeft(ConsumerBuild.library("zstd-jni-", "jna-"), "unpack", IS_LONG ? 50 : 5);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "thread, thread left: a kept thread",
        "hook, 'shutdown hook left: Thread[a kept hook,5,main]'",
        "thread-local, thread local left: pool-1-thread-1 has a example.consumer.LeavingPlugin",
        "loader, class loaders left",
        "provider, security provider left: Kept",
        "proxy-selector, default gone: proxy selector sun.net.spi.DefaultProxySelector",
        "url-handlers, default gone: URL handlers null",
        "bean, MBean left: example:name=kept",
        "descriptor, descriptor left: /dev/zero",
        "temporary-file, temporary file left: kept",
        "thread, context class loader left: a kept thread has java.net.URLClassLoader",
        "process, process left",
        "metaspace, metaspace has grown"
    })
    void theCheckReportsWhatIsLeft(String what, String finding) throws Exception {
        List<String> lines = host(List.of(), "example.consumer.LeavingPlugin", what, what.equals("metaspace") ? 2 : 1);
        assertThat(lines.stream().map(line -> line.replaceAll("@[0-9a-f]+|#[0-9]+,|: \\[?[0-9, ]+\\]?$", "")))
                .contains(finding);
    }

    private void assertNothingIsLeft(List<Path> library, String what, int times) throws Exception {
        List<String> lines = host(library, "example.consumer.ThrownAwayPlugin", what, times);
        assertThat(lines.subList(0, times)).containsOnly(IMAGE.rootDigest());
        assertThat(lines.subList(times, lines.size())).allMatch(OF_NATIVE_LIBRARIES, "what native libraries leave");
    }

    private void serve(String hostsToml) {
        TestCertificates.write(temporary.resolve("config.json"), "{}");
        TestCertificates.write(temporary.resolve("certs.d/registry.example/hosts.toml"), hostsToml);
    }

    private List<String> host(List<Path> library, String plugin, String what, int times) throws Exception {
        List<Path> classPath = new ArrayList<>(library);
        classPath.add(shared.resolve("classes"));
        Path list = temporary.resolve("class-path");
        Files.write(list, classPath.stream().map(Path::toString).toList());
        Path own = Files.createDirectory(temporary.resolve("tmp"));
        return ChildJvm.in(temporary)
                .with(
                        "-Djava.io.tmpdir=" + own,
                        "-Djna.tmpdir=" + own,
                        // The runtime keeps what it needs no more by soft references, which it clears before it lacks
                        // memory.
                        "-XX:SoftRefLRUPolicyMSPerMB=0",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:-BytecodeVerificationRemote",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--add-opens=java.base/java.io=ALL-UNNAMED",
                        "--add-opens=java.base/java.net=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        shared.resolve("classes").toString())
                .run(
                        "example.host.PluginHost",
                        list.toString(),
                        plugin,
                        what + " " + temporary,
                        String.valueOf(times),
                        String.valueOf(IS_LONG))
                .lines();
    }
}
