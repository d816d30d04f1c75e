// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static dev.jpull.ImportScene.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.store.LayoutIndex;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageArchive;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.TestImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OCI archives and layouts come into a store as they are: digests, platforms, names and referrers. */
class ImportTest {
    private static final String NAME = "docker.io/library/t:1";
    private static final TestImage ARM =
            new ImageFactory(15).image("linux/arm64", new ImageFactory.Layer(500, Compression.ZSTD));

    @TempDir
    Path temporary;

    private ImportScene scene;

    @BeforeEach
    void makeScene() {
        scene = new ImportScene(temporary);
    }

    @Test
    void anArchiveGivesItsImageItsNameAndDigest() throws IOException {
        ImportReport report = scene.file(ImageArchive.of(IMAGE, NAME), ImportOptions.defaults());
        assertThat(scene.images()).containsExactly(NAME + "@" + IMAGE.rootDigest());
        assertThat(report.images()).singleElement().satisfies(image -> {
            assertThat(image.state()).isEqualTo(ImportReport.State.NEW);
            assertThat(image.platforms()).hasToString("[linux/amd64]");
        });
        assertThat(scene.damage()).isEmpty();
        assertThat(scene.unfinished()).isEmpty();
    }

    @Test
    void theSecondImportWritesNothing() {
        scene.stream(ImageArchive.of(IMAGE, NAME));
        ImportReport second = scene.stream(ImageArchive.of(IMAGE, NAME));
        assertThat(second.images().get(0).state()).isEqualTo(ImportReport.State.PRESENT);
        assertThat(second.bytesWritten()).isZero();
        assertThat(second.bytesPresent()).isPositive();
    }

    @Test
    void compressionIsToldByTheFirstBytes() throws IOException {
        byte[] archive = ImageArchive.of(IMAGE, NAME);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(archive);
        }
        for (byte[] compressed : List.of(gzip.toByteArray(), Zstd.compress(archive))) {
            ImportScene fresh = new ImportScene(Files.createTempDirectory(temporary, "c"));
            fresh.file(compressed, ImportOptions.defaults());
            assertThat(fresh.images()).containsExactly(NAME + "@" + IMAGE.rootDigest());
        }
    }

    @Test
    void indexesMayComeBeforeTheirContent() {
        scene.stream(new ImageArchive()
                .listed(IMAGE, ImageArchive.REF_NAME, NAME)
                .index()
                .content(IMAGE)
                .layout()
                .bytes());
        assertThat(scene.images()).containsExactly(NAME + "@" + IMAGE.rootDigest());
    }

    @Test
    void aTagAloneNeedsARepository() {
        byte[] archive = new ImageArchive()
                .layout()
                .content(IMAGE)
                .listed(IMAGE, ImageArchive.REF_NAME, "7")
                .index()
                .bytes();
        assertThatThrownBy(() -> scene.stream(archive))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining(IMAGE.rootDigest())
                .hasMessageContaining("--name REPOSITORY");
        assertThat(scene.images()).isEmpty();
        scene.stream(archive, ImportOptions.builder().name("x.example/a").build());
        scene.stream(archive, ImportOptions.builder().name("x.example/b:9").build());
        assertThat(scene.images())
                .containsExactly("x.example/a:7@" + IMAGE.rootDigest(), "x.example/b:9@" + IMAGE.rootDigest());
    }

    @Test
    void oneNameForSeveralImagesIsRefused() {
        byte[] archive = new ImageArchive()
                .layout()
                .content(IMAGE)
                .content(ARM)
                .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME)
                .listed(ARM, ImageArchive.IMAGE_NAME, NAME)
                .index()
                .bytes();
        assertThatThrownBy(() -> scene.stream(archive))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(IMAGE.rootDigest())
                .hasMessageContaining(ARM.rootDigest());
        assertThatThrownBy(() -> scene.stream(
                        archive, ImportOptions.builder().name("a:1").build()))
                .isInstanceOf(ReferenceException.class);
        assertThat(scene.images()).isEmpty();
    }

    @Test
    void aSparseIndexIsImportedWithWhatIsThere() {
        TestImage index = new IndexBuilder()
                .child(IMAGE, "linux/amd64")
                .absentChild(ARM, "linux/arm64")
                .attestation(IMAGE)
                .build();
        ImportReport report = scene.stream(ImageArchive.of(index, NAME));
        assertThat(scene.images()).containsExactly(NAME + "@" + index.rootDigest());
        assertThat(report.images().get(0).platforms())
                .asString()
                .contains("linux/amd64")
                .doesNotContain("arm64");
        assertThat(scene.damage()).isEmpty();
        TestImage whole = new IndexBuilder()
                .child(IMAGE, "linux/amd64")
                .child(ARM, "linux/arm64")
                .attestation(IMAGE)
                .build();
        assertThat(scene.stream(ImageArchive.of(whole, NAME)).images().get(0).state())
                .isEqualTo(ImportReport.State.NEW);
        assertThat(scene.index().find(NAME).orElseThrow().annotations().get(LayoutIndex.PULLED))
                .contains(ARM.rootDigest(), IMAGE.rootDigest());
    }

    @Test
    void anImageOfWhichNothingIsCompleteGetsNoNameAndSaysWhatItLacks() {
        byte[] archive = new ImageArchive()
                .layout()
                .content(IMAGE, digest -> !digest.equals(IMAGE.largestBlob()))
                .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME)
                .index()
                .bytes();
        assertThatThrownBy(() -> scene.stream(archive))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(IMAGE.largestBlob());
        assertThat(scene.images()).isEmpty();
        scene.stream(ImageArchive.of(ARM, "docker.io/library/arm:1"));
        assertThat(scene.images()).hasSize(1);
    }

    @Test
    void platformsAreChosen() {
        TestImage index = new IndexBuilder()
                .child(IMAGE, "linux/amd64")
                .child(ARM, "linux/arm64")
                .build();
        ImportOptions arm = ImportOptions.builder().platform("linux/arm64").build();
        scene.stream(ImageArchive.of(index, NAME), arm);
        assertThat(scene.index().find(NAME).orElseThrow().annotations())
                .containsEntry(LayoutIndex.PULLED, ARM.rootDigest());
        assertThatThrownBy(() -> scene.stream(ImageArchive.of(IMAGE, "x.example/a:1"), arm))
                .isInstanceOf(ImageNotFoundException.class);
    }

    @Test
    void theOriginalRootComesBack() {
        TestImage index = new IndexBuilder()
                .child(IMAGE, "linux/amd64")
                .absentChild(ARM, "linux/arm64")
                .build();
        String root = index.document(index.rootDigest()).mediaType() + " " + index.rootDigest() + " "
                + index.document(index.rootDigest()).content().length;
        scene.stream(new ImageArchive()
                .layout()
                .content(index)
                .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME, "dev.jpull.root", root)
                .index()
                .bytes());
        assertThat(scene.images()).containsExactly(NAME + "@" + index.rootDigest());
        assertThat(scene.damage()).isEmpty();
    }

    @Test
    void referrersComeBack() {
        TestImage signature =
                ArtifactBuilder.of("application/x-signature").subject(IMAGE).build();
        TestImage ofSignature =
                ArtifactBuilder.of("application/x-time").subject(signature).build();
        TestImage byTag = ArtifactBuilder.cosignSignature(IMAGE.rootDigest());
        String tag = ArtifactBuilder.cosignTag(IMAGE.rootDigest(), "sig");
        ImportReport report = scene.stream(new ImageArchive()
                .layout()
                .content(IMAGE)
                .content(signature)
                .content(ofSignature)
                .content(byTag)
                .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME)
                .listed(ofSignature)
                .listed(signature, "x", "y")
                .listed(
                        byTag,
                        LayoutIndex.SUBJECT,
                        IMAGE.rootDigest(),
                        LayoutIndex.REFERRER_TAG,
                        tag,
                        LayoutIndex.REF_NAME,
                        tag)
                .index()
                .bytes());
        assertThat(report.referrers()).isEqualTo(3);
        assertThat(scene.index().referrers()).anySatisfy(referrer -> {
            assertThat(referrer.descriptor().digest()).hasToString(signature.rootDigest());
            assertThat(referrer.descriptor().annotations()).containsEntry("x", "y");
            assertThat(referrer.artifactType()).isEqualTo("application/x-signature");
        });
        assertThat(scene.index().referrers())
                .anySatisfy(referrer -> assertThat(referrer.tag()).isEqualTo(tag));
        assertThat(scene.damage()).isEmpty();
    }

    @Test
    void aReferrerWithoutSubjectIsLeftOutWithAMessage() {
        TestImage signature =
                ArtifactBuilder.of("application/x-signature").subject(ARM).build();
        ImportReport report = scene.stream(new ImageArchive()
                .layout()
                .content(IMAGE)
                .content(signature)
                .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME)
                .listed(signature)
                .index()
                .bytes());
        assertThat(report.referrers()).isZero();
        assertThat(report.leftOut()).singleElement().asString().contains(signature.rootDigest(), ARM.rootDigest());
    }

    @Test
    void artifactsOfAnyDigestAreImported() {
        TestImage artifact = ArtifactBuilder.of("application/x-chart")
                .sha512()
                .embeddedLayer("application/x-data", "abc".getBytes(StandardCharsets.UTF_8))
                .build();
        scene.stream(ImageArchive.of(artifact, "x.example/chart:1"));
        assertThat(scene.images()).containsExactly("x.example/chart:1@" + artifact.rootDigest());
        assertThat(scene.damage()).isEmpty();
    }

    @Test
    void manyLayersAreImported() {
        ImageFactory.Layer[] layers = IntStream.range(0, 127)
                .mapToObj(i -> new ImageFactory.Layer(10 + i, Compression.ZSTD))
                .toArray(ImageFactory.Layer[]::new);
        TestImage image = new ImageFactory(16).image("linux/amd64", layers);
        scene.stream(ImageArchive.of(image, NAME));
        assertThat(scene.damage()).isEmpty();
    }

    @Test
    void whatIsReplacedIsReportedAndCanBeRefused() {
        scene.stream(ImageArchive.of(IMAGE, NAME));
        ImportOptions keep = ImportOptions.builder().keepExisting(true).build();
        assertThatThrownBy(() -> scene.stream(ImageArchive.of(ARM, NAME), keep))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(IMAGE.rootDigest());
        assertThat(scene.images()).containsExactly(NAME + "@" + IMAGE.rootDigest());
        ImportReport.Image image =
                scene.stream(ImageArchive.of(ARM, NAME)).images().get(0);
        assertThat(image.state()).isEqualTo(ImportReport.State.REPLACED);
        assertThat(image.replaced()).isEqualTo(Digest.parse(IMAGE.rootDigest()));
    }

    @Test
    void aNameByDigestIsOfThatImageAlone() {
        String pinned = "docker.io/library/t@" + IMAGE.rootDigest();
        scene.stream(ImageArchive.of(IMAGE, pinned));
        assertThat(scene.images()).containsExactly(pinned + "@" + IMAGE.rootDigest());
        assertThatThrownBy(() -> scene.stream(ImageArchive.of(ARM, pinned))).isInstanceOf(IntegrityException.class);
    }

    @Test
    void aLayoutDirectoryIsImported() throws IOException {
        Path layout = temporary.resolve("layout");
        IMAGE.writeLayout(layout, NAME);
        scene.local().importArchive(layout, ImportOptions.defaults());
        assertThat(scene.images()).containsExactly(NAME + "@" + IMAGE.rootDigest());
        Path blob = layout.resolve("blobs").resolve(ARM.rootDigest().replace(':', '/'));
        ARM.writeLayout(layout, "docker.io/library/arm:1");
        byte[] content = Files.readAllBytes(blob);
        content[3] ^= 1;
        Files.write(blob, content);
        assertThatThrownBy(() -> scene.local().importArchive(layout, ImportOptions.defaults()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(blob.toString());
        assertThatThrownBy(() -> scene.local().importArchive(temporary, ImportOptions.defaults()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("oci-layout");
    }

    @Test
    void whatAKilledImportLeftIsContinued() throws IOException {
        byte[] archive = ImageArchive.of(IMAGE, NAME);
        assertThatThrownBy(() -> scene.stream(Arrays.copyOf(archive, archive.length / 2)))
                .isInstanceOf(IntegrityException.class);
        assertThat(scene.images()).isEmpty();
        assertThat(scene.unfinished()).isNotEmpty();
        ImportReport report = scene.file(archive, ImportOptions.defaults());
        assertThat(report.bytesPresent()).isPositive();
        assertThat(report.bytesWritten()).isLessThan(IMAGE.blob(IMAGE.largestBlob()).length);
        assertThat(scene.damage()).isEmpty();
        assertThat(scene.unfinished()).isEmpty();
    }

    @Test
    void wrongBytesThatWereLeftAreWrittenAnew() throws IOException {
        byte[] archive = ImageArchive.of(IMAGE, NAME);
        for (boolean file : new boolean[] {true, false}) {
            ImportScene fresh = new ImportScene(Files.createTempDirectory(temporary, "w"));
            fresh.local();
            Path left = fresh.store()
                    .resolve("ingest/sha256")
                    .resolve(IMAGE.largestBlob().substring("sha256:".length()));
            Files.createDirectories(left.getParent());
            Files.write(left, new byte[1000]);
            if (file) {
                fresh.file(archive, ImportOptions.defaults());
            } else {
                fresh.stream(archive);
            }
            assertThat(fresh.images()).hasSize(1);
            assertThat(fresh.damage()).isEmpty();
        }
    }

    @Test
    void anInterruptEndsTheImport() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> scene.stream(ImageArchive.of(IMAGE, NAME))).isInstanceOf(PullCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(scene.images()).isEmpty();
    }
}
