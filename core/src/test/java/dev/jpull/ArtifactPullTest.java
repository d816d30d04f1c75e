// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.event.PullEvent;
import dev.jpull.image.Digest;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Artifacts of every shape that the OCI specification allows are pulled without loss. */
class ArtifactPullTest {
    private static final String REPOSITORY = "team/artifact";
    private static final String NAME = Fixture.NAMESPACE + "/" + REPOSITORY;
    private static final ImageFactory.Layer LAYER = new ImageFactory.Layer(100, ImageFactory.Compression.ZSTD);

    @TempDir
    Path temporary;

    private TestRegistry registry;
    private Fixture fixture;
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() {
        registry = TestRegistry.start();
        fixture = new Fixture(temporary).hosts(Fixture.host(registry, "pull", "resolve"));
    }

    @AfterEach
    void stop() {
        registry.close();
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

    private void assertPulled(String reference, TestImage artifact) throws IOException {
        PulledImage pulled =
                pull(PullRequest.builder(reference).allPlatforms(true).build());
        assertThat(pulled.digest()).isEqualTo(Digest.parse(artifact.rootDigest()));
        assertThere(artifact);
        try (ImagePuller puller = fixture.builder().build()) {
            assertThat(puller.pull(PullRequest.builder(reference)
                                    .offline(true)
                                    .allPlatforms(true)
                                    .build())
                            .digest())
                    .isEqualTo(pulled.digest());
        }
    }

    private void assertThere(TestImage artifact) throws IOException {
        for (var document : artifact.documents().entrySet()) {
            assertThat(fixture.blob(document.getKey()))
                    .hasBinaryContent(document.getValue().content());
        }
        for (var blob : artifact.blobs().entrySet()) {
            assertThat(fixture.blob(blob.getKey())).hasBinaryContent(blob.getValue());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Stream<TestImage> shapes() {
        return Stream.of(
                ArtifactBuilder.of("application/vnd.example").build(),
                ArtifactBuilder.of("application/vnd.example").withoutLayers().build(),
                ArtifactBuilder.of(null)
                        .config("application/vnd.cncf.helm.config.v1+json", "{\"name\":\"chart\"}")
                        .layer("application/vnd.cncf.helm.chart.content.v1.tar+gzip", bytes("no archive"))
                        .layer("text/plain; charset=utf-8", bytes(""))
                        .embeddedLayer("application/x", bytes("embedded"))
                        .build(),
                ArtifactBuilder.of("application/vnd.example")
                        .sha512()
                        .layer("application/x", bytes("large"))
                        .annotation("a", "b")
                        .build());
    }

    @Test
    void anArtifactOfEveryShapeIsPulledByTagAndByDigest() throws IOException {
        for (TestImage artifact : shapes().toList()) {
            registry.serve(REPOSITORY, "1", artifact);
            String digest = artifact.rootDigest();
            if (digest.startsWith("sha256")) { // a tag says no other algorithm
                assertPulled(NAME + ":1", artifact);
            }
            assertPulled(NAME + "@" + digest, artifact);
        }
    }

    @Test
    void whatAManifestEmbedsNeedsNotBeAtTheRegistry() throws IOException {
        TestImage artifact = ArtifactBuilder.of("application/vnd.example")
                .embeddedLayer("application/x", bytes("embedded"))
                .build();
        TestImage.Document root = artifact.document(artifact.rootDigest());
        registry.serveManifest(REPOSITORY, "1", root.mediaType(), root.content());
        assertPulled(NAME + ":1", artifact);
    }

    @Test
    void nestedIndexesOfImagesAndArtifactsArePulled() throws IOException {
        TestImage amd64 = new ImageFactory(1).image("linux/amd64", LAYER);
        TestImage nested = new IndexBuilder()
                .child(
                        new IndexBuilder()
                                .child(amd64, "linux/amd64")
                                .attestation(amd64)
                                .build(),
                        null)
                .child(ArtifactBuilder.of("application/vnd.example").sha512().build(), null)
                .sha512()
                .build();
        registry.serve(REPOSITORY, "1", nested);
        assertPulled(NAME + "@" + nested.rootDigest(), nested);
        assertThat(warnings).isEmpty();
    }

    @Test
    void ofASparseIndexEveryPlatformThatIsThereIsPulled() throws IOException {
        TestImage amd64 = new ImageFactory(1).image("linux/amd64", LAYER);
        TestImage arm64 = new ImageFactory(1).image("linux/arm64", LAYER);
        TestImage sparse = new IndexBuilder()
                .absentChild(arm64, "linux/arm64")
                .child(amd64, "linux/amd64")
                .build();
        registry.serve(REPOSITORY, "1", sparse);
        PulledImage pulled =
                pull(PullRequest.builder(NAME + ":1").allPlatforms(true).build());
        assertThat(pulled.platforms()).hasSize(1);
        assertThat(warnings)
                .containsExactly("no host has the manifest " + arm64.rootDigest()
                        + " for linux/arm64 that the index lists: it is left out");
        assertThere(sparse);
        assertThat(LocalStore.open(fixture.store()).verify(false)).isEmpty();

        assertThatThrownBy(() -> pull(
                        PullRequest.builder(NAME + ":1").platform("linux/arm64").build()))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining(arm64.rootDigest());
        registry.serve(
                REPOSITORY,
                "2",
                new IndexBuilder().absentChild(arm64, "linux/arm64").build());
        assertThatThrownBy(() ->
                        pull(PullRequest.builder(NAME + ":2").allPlatforms(true).build()))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("no host has any of the 1 manifests");
    }
}
