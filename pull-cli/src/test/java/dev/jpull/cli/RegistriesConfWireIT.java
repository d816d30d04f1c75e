// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.ImagePuller;
import dev.jpull.error.PullException;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ConfigurationCase;
import dev.jpull.testdata.DebianPackages;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * skopeo and jpull read the same registries.conf and ask the same registries for the same manifests in the same order. Left out of
 * the comparison is what has no say in that: skopeo begins at each registry with a request for {@code /v2/}, and jpull may repeat a
 * request or ask by HEAD first.
 */
class RegistriesConfWireIT {
    private static final TestImage IMAGE =
            new ImageFactory(16).image("linux/amd64", new Layer(2_000, Compression.GZIP));

    @TempDir
    Path temporary;

    private final Map<String, TestRegistry> registries = new LinkedHashMap<>();
    /** All requests for manifests of one client, as {@code registry path}, in the order of their arrival. */
    private final List<String> asked = new ArrayList<>();

    @BeforeAll
    static void needSkopeo() {
        DebianPackages.require("skopeo");
    }

    static Stream<ConfigurationCase> configurations() {
        return ConfigurationCase.bundled("containers-wire.txt").stream();
    }

    @AfterEach
    void stop() {
        registries.values().forEach(TestRegistry::close);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configurations")
    void skopeoAndJpullAskTheSame(ConfigurationCase configuration) throws IOException, InterruptedException {
        Map<String, String> names = start();
        Path directory = temporary.resolve("home/.config/containers");
        for (Map.Entry<String, String> file : configuration.files().entrySet()) {
            TestCertificates.write(directory.resolve(file.getKey()), filled(file.getValue(), names));
        }
        serve(configuration);
        String image = filled(configuration.expected("image").get(0), names);

        boolean found = skopeoFinds(image);
        List<String> bySkopeo = taken();
        assertThat(jpullFinds(directory, image)).isEqualTo(found);
        List<String> byJpull = taken();

        assertThat(byJpull).isEqualTo(bySkopeo);
        assertThat(String.join(
                        " ", byJpull.stream().map(line -> line.split(" ")[0]).toList()))
                .isEqualTo(String.join(" ", configuration.expected("asked")));
    }

    private Map<String, String> start() throws IOException {
        TestCertificates known = new TestCertificates();
        TestCertificates unknown = new TestCertificates();
        registries.put("a", TestRegistry.start());
        registries.put("b", TestRegistry.start());
        registries.put("tls", TestRegistry.startTls(known.serverContext(known.localhost()), false));
        registries.put("other", TestRegistry.startTls(unknown.serverContext(unknown.localhost()), false));
        Map<String, String> names = new LinkedHashMap<>();
        registries.forEach((name, registry) -> {
            names.put(name, registry.host());
            registry.when(request -> note(name, request), Behaviour.ORDINARY);
        });
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            names.put("dead", "localhost:" + closed.getLocalPort());
        }
        names.put("digest", IMAGE.rootDigest());
        TestCertificates.write(
                temporary.resolve("home/.config/containers/certs.d/" + names.get("tls") + "/ca.crt"), known.caPem());
        return names;
    }

    /** Notes a request for a manifest; never true, so that the registry answers by its other rules. */
    private boolean note(String name, LoggedRequest request) {
        if (request.path().contains("/manifests/")) {
            synchronized (asked) {
                asked.add(name + " " + request.path());
            }
        }
        return false;
    }

    /** The requests since the last call, without repetitions. */
    private List<String> taken() {
        synchronized (asked) {
            List<String> taken = new ArrayList<>();
            for (String line : asked) {
                if (taken.isEmpty() || !taken.get(taken.size() - 1).equals(line)) {
                    taken.add(line);
                }
            }
            asked.clear();
            return taken;
        }
    }

    private static String filled(String text, Map<String, String> names) {
        String filled = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            filled = filled.replace("{" + name.getKey() + "}", name.getValue());
        }
        return filled;
    }

    private void serve(ConfigurationCase configuration) {
        for (String line : configuration.expected("serve")) {
            String[] parts = line.split("[ :]");
            registry(parts[0]).serve(parts[1], parts[2], IMAGE);
        }
        for (String line : configuration.expected("status")) {
            String[] parts = line.split(" ");
            registry(parts[0])
                    .when(
                            request -> request.path().contains("/manifests/"),
                            Behaviour.status(Integer.parseInt(parts[1])));
        }
    }

    private TestRegistry registry(String name) {
        TestRegistry registry = registries.get(name);
        if (registry == null) {
            throw new IllegalArgumentException(name);
        }
        return registry;
    }

    /** A file of the user keeps the files of the machine out. */
    private boolean skopeoFinds(String image) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder("skopeo", "inspect", "--raw", "docker://" + image);
        command.environment().put("HOME", temporary.resolve("home").toString());
        command.environment().put("XDG_RUNTIME_DIR", temporary.resolve("run").toString());
        command.environment().put("NO_PROXY", "*");
        Path output = temporary.resolve("skopeo.txt");
        Process process = command.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("skopeo does not end:\n" + Files.readString(output));
        }
        return process.exitValue() == 0;
    }

    private boolean jpullFinds(Path directory, String image) {
        try (ImagePuller puller = ImagePuller.builder()
                .environment(Map.of("HOME", temporary.toString()))
                .configuration(directory)
                .store(temporary.resolve("store"))
                .build()) {
            return puller.resolve(image).digest().toString().equals(IMAGE.rootDigest());
        } catch (PullException e) {
            return false; // as when skopeo fails, which is compared
        }
    }
}
