// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static dev.jpull.ImportScene.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.ReferenceException;
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
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an archive claims about its images and referrers counts only as far as their manifests agree. */
class ImportClaimsTest {
    private static final String NAME = "docker.io/library/t:1";
    private static final TestImage OTHER =
            new ImageFactory(15).image("linux/arm64", new ImageFactory.Layer(500, Compression.GZIP));
    private static final TestImage SIGNATURE =
            ArtifactBuilder.of("application/x-signature").subject(IMAGE).build();

    @TempDir
    Path temporary;

    private ImportScene scene;

    @BeforeEach
    void makeScene() {
        scene = new ImportScene(temporary);
    }

    private static ImageArchive named() {
        return new ImageArchive().layout().content(IMAGE).listed(IMAGE, ImageArchive.IMAGE_NAME, NAME);
    }

    @Test
    void referrersWithoutAnImageAreTiedToTheSubjectInTheStore() {
        ImageArchive archive = new ImageArchive()
                .layout()
                .content(SIGNATURE)
                .listed(SIGNATURE, LayoutIndex.SUBJECT, IMAGE.rootDigest())
                .index();
        byte[] bytes = archive.bytes();
        ImportReport left = scene.stream(bytes);
        assertThat(left.leftOut()).singleElement().asString().contains(SIGNATURE.rootDigest(), "not in the store");
        scene.stream(ImageArchive.of(IMAGE, NAME));
        ImportReport report = scene.stream(bytes);
        assertThat(report.referrers()).isEqualTo(1);
        assertThat(report.leftOut()).isEmpty();
        assertThat(scene.index().referrers()).singleElement().satisfies(referrer -> {
            assertThat(referrer.descriptor().digest()).hasToString(SIGNATURE.rootDigest());
            assertThat(referrer.subject()).hasToString(IMAGE.rootDigest());
        });
        assertThat(scene.images()).containsExactly(NAME + "@" + IMAGE.rootDigest());
    }

    @Test
    void anEntryThatIsNoPartOfItsOriginalIndexIsRefused() {
        TestImage index = new IndexBuilder().child(OTHER, "linux/arm64").build();
        String root = index.document(index.rootDigest()).mediaType() + " " + index.rootDigest() + " "
                + index.document(index.rootDigest()).content().length;
        byte[] archive = new ImageArchive()
                .layout()
                .content(IMAGE)
                .content(index)
                .listed(IMAGE, ImageArchive.IMAGE_NAME, NAME, "dev.jpull.root", root)
                .index()
                .bytes();
        assertThatThrownBy(() -> scene.stream(archive))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(NAME)
                .hasMessageContaining(index.rootDigest())
                .hasMessageContaining(IMAGE.rootDigest());
        assertThat(scene.images()).isEmpty();
    }

    private void requireLeftOut(TestImage referrer, String reason, String... annotations) {
        ImportReport report = scene.stream(
                named().content(referrer).listed(referrer, annotations).index().bytes());
        assertThat(report.referrers()).isZero();
        assertThat(report.leftOut()).singleElement().asString().contains(referrer.rootDigest(), reason);
        assertThat(String.join("", report.leftOut())).matches("[^\\p{Cntrl}]+");
        assertThat(scene.index().referrers()).isEmpty();
    }

    @Test
    void aSubjectThatTheManifestDoesNotHaveIsNotBelieved() {
        TestImage ofOther =
                ArtifactBuilder.of("application/x-signature").subject(OTHER).build();
        requireLeftOut(ofOther, OTHER.rootDigest(), LayoutIndex.SUBJECT, IMAGE.rootDigest());
        requireLeftOut(OTHER, "does not refer to", LayoutIndex.SUBJECT, IMAGE.rootDigest());
    }

    @Test
    void anImageIsNoReferrerOfItself() {
        ImportReport report = scene.stream(named().listed(IMAGE, LayoutIndex.SUBJECT, IMAGE.rootDigest())
                .index()
                .bytes());
        assertThat(report.leftOut()).singleElement().asString().contains("of itself");
        assertThat(scene.index().referrers()).isEmpty();
    }

    @Test
    void aTagCountsOnlyWithTheDigestOfTheSubject() {
        TestImage byTag = ArtifactBuilder.cosignSignature(IMAGE.rootDigest());
        String own = ArtifactBuilder.cosignTag(IMAGE.rootDigest(), "sig");
        for (String tag :
                List.of("\\u001b[31m../../x", ArtifactBuilder.cosignTag(OTHER.rootDigest(), "sig"), own + "/x")) {
            requireLeftOut(byTag, "tag", LayoutIndex.SUBJECT, IMAGE.rootDigest(), LayoutIndex.REFERRER_TAG, tag);
        }
    }

    @Test
    void manyNamesOfOneLayerAreRefusedBeforeTheyAreRead() {
        byte[] layer = new byte[100_000];
        byte[] config = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
                .getBytes(StandardCharsets.UTF_8);
        for (int count : new int[] {9_000, 50_000}) {
            byte[] archive = new ImageArchive()
                    .file("c.json", config)
                    .file("l", layer)
                    .item("c.json", List.of("t:1"), Collections.nCopies(count, "l"))
                    .items()
                    .bytes();
            assertThatThrownBy(() -> scene.stream(archive))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining(count == 9_000 ? "lists 0 layers" : "at most 10000");
        }
    }

    @Test
    void whatDamagedCompressionFilledIsThrownAway() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(ImageArchive.of(IMAGE, NAME));
        }
        byte[] archive = Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
        assertThatThrownBy(() -> scene.stream(archive))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("make or copy it again")
                .hasMessageNotContaining("pull");
        for (String left : scene.unfinished()) {
            assertThat(Files.size(scene.store().resolve("ingest/sha256").resolve(left)))
                    .isZero();
        }
    }

    @Test
    void aLinkInALayoutIsNamedItself() throws IOException {
        Path layout = temporary.resolve("layout");
        IMAGE.writeLayout(layout, NAME);
        Path blob = layout.resolve("blobs").resolve(IMAGE.rootDigest().replace(':', '/'));
        Path moved = Files.move(blob, temporary.resolve("elsewhere"));
        Files.createSymbolicLink(blob, moved);
        assertThatThrownBy(() -> scene.local().importArchive(layout, ImportOptions.defaults()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(blob + ": it is a symbolic link");
    }

    @Test
    void whatAnArchiveSaysOfItsImagesIsShortAndHasNoPassword() {
        ImageArchive archive = new ImageArchive().layout().content(IMAGE).content(OTHER);
        for (int i = 0; i < 20; i++) {
            archive.listed(i == 0 ? OTHER : IMAGE, ImageArchive.IMAGE_NAME, "user:secret" + i + "@x.example/app:1");
        }
        byte[] bytes = archive.index().bytes();
        assertThatThrownBy(() -> scene.stream(bytes))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("20 images")
                .hasMessageContaining("and 17 more")
                .hasMessageContaining("@x.example/app:1")
                .hasMessageNotContaining("secret");
    }
}
