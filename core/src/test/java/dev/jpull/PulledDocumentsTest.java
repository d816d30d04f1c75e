// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The documents of a pulled image, as values and as bytes, after the puller was closed. */
class PulledDocumentsTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(17)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(3000, Compression.GZIP),
                    new Layer(500, Compression.NONE));

    PulledDocumentsTest() {
        super(CONTENT);
    }

    private PulledImage pull(String reference) {
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            return puller.pull(PullRequest.builder(reference)
                    .platform("linux/arm64")
                    .platform("linux/amd64")
                    .build());
        }
    }

    @Test
    void theDocumentsOfEachPlatformAreValuesAndBytes() {
        PulledImage image = pull(IMAGE);
        assertThat(image.store()).isEqualTo(fixture.store());
        assertThat(image.indexBytes())
                .hasValueSatisfying(bytes -> assertThat(Digest.sha256(bytes)).isEqualTo(image.digest()));
        assertThat(image.index().orElseThrow().manifests())
                .extracting(Descriptor::platform)
                .containsExactly(Platform.parse("linux/amd64"), Platform.parse("linux/arm64"));
        assertThat(image.platforms()).hasSize(2);
        for (PulledPlatform platform : image.platforms()) {
            assertThat(Digest.sha256(platform.manifestBytes())).isEqualTo(platform.manifestDigest());
            assertThat(platform.manifest().config().digest()).isEqualTo(platform.configDigest());
            assertThat(platform.manifest().layers())
                    .extracting(Descriptor::digest)
                    .isEqualTo(
                            platform.layers().stream().map(PulledLayer::digest).toList());
            assertThat(Digest.sha256(platform.configBytes())).isEqualTo(platform.configDigest());
            assertThat(platform.config().platform()).isEqualTo(platform.platform());
            assertThat(platform.config().diffIds())
                    .isEqualTo(
                            platform.layers().stream().map(PulledLayer::diffId).toList());
        }
        PulledPlatform preferred = image.platforms().get(0);
        assertThat(image.manifest()).isEqualTo(preferred.manifest());
        assertThat(image.manifestBytes()).isEqualTo(preferred.manifestBytes());
        assertThat(image.config()).isEqualTo(preferred.config());
        assertThat(image.configBytes()).isEqualTo(preferred.configBytes());
    }

    @Test
    void aStoreHasThePulledImageWithoutAPuller() throws IOException {
        PulledImage pulled = pull(IMAGE);
        upstream.close();
        mirror.close();
        LocalStore store = LocalStore.open(fixture.store());
        PulledImage stored = store.image(PullRequest.builder(IMAGE)
                .platform("linux/arm64")
                .platform("linux/amd64")
                .build());
        assertThat(stored.platforms())
                .extracting(PulledPlatform::manifestDigest)
                .isEqualTo(pulled.platforms().stream()
                        .map(PulledPlatform::manifestDigest)
                        .toList());
        assertThat(stored.config()).isEqualTo(pulled.config());
        assertThat(stored.files()).isEqualTo(pulled.files());
        assertThat(stored.resolvedBy()).isNull();
        assertThat(store.image(IMAGE + "@" + pulled.digest()).digest()).isEqualTo(pulled.digest());
        assertThatThrownBy(() -> store.image(Fixture.NAMESPACE + "/team/app:2"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("is not in the store");
        assertThatThrownBy(() -> store.image(
                        PullRequest.builder(IMAGE).platform("linux/s390x").build()))
                .isInstanceOf(ImageNotFoundException.class);
        PulledLayer layer = pulled.layers().get(0);
        Files.delete(layer.path());
        String platform = String.valueOf(pulled.platforms().get(0).platform());
        assertThatThrownBy(() -> store.image(
                        PullRequest.builder(IMAGE).platform(platform).build()))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining(layer.digest().toString());
    }

    @Test
    void anInterruptedThreadReadsDocumentsAndIsToldThatItCannotCopy() {
        PulledImage image = pull(IMAGE);
        Thread.currentThread().interrupt();
        try {
            assertThat(image.index()).isPresent();
            assertThat(image.manifestBytes()).isNotEmpty();
            assertThat(image.manifest().layers()).isNotEmpty();
            assertThat(image.config().platform().os()).isEqualTo("linux");
            assertThatThrownBy(() -> image.copyTo(temporary.resolve("layout")))
                    .isInstanceOf(PullCancelledException.class)
                    .hasMessageContaining("interrupted");
            assertThatThrownBy(() -> image.writeOciArchive(new ByteArrayOutputStream()))
                    .isInstanceOf(PullCancelledException.class)
                    .hasMessageContaining("interrupted");
        } finally {
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        }
    }

    @Test
    void anImageWithoutIndexHasNone() {
        TestImage single = new ImageFactory(18).image("linux/amd64", new Layer(100, Compression.NONE));
        upstream.serve("team/app", "single", single);
        PulledImage image = fixture.pull(Fixture.NAMESPACE + "/team/app:single");
        assertThat(image.index()).isEmpty();
        assertThat(image.indexBytes()).isEmpty();
        assertThat(image.manifestBytes())
                .isEqualTo(single.document(single.rootDigest()).content());
    }

    @Test
    void anArtifactHasAManifestAndNoConfigurationOfAnImage() throws IOException {
        TestImage chart = ArtifactBuilder.of(null)
                .config("application/vnd.cncf.helm.config.v1+json", "{\"name\":\"chart\"}")
                .layer("text/plain", "text".getBytes(StandardCharsets.UTF_8))
                .annotation("org.opencontainers.image.title", "chart")
                .build();
        upstream.serve("team/app", "chart", chart);
        PulledImage image = fixture.pull(Fixture.NAMESPACE + "/team/app:chart");
        assertThat(image.manifest().artifactType()).isEqualTo("application/vnd.cncf.helm.config.v1+json");
        assertThat(image.manifest().annotations()).containsEntry("org.opencontainers.image.title", "chart");
        assertThat(image.configBytes()).asString(StandardCharsets.UTF_8).isEqualTo("{\"name\":\"chart\"}");
        assertThatThrownBy(image::config)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is the manifest of an artifact");
        try (InputStream blob = image.layers().get(0).openBlob()) {
            assertThat(blob.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("text");
        }
        assertThatThrownBy(image.layers().get(0)::open).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBlobIsReadAsItWasServedAndVerified() throws IOException {
        PulledImage image = pull(IMAGE);
        PulledLayer layer = image.layers().get(0);
        try (InputStream blob = layer.openBlob()) {
            assertThat(blob.readAllBytes()).isEqualTo(Files.readAllBytes(layer.path()));
        }
        byte[] bytes = Files.readAllBytes(layer.path());
        bytes[bytes.length - 1] ^= 1;
        Files.delete(layer.path());
        Files.write(layer.path(), bytes);
        try (InputStream blob = layer.openBlob()) {
            assertThatThrownBy(blob::readAllBytes)
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining("layer 1 of 2")
                    .hasMessageContaining("was damaged in the store");
        }
        Files.delete(layer.path());
        assertThatThrownBy(layer::openBlob).isInstanceOf(StoreException.class).hasMessageContaining("layer 1 of 2");
    }

    @Test
    void aDocumentThatWasDamagedOrRemovedIsRefused() throws IOException {
        PulledImage image = pull(IMAGE);
        var file = fixture.blob(image.platforms().get(0).configDigest().toString());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(file);
        Files.write(file, bytes);
        assertThatThrownBy(image::config).isInstanceOf(StoreException.class).hasMessageContaining("is damaged");
        Files.delete(file);
        assertThatThrownBy(image::configBytes)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is not in");
    }
}
