// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess;
import dev.jpull.image.Platform;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.RealServers;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A signed image of several platforms goes from one docker-registry to another one by archives, and stays what it was. A registry of
 * Docker has no API for referrers: they are under tags. {@code benchmarks/signatures} does the same with cosign.
 */
class ArchiveRoundTripIT {
    private static final String MACHINE = Platform.host().toString();
    private static final String OTHER = MACHINE.equals("linux/arm64") ? "linux/amd64" : "linux/arm64";
    private static final String TYPE = "application/vnd.example.signature.v1";

    @TempDir
    private Path temporary;

    private final TestImage image = new ImageFactory(7).image(MACHINE, new Layer(60_000, Compression.GZIP));
    private final TestImage index = new IndexBuilder()
            .child(image, MACHINE)
            .child(new ImageFactory(8).image(OTHER, new Layer(70_000, Compression.ZSTD)), OTHER)
            .attestation(image)
            .build();
    private final TestImage signature = signature(index);
    private final TestImage ofTheManifest = signature(image);
    private final TestImage older = ArtifactBuilder.cosignSignature(index.rootDigest());

    @SuppressWarnings("NullAway.Init")
    private RealServers servers;

    @BeforeEach
    void start() {
        servers = new RealServers(temporary);
    }

    @AfterEach
    void stop() {
        servers.close();
    }

    private static TestImage signature(TestImage subject) {
        return ArtifactBuilder.of(TYPE)
                .subject(subject)
                .layer(TYPE, ("signature of " + subject.rootDigest()).getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static TestImage list(TestImage referrer) {
        return new IndexBuilder().child(referrer, null).build();
    }

    @Test
    void everyDigestIsKeptAndTheArchivesAreEqual() throws IOException, InterruptedException {
        int registry = servers.registry("from", "");
        push(index, registry, "1");
        push(list(signature), registry, index.rootDigest().replace(':', '-'));
        push(list(ofTheManifest), registry, image.rootDigest().replace(':', '-'));
        push(older, registry, ArtifactBuilder.cosignTag(index.rootDigest(), "sig"));
        String name = "127.0.0.1:" + registry + "/team/app:1";
        Path first = temporary.resolve("first");
        jpull("-q", "--plain-http", "--all-platforms", "--referrers", "--store", first.toString(), name);
        Path archive = export(first, "first.tar", name);

        Path second = temporary.resolve("second");
        jpull("import", "--store", second.toString(), archive.toString());
        assertThat(export(second, "second.tar", name)).hasSameBinaryContentAs(archive);
        assertThat(blobs(second)).isEqualTo(blobs(first)).containsAll(digests(index, signature, ofTheManifest, older));

        int other = servers.registry("to", "");
        Path layout = temporary.resolve("layout");
        jpull("export", "--store", second.toString(), "--format", "oci", "-o", layout.toString(), name);
        servers.push(layout, "1", other, "team/app:1");
        String copy = "127.0.0.1:" + other + "/team/app:1";
        String resolved = jpull("resolve", "--plain-http", copy);
        assertThat(resolved).contains(index.rootDigest());
    }

    private Path export(Path store, String file, String name) {
        Path archive = temporary.resolve(file);
        jpull("export", "--store", store.toString(), "-o", archive.toString(), name);
        return archive;
    }

    private void push(TestImage content, int registry, String tag) throws IOException, InterruptedException {
        Path layout = temporary.resolve("pushed-" + content.rootDigest().substring("sha256:".length()));
        content.writeLayout(layout, "1");
        servers.push(layout, "1", registry, "team/app:" + tag);
    }

    private static String jpull(String... args) {
        InProcess.Run run = InProcess.run(args);
        assertThat(run.exitCode())
                .as("%s: %s", String.join(" ", args), run.err())
                .isZero();
        return run.out();
    }

    private static Set<String> digests(TestImage... images) {
        return Stream.of(images)
                .flatMap(each -> Stream.concat(each.documents().keySet().stream(), each.blobs().keySet().stream()))
                .collect(Collectors.toSet());
    }

    private static Set<String> blobs(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store.resolve("blobs/sha256"))) {
            return files.map(file -> "sha256:" + file.getFileName()).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
