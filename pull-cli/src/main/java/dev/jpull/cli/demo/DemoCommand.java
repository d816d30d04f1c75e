// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.demo;

import dev.jpull.ImagePuller;
import dev.jpull.PullRequest;
import dev.jpull.PulledImage;
import dev.jpull.PulledLayer;
import dev.jpull.cli.HelpOption;
import dev.jpull.cli.Interruption;
import dev.jpull.cli.progress.ByteCount;
import dev.jpull.cli.progress.Progress;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.FileTree;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestCertificates;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jpull demo}: the main job against an embedded registry, offline. */
@Command(
        name = "demo",
        sortOptions = false,
        description =
                "Pulls a small image from an embedded registry, behind a dead and a pull-only mirror; needs no network.")
public final class DemoCommand implements Callable<Integer> {
    private static final String NAMESPACE = "registry.example";
    private static final String REPOSITORY = "demo/app";
    private static final List<String> PLATFORMS = List.of("linux/amd64", "linux/arm64");
    private static final long MIRROR_RATE = 12_000_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private HelpOption help = new HelpOption();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Path directory = Files.createTempDirectory("jpull-demo-");
        try (Interruption.Closing deletion = Interruption.of(spec).closing(() -> FileTree.delete(directory), "")) {
            return pull(directory, out, err);
        } finally {
            FileTree.delete(directory);
        }
    }

    private int pull(Path directory, PrintWriter out, PrintWriter err) throws IOException {
        TestCertificates certificates = new TestCertificates();
        TestImage image = new ImageFactory(2026)
                .index(
                        PLATFORMS,
                        new Layer(6_000_000, Compression.GZIP),
                        new Layer(400_000, Compression.ZSTD),
                        new Layer(12_000_000, Compression.GZIP),
                        new Layer(50_000, Compression.NONE));
        try (TestRegistry upstream =
                        TestRegistry.startTls(certificates.serverContext(certificates.localhost()), false);
                TestRegistry mirror = TestRegistry.start()) {
            upstream.serve(REPOSITORY, "1.0", image);
            mirror.serve(REPOSITORY, "1.0", image);
            misbehave(mirror, image);
            int dead = closedPort();
            Path hosts = configure(directory, certificates, upstream, mirror, dead);
            out.println(
                    "A registry with TLS and a certificate authority of its own, a mirror with the capability pull only,");
            out.println("and a dead mirror. This is " + NAMESPACE + "/hosts.toml:");
            out.println();
            Files.readAllLines(hosts).forEach(line -> out.println("    " + line));
            out.println();
            out.println("$ jpull --hosts-dir certs.d --print-chainid " + NAMESPACE + "/" + REPOSITORY + ":1.0");
            out.flush();
            try (ImagePuller puller = ImagePuller.builder()
                            .hostsDirectory(directory.resolve("certs.d"))
                            .store(directory.resolve("store"))
                            .listener(Progress.AUTO.listener(err))
                            .build();
                    Interruption.Closing closing = Interruption.of(spec).closing(puller, "")) {
                PulledImage pulled = puller.pull(PullRequest.of(NAMESPACE + "/" + REPOSITORY + ":1.0"));
                boolean right = report(pulled, image, upstream, mirror, dead, out);
                out.flush();
                return right ? 0 : 1;
            }
        }
    }

    /** Makes the mirror slow enough to show progress, lets it cut one response, and leaves a layer out. */
    private static void misbehave(TestRegistry mirror, TestImage image) {
        String largest = image.largestBlob();
        String smallest = image.blobs().entrySet().stream()
                .filter(blob -> blob.getValue().length > 40_000)
                .min(Comparator.comparingInt(blob -> blob.getValue().length))
                .orElseThrow()
                .getKey();
        int half = image.blob(largest).length / 2;
        mirror.when(request -> request.path().endsWith(smallest), Behaviour.status(404));
        image.blobs().forEach((digest, content) -> {
            if (content.length > half + half / 2) {
                mirror.when(
                        request -> request.path().endsWith(digest),
                        Behaviour.cut(half).atRate(MIRROR_RATE),
                        1);
            }
        });
        mirror.when(request -> request.isForBlob(), Behaviour.ORDINARY.atRate(MIRROR_RATE));
    }

    private static Path configure(
            Path directory, TestCertificates certificates, TestRegistry upstream, TestRegistry mirror, int dead) {
        Path hosts = directory.resolve("certs.d").resolve(NAMESPACE);
        TestCertificates.write(hosts.resolve("upstream-ca.pem"), certificates.caPem());
        return TestCertificates.write(
                hosts.resolve("hosts.toml"), """
                server = "%s"
                ca = "upstream-ca.pem"

                [host."http://127.0.0.1:%d"]
                  capabilities = ["pull", "resolve"]

                [host."%s"]
                  capabilities = ["pull"]
                """.formatted(upstream.origin(), dead, mirror.origin()));
    }

    private static boolean report(
            PulledImage pulled,
            TestImage image,
            TestRegistry upstream,
            TestRegistry mirror,
            int dead,
            PrintWriter out) {
        out.println(pulled.name() + "@" + pulled.digest());
        out.println("image chain ID: " + pulled.chainId());
        out.println();
        out.println("Layers of " + pulled.platforms().get(0).platform() + ":");
        for (PulledLayer layer : pulled.layers()) {
            out.printf(
                    "  %s %9s from %s%s%n",
                    layer.digest().shortHex(),
                    ByteCount.of(layer.size()),
                    layer.host(),
                    layer.retries() > 0 ? ", resumed after the connection broke" : "");
        }
        out.println();
        out.println("Requests by host:");
        out.println("  http://127.0.0.1:" + dead + " (dead)");
        pulled.fallbacks().stream()
                .filter(attempt -> attempt.host().endsWith(":" + dead))
                .limit(1)
                .forEach(attempt -> out.println("    " + attempt.reason() + ", not contacted again"));
        out.println("  " + mirror.origin() + " (pull only: never asked for the tag)");
        mirror.lines().forEach(line -> out.println("    " + shorten(line)));
        out.println("  " + upstream.origin() + " (the registry itself)");
        upstream.lines().forEach(line -> out.println("    " + shorten(line)));
        out.println();
        boolean right = String.valueOf(pulled.chainId())
                .equals(image.chainId(String.valueOf(pulled.platforms().get(0).platform())));
        out.println(right ? "The chain ID is the one that the image was built with." : "The chain ID is WRONG.");
        return right;
    }

    private static String shorten(String line) {
        return line.replaceAll("(sha256:[0-9a-f]{12})[0-9a-f]{52}", "$1…");
    }

    /** A port of this machine without a listener. */
    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
