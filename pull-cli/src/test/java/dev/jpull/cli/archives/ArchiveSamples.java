// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli.archives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.cli.InProcess;
import dev.jpull.cli.archives.Sample.Digests;
import dev.jpull.cli.archives.Sample.Trait;
import dev.jpull.image.Platform;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Images at a registry, pulled and exported by the command. */
final class ArchiveSamples implements AutoCloseable {
    private static final String REGISTRY = "registry.example";
    private static final String MACHINE = Platform.host().toString();
    private static final String OTHER = MACHINE.equals("linux/arm64") ? "linux/amd64" : "linux/arm64";
    private static final List<String> HERE = List.of("--platform", MACHINE);
    private static final List<String> ALL = List.of("--all-platforms");
    private static final ImageFactory FACTORY = new ImageFactory(14);

    private final Path directory;
    private final TestRegistry registry = TestRegistry.start().withReferrersApi(true);
    private final List<Sample> samples = new ArrayList<>();

    ArchiveSamples(Path directory) throws IOException {
        this.directory = directory;
        Path hosts = Files.createDirectories(directory.resolve("hosts").resolve(REGISTRY));
        Files.writeString(hosts.resolve("hosts.toml"), "server = \"http://" + registry.host() + "\"\n");
        TestImage plain = image(2, Compression.GZIP);
        TestImage several = FACTORY.index(List.of(MACHINE, OTHER), new Layer(4_000, Compression.GZIP));
        add("one image", HERE, Map.of("one:1", plain));
        add("two names", HERE, Map.of("one:1", plain, "one:2", plain));
        add("two images, one tag", HERE, Map.of("one:1", plain, "two:1", image(3, Compression.GZIP)), Trait.SAME_TAG);
        add("several platforms", ALL, Map.of("several:1", several), Trait.INDEX);
        add("one platform of several", HERE, Map.of("several:1", several));
        add("attestations", ALL, Map.of("attested:1", attested(plain)), Trait.INDEX);
        add("artifact", HERE, Map.of("chart:1", artifact()), Trait.ARTIFACT);
        add("zstd", HERE, Map.of("zstd:1", image(2, Compression.ZSTD)), Trait.ZSTD);
        add("127 layers", HERE, Map.of("many:1", image(127, Compression.GZIP)), Trait.MANY_LAYERS);
        add("referrers", List.of("--platform", MACHINE, "--referrers"), Map.of("signed:1", signed()), Trait.REFERRERS);
    }

    private static TestImage image(int layers, Compression compression) {
        Layer[] all = new Layer[layers];
        Arrays.fill(all, new Layer(2_000, compression));
        return FACTORY.image(MACHINE, all);
    }

    private static TestImage attested(TestImage image) {
        return new IndexBuilder().child(image, MACHINE).attestation(image).build();
    }

    private static TestImage artifact() {
        return ArtifactBuilder.of(null)
                .config("application/vnd.cncf.helm.config.v1+json", "{\"name\":\"chart\"}")
                .layer("application/vnd.cncf.helm.chart.content.v1.tar+gzip", text("a chart"))
                .build();
    }

    /** An image with a signature, and an SBOM that is signed too. */
    private TestImage signed() {
        TestImage image = image(1, Compression.GZIP);
        TestImage sbom = ArtifactBuilder.of("application/spdx+json")
                .subject(image)
                .layer("application/spdx+json", text("{\"spdxVersion\":\"SPDX-2.3\"}"))
                .build();
        registry.serveReferrer("signed", signature(image));
        registry.serveReferrer("signed", sbom);
        registry.serveReferrer("signed", signature(sbom));
        return image;
    }

    private static TestImage signature(TestImage subject) {
        return ArtifactBuilder.of("application/vnd.example.signature.v1")
                .subject(subject)
                .layer("application/vnd.example.signature.v1", text("signature of " + subject.rootDigest()))
                .build();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void add(String title, List<String> pull, Map<String, TestImage> images, Trait... traits) {
        Map<String, Digests> digests = new LinkedHashMap<>();
        new TreeMap<>(images).forEach((name, image) -> {
            String[] parts = name.split(":");
            registry.serve(parts[0], parts[1], image);
            digests.put(REGISTRY + "/" + name, digests(image, pull.equals(ALL)));
        });
        samples.add(new Sample(title, pull, digests, Set.of(traits)));
    }

    /** What readers may report of an image for this machine, which is its first one. */
    static Digests digests(TestImage image, boolean allPlatforms) {
        JsonNode root = json(image, image.rootDigest());
        String manifest = root.has("manifests")
                ? root.get("manifests").get(0).get("digest").stringValue()
                : image.rootDigest();
        String config = json(image, manifest).get("config").get("digest").stringValue();
        return new Digests(image.rootDigest(), allPlatforms ? image.rootDigest() : manifest, manifest, config);
    }

    private static JsonNode json(TestImage image, String digest) {
        return new JsonMapper().readTree(image.document(digest).content());
    }

    List<Sample> all() {
        return samples;
    }

    /** Those that docker archives can have. */
    List<Sample> images() {
        return samples.stream().filter(sample -> !sample.has(Trait.ARTIFACT)).toList();
    }

    /** Pulls the images of a sample into a store of their own; returns the store. */
    Path stored(Sample sample) {
        Path store = directory.resolve(sample.title().replace(' ', '-')).resolve("store");
        List<String> args = new ArrayList<>(List.of("-q", "--store", store.toString()));
        args.addAll(List.of("--hosts-dir", directory.resolve("hosts").toString()));
        args.addAll(sample.pull());
        args.addAll(sample.images().keySet());
        run(args);
        return store;
    }

    /** Exports all images of a store into an archive. */
    static void export(Sample sample, Path store, String format, Path archive) {
        List<String> args = new ArrayList<>(List.of("export", "--store", store.toString(), "--format", format));
        args.addAll(List.of("-o", archive.toString()));
        args.addAll(sample.images().keySet());
        run(args);
    }

    private static void run(List<String> args) {
        InProcess.Run run = InProcess.run(args.toArray(String[]::new));
        assertThat(run.exitCode()).as("%s: %s", args, run.err()).isZero();
    }

    @Override
    public void close() {
        registry.close();
    }
}
