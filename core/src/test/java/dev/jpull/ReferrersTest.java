// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ConfigurationException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.RegistryUnavailableException;
import dev.jpull.event.PullEvent;
import dev.jpull.image.Digest;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pull takes along what refers to the image, and believes no list that the manifests do not confirm. */
class ReferrersTest {
    private static final String REPOSITORY = "team/app";
    private static final String NAME = Fixture.NAMESPACE + "/" + REPOSITORY + ":1";
    private static final String SBOM = "application/spdx+json";
    private static final String SIGNATURE = "application/vnd.example.signature";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final ImageFactory.Layer LAYER = new ImageFactory.Layer(100, ImageFactory.Compression.GZIP);

    @TempDir
    Path temporary;

    private TestRegistry registry;
    private Fixture fixture;
    private final TestImage image = new ImageFactory(1).index(List.of("linux/amd64", "linux/arm64"), LAYER);
    private final TestImage signature = ArtifactBuilder.of(SIGNATURE)
            .subject(image)
            .layer("application/octet-stream", bytes("signed"))
            .build();
    private final TestImage sbom = ArtifactBuilder.of(SBOM)
            .subject(image, manifest("amd64"))
            .annotation("org.opencontainers.image.created", "2026-01-01T00:00:00Z")
            .embeddedLayer(SBOM, bytes("{}"))
            .build();
    private final TestImage ofSbom = ArtifactBuilder.of(SIGNATURE).subject(sbom).build();
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() {
        registry = TestRegistry.start().serve(REPOSITORY, "1", image).withReferrersApi(true);
        fixture = new Fixture(temporary).hosts(Fixture.host(registry, "pull", "resolve", "referrers"));
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The digest of the manifest for an architecture. */
    private String manifest(String architecture) {
        return image.documents().keySet().stream()
                .filter(digest -> !digest.equals(image.rootDigest()))
                .filter(digest -> image.blobs().entrySet().stream()
                        .filter(blob -> new String(image.document(digest).content(), StandardCharsets.UTF_8)
                                .contains(blob.getKey()))
                        .anyMatch(blob -> new String(blob.getValue(), StandardCharsets.UTF_8)
                                .contains("\"" + architecture + "\"")))
                .findFirst()
                .orElseThrow();
    }

    private PulledImage pull(String... types) {
        return pull(request(types));
    }

    private static PullRequest request(String... types) {
        return PullRequest.builder(NAME)
                .platform("linux/amd64")
                .referrers(types)
                .build();
    }

    private PulledImage pull(PullRequest request) {
        warnings.clear();
        try (ImagePuller puller = fixture.retryingAtOnce()
                .upstream(false)
                .listener(event -> {
                    if (event instanceof PullEvent.Warning warning) {
                        warnings.add(warning.text());
                    }
                })
                .build()) {
            return puller.pull(request);
        }
    }

    private static List<String> digests(PulledImage pulled) {
        return pulled.referrers().stream()
                .map(referrer -> referrer.digest().toString())
                .toList();
    }

    private void assertAllThere(TestImage... artifacts) {
        for (TestImage artifact : artifacts) {
            assertThat(Stream.concat(artifact.documents().keySet().stream(), artifact.blobs().keySet().stream())
                            .map(fixture::blob))
                    .allMatch(Files::isRegularFile);
        }
    }

    @Test
    void whatRefersToTheImageItsManifestAndToItselfIsPulledFromTheApi() {
        registry.withPagesOf(1);
        TestImage ofOther =
                ArtifactBuilder.of(SBOM).subject(image, manifest("arm64")).build();
        Stream.of(signature, sbom, ofSbom, ofOther).forEach(each -> registry.serveReferrer(REPOSITORY, each));
        PulledImage pulled = pull();
        assertThat(digests(pulled)).containsExactly(signature.rootDigest(), sbom.rootDigest(), ofSbom.rootDigest());
        assertThat(warnings).isEmpty();
        assertAllThere(signature, sbom, ofSbom);
        PulledReferrer first = pulled.referrers().get(1);
        assertThat(first.artifactType()).isEqualTo(SBOM);
        assertThat(first.subject()).isEqualTo(Digest.parse(manifest("amd64")));
        assertThat(first.annotations()).containsEntry("org.opencontainers.image.created", "2026-01-01T00:00:00Z");
        assertThat(first.tag()).isEmpty();

        // Again: lists alone.
        registry.clearLog();
        assertThat(digests(pull())).isEqualTo(digests(pulled));
        assertThat(registry.requests())
                .noneMatch(LoggedRequest::isForBlob)
                .noneMatch(request -> request.path().contains("/manifests/sha256:"));

        // Offline: those in the store.
        try (ImagePuller puller = fixture.builder().build()) {
            assertThat(digests(puller.pull(request().toBuilder().offline(true).build())))
                    .isEqualTo(digests(pulled));
            assertThat(digests(
                            puller.pull(request(SBOM).toBuilder().offline(true).build())))
                    .containsExactly(sbom.rootDigest());
            assertThat(puller.pull(PullRequest.builder(NAME)
                                    .offline(true)
                                    .platform("linux/amd64")
                                    .build())
                            .referrers())
                    .isEmpty();
        }
    }

    @Test
    void withoutTheApiTheIndexUnderTheTagOfTheSubjectCounts() {
        registry.withReferrersApi(false);
        TestImage large = ArtifactBuilder.of(SIGNATURE).sha512().subject(image).build();
        TestImage ofLarge = ArtifactBuilder.of(SBOM).subject(large).build();
        Stream.of(signature, sbom, ofSbom, large, ofLarge).forEach(each -> registry.serveFallback(REPOSITORY, each));
        for (int status : new int[] {404, 400, 405, 406, 501}) {
            registry.behave();
            registry.when(request -> request.path().contains("/referrers/"), Behaviour.status(status));
            assertThat(digests(pull()))
                    .as("status %s", status)
                    .containsExactlyInAnyOrder(
                            signature.rootDigest(),
                            sbom.rootDigest(),
                            ofSbom.rootDigest(),
                            large.rootDigest(),
                            ofLarge.rootDigest());
        }
        assertAllThere(signature, sbom, ofSbom, large, ofLarge);
    }

    @Test
    void aPageOfAWebInterfaceIsNoApi() {
        registry.serveFallback(REPOSITORY, signature);
        registry.when(
                request -> request.path().contains("/referrers/"),
                Behaviour.body("text/html", bytes("<html></html>")).withStatus(200));
        assertThat(digests(pull())).containsExactly(signature.rootDigest());
    }

    @Test
    void whatCosignTagsIsPulledAtEitherKindOfRegistry() {
        TestImage signed = ArtifactBuilder.cosignSignature(image.rootDigest());
        TestImage attested = ArtifactBuilder.cosignSignature(manifest("amd64"));
        registry.serve(REPOSITORY, ArtifactBuilder.cosignTag(image.rootDigest(), "sig"), signed)
                .serve(REPOSITORY, ArtifactBuilder.cosignTag(manifest("amd64"), "att"), attested);
        for (boolean api : new boolean[] {true, false}) {
            registry.withReferrersApi(api);
            PulledImage pulled = pull();
            assertThat(digests(pulled)).containsExactly(signed.rootDigest(), attested.rootDigest());
            PulledReferrer referrer = pulled.referrers().get(0);
            assertThat(referrer.tag()).isEqualTo(image.rootDigest().replace(':', '-') + ".sig");
            assertThat(referrer.artifactType()).isEqualTo("application/vnd.dev.cosign.simplesigning.v1+json");
            assertThat(referrer.subject()).isEqualTo(Digest.parse(image.rootDigest()));
        }
        assertThat(digests(pull("application/vnd.dev.cosign.simplesigning.v1+json")))
                .hasSize(2);
        assertThat(digests(pull(SBOM))).isEmpty();
        assertAllThere(signed, attested);
    }

    @Test
    void onlyWantedTypesArePulledWhateverTheListSaysOfAnEmptyConfiguration() {
        Stream.of(signature, sbom, ofSbom).forEach(each -> registry.serveReferrer(REPOSITORY, each));
        assertThat(digests(pull(SBOM))).containsExactly(sbom.rootDigest());
        assertThat(digests(pull(SBOM, SIGNATURE))).hasSize(3);
        assertThat(warnings).isEmpty();
        // What cosign 3 lists: the type of the configuration.
        registry.when(
                request -> request.path().endsWith("/referrers/" + image.rootDigest()),
                Behaviour.body(
                                INDEX,
                                bytes(new String(list(signature), StandardCharsets.UTF_8)
                                        .replace(SIGNATURE, "application/vnd.oci.empty.v1+json")))
                        .withStatus(200));
        // The SBOM comes with what refers to it.
        assertThat(digests(pull(SIGNATURE)))
                .containsExactly(signature.rootDigest(), sbom.rootDigest(), ofSbom.rootDigest());
    }

    @Test
    void aWantedTypeIsFoundThroughReferrersOfOtherTypes() {
        String other = "application/vnd.example.other";
        TestImage unwanted =
                ArtifactBuilder.of(other).subject(image, manifest("amd64")).build();
        TestImage deep = ArtifactBuilder.of("application/vnd.example.deep")
                .subject(ofSbom)
                .build();
        Stream.of(sbom, ofSbom, unwanted, deep).forEach(each -> registry.serveReferrer(REPOSITORY, each));
        assertThat(digests(pull(SIGNATURE))).containsExactly(sbom.rootDigest(), ofSbom.rootDigest());
        assertThat(warnings).isEmpty();
        assertAllThere(sbom, ofSbom);
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            assertThat(digests(puller.pull(
                            request(SIGNATURE).toBuilder().offline(true).build())))
                    .containsExactly(sbom.rootDigest(), ofSbom.rootDigest());
            ReferrerTree tree = puller.referrers(NAME, SIGNATURE);
            assertThat(tree.manifests().stream().flatMap(each -> each.referrers().stream()))
                    .singleElement()
                    .satisfies(node -> assertThat(
                                    node.referrers().get(0).artifact().artifactType())
                            .isEqualTo(SIGNATURE));
        }
        assertThat(digests(pull("application/vnd.example.none"))).isEmpty();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("nothing of the types application/vnd.example.none refers to " + NAME);
    }

    /** An index as BuildKit writes it: two platforms, each with an attestation. */
    private TestImage attested(TestImage amd64, TestImage arm64) {
        return new IndexBuilder()
                .child(amd64, "linux/amd64")
                .child(arm64, "linux/arm64")
                .attestation(amd64)
                .attestation(arm64)
                .build();
    }

    @Test
    void attestationsInTheIndexArePulledWithTheirPlatforms() {
        TestImage amd64 = new ImageFactory(5).image("linux/amd64", LAYER);
        TestImage index = attested(amd64, new ImageFactory(6).image("linux/arm64", LAYER));
        registry.serve(REPOSITORY, "1", index);
        assertThat(digests(pull(SBOM))).isEmpty();
        PulledImage pulled = pull("application/vnd.in-toto+json");
        assertThat(pulled.platforms()).hasSize(1);
        assertThat(pulled.referrers()).singleElement().satisfies(attestation -> {
            assertThat(attestation.subject()).isEqualTo(Digest.parse(amd64.rootDigest()));
            assertThat(attestation.artifactType()).isEqualTo("application/vnd.in-toto+json");
        });
        assertThat(LocalStore.open(fixture.store()).verify(false)).isEmpty();

        // Its content belongs to the image now.
        String digest = digests(pulled).get(0);
        String layer = index.blobs().entrySet().stream()
                .filter(blob -> new String(blob.getValue(), StandardCharsets.UTF_8)
                        .contains("\"digest\":\"" + amd64.rootDigest()))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
        assertThat(fixture.blob(digest)).isRegularFile();
        assertThat(fixture.blob(layer)).isRegularFile();
        LocalStore.open(fixture.store()).prune(Duration.ZERO, Long.MAX_VALUE, false);
        assertThat(fixture.blob(layer)).isRegularFile();
        registry.clearLog();
        assertThat(digests(pull())).containsExactly(digest);
        assertThat(registry.requests()).noneMatch(LoggedRequest::isForBlob);
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            assertThat(digests(puller.pull(request().toBuilder().offline(true).build())))
                    .containsExactly(digest);
            assertThat(puller.referrers(NAME)
                            .manifests()
                            .get(0)
                            .referrers()
                            .get(0)
                            .artifact()
                            .digest())
                    .isEqualTo(Digest.parse(digest));
        }
    }

    /** A list with these entries. */
    private static byte[] list(TestImage... artifacts) {
        StringBuilder entries = new StringBuilder();
        for (TestImage artifact : artifacts) {
            entries.append(entries.isEmpty() ? "" : ",")
                    .append(entry(
                            artifact.rootDigest(),
                            artifact.document(artifact.rootDigest()).content().length));
        }
        return bytes("{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[" + entries + "]}");
    }

    private static String entry(String digest, long size) {
        return "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"" + digest + "\",\"size\":"
                + size + ",\"artifactType\":\"" + SIGNATURE + "\"}";
    }

    private void listed(byte[] list) {
        registry.when(
                request -> request.path().endsWith("/referrers/" + image.rootDigest()),
                Behaviour.body(INDEX, list).withStatus(200));
    }

    @Test
    void aListThatLiesAboutSubjectsIsNotBelieved() {
        registry.serveReferrer(REPOSITORY, sbom).serveReferrer(REPOSITORY, signature);
        TestImage other = new ImageFactory(2).image("linux/amd64", LAYER);
        registry.serve("team/app", "2", other);
        String absent = TestImage.digest(bytes("absent"));
        listed(bytes("{\"manifests\":["
                + entry(other.rootDigest(), other.document(other.rootDigest()).content().length) + ","
                + entry(ofSbom.rootDigest(), 1) + "," + entry(absent, 10) + ",{\"digest\":\"x\"},{},"
                + entry(absent, 10).replace("image.manifest", "artifact.manifest") + "]}"));
        PulledImage pulled = pull();
        assertThat(digests(pulled)).containsExactly(sbom.rootDigest());
        assertThat(warnings)
                .anyMatch(text -> text.contains("2 entries in the list"))
                .anyMatch(text -> text.startsWith(other.rootDigest()) && text.contains("does not say that it refers"))
                .anyMatch(text -> text.startsWith(absent) && text.contains("no host has it"))
                .anyMatch(text -> text.startsWith(absent) && text.contains("neither a manifest nor an index"));
    }

    @Test
    void whatIsNoManifestOfTheSizeThatTheListSaysIsLeftOut() {
        registry.serveReferrer(REPOSITORY, sbom).serveReferrer(REPOSITORY, signature);
        byte[] junk = bytes("\u001f\u008b no JSON");
        String noManifest = TestImage.digest(junk);
        registry.when(
                request -> request.path().endsWith(noManifest),
                Behaviour.body(MANIFEST, junk).withStatus(200));
        String absent = TestImage.digest(bytes("absent"));
        listed(bytes("{\"manifests\":[" + entry(signature.rootDigest(), 5) + "," + entry(noManifest, junk.length) + ","
                + entry(absent, Long.MAX_VALUE / 2) + "]}"));

        assertThat(digests(pull())).containsExactly(sbom.rootDigest());
        assertThat(warnings)
                .anyMatch(text -> text.startsWith(signature.rootDigest()) && text.contains("it cannot be used: "))
                .anyMatch(text -> text.startsWith(noManifest) && text.contains("it cannot be used: "))
                .anyMatch(text -> text.startsWith(absent) && text.contains("it has 4611686018427387903 bytes"));
    }

    @Test
    void anImageThatIsItsOwnReferrerIsLeftOut() {
        registry.serve(REPOSITORY, ArtifactBuilder.cosignTag(image.rootDigest(), "sig"), image);
        listed(bytes(new String(list(image), StandardCharsets.UTF_8)
                .replace("application/vnd.oci.image.manifest.v1+json", INDEX)));
        registry.serve(REPOSITORY, ArtifactBuilder.cosignTag(image.rootDigest(), "att"), image);
        assertThat(digests(pull())).isEmpty();
        assertThat(warnings)
                .containsOnlyOnce(image.rootDigest() + ", which is listed as referring to " + image.rootDigest()
                        + ", is left out: it is a manifest of the image itself");
    }

    @Test
    void cyclesOfTagsEnd() {
        TestImage first = ArtifactBuilder.cosignSignature("a");
        TestImage second = ArtifactBuilder.cosignSignature("b");
        registry.serve(REPOSITORY, ArtifactBuilder.cosignTag(image.rootDigest(), "sig"), first)
                .serve(REPOSITORY, ArtifactBuilder.cosignTag(first.rootDigest(), "sig"), second)
                .serve(REPOSITORY, ArtifactBuilder.cosignTag(second.rootDigest(), "sig"), first);
        assertThat(digests(pull())).containsExactly(first.rootDigest(), second.rootDigest(), first.rootDigest());
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            ReferrerTree.Node node = puller.referrers(NAME).referrers().get(0);
            assertThat(node.artifact().digest()).isEqualTo(Digest.parse(first.rootDigest()));
            assertThat(node.referrers().get(0).referrers().get(0).referrers()).isEmpty();
        }
    }

    @Test
    void fiveLevelsAreRefused() {
        TestImage subject = image;
        for (int i = 0; i < 4; i++) {
            subject = ArtifactBuilder.of(SIGNATURE).subject(subject).build();
            registry.serveReferrer(REPOSITORY, subject);
        }
        assertThat(digests(pull())).hasSize(4);
        registry.serveReferrer(
                REPOSITORY, ArtifactBuilder.of(SIGNATURE).subject(subject).build());
        assertThatThrownBy(this::pull)
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("nested more than 4 deep");
    }

    @Test
    void aThousandAndOneReferrersAreRefused() {
        StringBuilder entries = new StringBuilder();
        for (int i = 0; i < 1_001; i++) {
            entries.append(i == 0 ? "" : ",").append(entry(TestImage.digest(bytes("" + i)), 10));
        }
        listed(bytes("{\"manifests\":[" + entries + "]}"));
        assertThatThrownBy(this::pull)
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("more than 1000")
                .hasMessageContaining("choose types of artifacts");
        assertThat(digests(pull(SBOM))).isEmpty();
    }

    @Test
    void absurdAnnotationsOfAListAreNotKept() {
        registry.serveReferrer(REPOSITORY, signature);
        String entry = entry(
                signature.rootDigest(),
                signature.document(signature.rootDigest()).content().length);
        listed(bytes("{\"manifests\":["
                + entry.substring(0, entry.length() - 1) + ",\"annotations\":{\"" + "x".repeat(9_000) + "\":\""
                + "y".repeat(9_000) + "\"}}]}"));
        assertThat(pull().referrers().get(0).annotations()).isEmpty();
        registry.behave();
        listed(bytes("{\"manifests\":["
                + entry.substring(0, entry.length() - 1)
                + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"evil\",\"a\":\"b\"}}]}"));
        assertThat(pull().referrers()).hasSize(1);
        assertThat(LocalStore.open(fixture.store()).images()).hasSize(1);
    }

    @Test
    void anIndexThatRefersToTheImageBringsItsManifests() {
        TestImage inner = ArtifactBuilder.of(SBOM).build();
        TestImage index = new IndexBuilder()
                .child(new IndexBuilder().child(inner, null).build(), null)
                .artifactType(SBOM)
                .subject(image)
                .build();
        registry.serveReferrer(REPOSITORY, index);
        assertThat(digests(pull())).containsExactly(index.rootDigest());
        assertAllThere(index, inner);
    }

    @Test
    void aHostIsAskedForReferrersOnlyWithTheCapability() {
        fixture.hosts(Fixture.host(registry, "pull", "resolve"));
        try (ImagePuller puller = fixture.builder().upstream(false).build()) {
            assertThatThrownBy(() -> puller.pull(request()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("add \"referrers\" to the capabilities");
        }
        try (TestRegistry mirror = TestRegistry.start().withReferrersApi(true)) {
            mirror.serveReferrer(REPOSITORY, signature).serve(REPOSITORY, "1", image);
            fixture.hosts(Fixture.host(registry, "pull", "resolve"), Fixture.host(mirror, "referrers"));
            registry.clearLog();
            registry.serveReferrer(REPOSITORY, signature).serveReferrer(REPOSITORY, sbom);
            assertThat(digests(pull())).containsExactly(signature.rootDigest());
            assertThat(registry.requests()).noneMatch(request -> request.path().contains("/referrers/"));
            assertThat(mirror.requests())
                    .isNotEmpty()
                    .allMatch(request -> request.path().contains("/referrers/")
                            || request.path().contains("/manifests/sha256-"));
        }
    }

    @Test
    void aHostThatFailsIsNoProofThatNothingRefersToTheImage() {
        registry.serveReferrer(REPOSITORY, signature);
        registry.when(request -> request.path().contains("/referrers/"), Behaviour.status(503));
        assertThatThrownBy(this::pull)
                .isInstanceOf(RegistryUnavailableException.class)
                .hasMessageContaining("the list of what refers to sha256:");
        try (TestRegistry second =
                TestRegistry.start().serve(REPOSITORY, "1", image).withReferrersApi(true)) {
            second.serveReferrer(REPOSITORY, signature);
            fixture.hosts(
                    Fixture.host(registry, "pull", "resolve", "referrers"),
                    Fixture.host(second, "pull", "resolve", "referrers"));
            assertThat(digests(pull())).containsExactly(signature.rootDigest());
        }
    }

    @Test
    void referrersAreListedAsATreeWithoutAStore() {
        Stream.of(signature, sbom, ofSbom).forEach(each -> registry.serveReferrer(REPOSITORY, each));
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            ReferrerTree tree = puller.referrers(NAME);
            assertThat(tree.digest()).isEqualTo(Digest.parse(image.rootDigest()));
            assertThat(tree.referrers()).hasSize(1);
            assertThat(tree.manifests()).hasSize(2);
            ReferrerTree.Manifest amd64 = tree.manifests().stream()
                    .filter(each -> each.digest().toString().equals(manifest("amd64")))
                    .findFirst()
                    .orElseThrow();
            assertThat(amd64.referrers().get(0).referrers().get(0).artifact().digest())
                    .isEqualTo(Digest.parse(ofSbom.rootDigest()));
            assertThat(puller.referrers(PullRequest.builder(NAME)
                                    .platform("linux/arm64")
                                    .referrers(SBOM)
                                    .build())
                            .manifests())
                    .hasSize(1)
                    .allMatch(each -> each.referrers().isEmpty());
        }
        assertThat(fixture.store()).doesNotExist();
    }
}
