// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.archive.LeftOut.Reason;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.ReferenceException;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in an archive: what each reader needs is there, and what it refuses is not. */
class ArchiveContentTest {
    private static final String REF_NAME = "org.opencontainers.image.ref.name";
    private static final String IMAGE_NAME = "io.containerd.image.name";
    private static final String APP = "docker.io/library/app:1";
    private static final Layer SMALL = new Layer(3_000, Compression.GZIP);
    private static final TestImage ONE =
            new ImageFactory(1).image("linux/amd64", SMALL, new Layer(9_000, Compression.ZSTD));
    private static final TestImage ARM = new ImageFactory(2).image("linux/arm64", SMALL);
    private static final TestImage S390 = new ImageFactory(3).image("linux/s390x", SMALL);

    @TempDir
    Path temporary;

    private FilledStore store;
    private Path archive;

    @BeforeEach
    void open() {
        store = new FilledStore(temporary.resolve("store"));
        archive = temporary.resolve("a.tar");
    }

    private ReadArchive export(Exports wanted) throws IOException {
        wanted.from(store).to(archive);
        return ReadArchive.of(archive);
    }

    @Test
    void anImageHasItsDocumentsThenItsConfigurationThenItsLayers() throws IOException {
        store.put(APP, ONE);
        ReadArchive read = export(Exports.of("app:1"));

        List<String> names = new ArrayList<>(List.of("oci-layout", path(ONE.rootDigest())));
        ONE.blobs().keySet().stream()
                .filter(digest -> isConfig(ONE, digest))
                .map(ArchiveContentTest::path)
                .forEach(names::add);
        ONE.blobs().keySet().stream()
                .filter(digest -> !isConfig(ONE, digest))
                .map(ArchiveContentTest::path)
                .forEach(names::add);
        names.addAll(List.of("index.json", "manifest.json"));
        assertThat(read.names()).containsExactlyElementsOf(names);
        assertThat(read.digests()).containsExactly(ONE.rootDigest());
        assertThat(read.annotations(IMAGE_NAME)).containsExactly(APP);
        assertThat(read.annotations(REF_NAME)).containsExactly("1");
        assertThat(new String(read.file("manifest.json"), StandardCharsets.UTF_8))
                .startsWith("[{\"Config\":\"blobs/sha256/")
                .contains("\"RepoTags\":[\"" + APP + "\"]");
        ONE.blobs().forEach((digest, content) -> assertThat(read.blob(digest)).isEqualTo(content));
    }

    private static String path(String digest) {
        return "blobs/" + digest.replace(':', '/');
    }

    private static boolean isConfig(TestImage image, String digest) {
        return new String(image.blob(digest), StandardCharsets.UTF_8).startsWith("{\"os\"");
    }

    @Test
    void twoNamesOfOneImageAreOneItemForDockerAndTwoEntriesForOthers() throws IOException {
        store.put(APP, ONE).put("docker.io/library/app:2", ONE);
        ReadArchive read = export(Exports.of("app:2", "app:1"));

        assertThat(read.digests()).containsExactly(ONE.rootDigest(), ONE.rootDigest());
        assertThat(read.annotations(REF_NAME)).containsExactly("1", "2");
        assertThat(new String(read.file("manifest.json"), StandardCharsets.UTF_8))
                .containsOnlyOnce("Config")
                .contains("[\"docker.io/library/app:1\",\"docker.io/library/app:2\"]");
    }

    @Test
    void imagesWithOneTagAreToldApartByTheirNamesInFull() throws IOException {
        store.put(APP, ONE).put("docker.io/library/tool:1", ARM).put("docker.io/library/tool:2", ARM);
        ReadArchive read = export(Exports.of("app:1", "tool:1", "tool:2"));

        assertThat(read.annotations(REF_NAME)).containsExactly(APP, "docker.io/library/tool:1", "2");
    }

    @Test
    void anImageThatWasPulledByDigestHasTheDigestAsItsShortName() throws IOException {
        String name = "docker.io/library/app@" + ONE.rootDigest();
        store.put(name, ONE);
        ReadArchive read = export(Exports.of(name));

        assertThat(read.annotations(IMAGE_NAME)).containsExactly(name);
        assertThat(read.annotations(REF_NAME)).containsExactly(ONE.rootDigest());
        assertThat(new String(read.file("manifest.json"), StandardCharsets.UTF_8))
                .contains("\"RepoTags\":[]");
    }

    @Test
    void aWholeIndexIsTheEntryItself() throws IOException {
        TestImage index = new IndexBuilder()
                .child(ONE, "linux/amd64")
                .child(ARM, "linux/arm64")
                .build();
        store.put(APP, index);
        ReadArchive read = export(Exports.of(APP));

        assertThat(read.digests()).containsExactly(index.rootDigest());
        assertThat(read.annotations(OciIndex.ROOT)).isEmpty();
        String manifest = new String(read.file("manifest.json"), StandardCharsets.UTF_8);
        assertThat(manifest).containsOnlyOnce("Config");
    }

    @Test
    void anIndexOfWhichOnePlatformIsThereIsNamedByThatManifest() throws IOException {
        TestImage index = new IndexBuilder()
                .child(ONE, "linux/amd64")
                .absentChild(ARM, "linux/arm64")
                .build();
        store.put(APP, index);
        ExportResult result = Exports.of(APP).from(store).to(archive);
        ReadArchive read = ReadArchive.of(archive);

        assertThat(read.digests()).containsExactly(ONE.rootDigest());
        assertThat(read.annotations(OciIndex.ROOT)).singleElement().asString().contains(index.rootDigest());
        assertThat(read.blob(index.rootDigest()))
                .isEqualTo(index.document(index.rootDigest()).content());
        assertThat(result.leftOut()).containsExactly(new LeftOut(APP, Reason.NOT_IN_STORE, List.of("linux/arm64")));
        assertThat(result.images()).singleElement().satisfies(image -> {
            assertThat(image.entry().digest()).hasToString(ONE.rootDigest());
            assertThat(image.root().digest()).hasToString(index.rootDigest());
            assertThat(image.platforms()).containsExactly(new Platform("linux", "amd64", ""));
        });
    }

    @Test
    void anIndexOfWhichSomePlatformsAreThereIsReducedToThem() throws IOException {
        TestImage index = new IndexBuilder()
                .child(ONE, "linux/amd64")
                .absentChild(S390, "linux/s390x")
                .child(ARM, "linux/arm64")
                .build();
        store.put(APP, index);
        ReadArchive read = export(Exports.of(APP));

        String reduced = read.digests().get(0);
        assertThat(reduced).isNotEqualTo(index.rootDigest());
        assertThat(new String(read.blob(reduced), StandardCharsets.UTF_8))
                .contains(ONE.rootDigest(), ARM.rootDigest(), "arm64")
                .doesNotContain(S390.rootDigest());
        assertThat(read.names()).contains(path(index.rootDigest())).doesNotContain(path(S390.rootDigest()));
    }

    @Test
    void aManifestWithoutItsLayersIsLeftOut() throws IOException {
        TestImage index = new IndexBuilder()
                .child(ONE, "linux/amd64")
                .child(ARM, "linux/arm64")
                .build();
        store.put(APP, index, blob -> !blob.equals(ARM.largestBlob()));
        ReadArchive read = export(Exports.of(APP));

        assertThat(read.digests()).containsExactly(ONE.rootDigest());
        assertThat(read.names()).doesNotContain(path(ARM.rootDigest()));
    }

    @Test
    void theIndexStaysWhenThatIsWanted() throws IOException {
        TestImage index = new IndexBuilder()
                .child(ONE, "linux/amd64")
                .absentChild(ARM, "linux/arm64")
                .build();
        store.put(APP, index);
        ReadArchive read = export(Exports.of(APP).keepingIndex());

        assertThat(read.digests()).containsExactly(index.rootDigest());
        assertThat(read.annotations(OciIndex.ROOT)).isEmpty();
    }

    @Test
    void ofANestedIndexWhatIsThereStaysInItsOrder() throws IOException {
        TestImage inner = new IndexBuilder()
                .child(ARM, "linux/arm64")
                .absentChild(S390, "linux/s390x")
                .build();
        TestImage index =
                new IndexBuilder().child(inner, null).child(ONE, "linux/amd64").build();
        store.put(APP, index);
        ReadArchive read = export(Exports.of(APP));

        String reduced = new String(read.blob(read.digests().get(0)), StandardCharsets.UTF_8);
        assertThat(reduced)
                .containsSubsequence(ARM.rootDigest(), ONE.rootDigest())
                .doesNotContain(inner.rootDigest());
        assertThat(read.names()).contains(path(index.rootDigest()), path(inner.rootDigest()));
    }

    @Test
    void oneOfSeveralPlatformsIsChosenWithItsAttestation() throws IOException {
        TestImage index = new IndexBuilder()
                .child(ONE, "linux/amd64")
                .child(ARM, "linux/arm64")
                .attestation(ONE)
                .attestation(ARM)
                .build();
        store.put(APP, index);
        ReadArchive read = export(Exports.of(APP).platform("linux/arm64"));

        String reduced = new String(read.blob(read.digests().get(0)), StandardCharsets.UTF_8);
        assertThat(reduced).contains("\"digest\":\"" + ARM.rootDigest()).doesNotContain(ONE.rootDigest());
        assertThat(reduced).containsOnlyOnce("attestation-manifest");
        assertThatThrownBy(() -> export(Exports.of(APP).platform("linux/s390x")))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("linux/s390x");
    }

    @Test
    void anArtifactIsCarriedAndIsNoImageForDocker() throws IOException {
        TestImage chart = ArtifactBuilder.of("application/x-chart")
                .sha512()
                .layer("application/x-chart.tgz", new byte[] {1, 2, 3})
                .build();
        store.put("docker.io/library/chart:1", chart).put(APP, ONE);
        ReadArchive read = export(Exports.of("chart:1", "app:1"));

        assertThat(read.digests()).containsExactly(ONE.rootDigest(), chart.rootDigest());
        assertThat(read.blob(chart.rootDigest()))
                .isEqualTo(chart.document(chart.rootDigest()).content());
        assertThat(new String(read.file("manifest.json"), StandardCharsets.UTF_8))
                .doesNotContain("chart");
        assertThat(export(Exports.of("chart:1")).names()).doesNotContain("manifest.json");
        assertThatThrownBy(() -> export(Exports.of("chart:1").format(ArchiveFormat.DOCKER_ARCHIVE)))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("docker.io/library/chart:1 has no image that docker can run");
    }

    @Test
    void aDockerArchiveHasWhatDockerReadsAndNothingElse() throws IOException {
        TestImage index = new IndexBuilder()
                .child(S390, "linux/s390x")
                .child(ARM, "linux/arm64")
                .build();
        TestImage signature = signatureOf(index);
        store.put(APP, index).refer(APP, index, signature, "application/x-sig", index.rootDigest());
        ExportResult result = Exports.of(APP)
                .format(ArchiveFormat.DOCKER_ARCHIVE)
                .platform("linux/arm64")
                .from(store)
                .to(archive);
        ReadArchive read = ReadArchive.of(archive);

        assertThat(read.names())
                .hasSize(4)
                .allMatch(name -> name.matches("[0-9a-f]{64}\\.(json|tar)|manifest.json|repositories"));
        assertThat(read.names().subList(2, 4)).containsExactly("manifest.json", "repositories");
        assertThat(new String(read.file("repositories"), StandardCharsets.UTF_8))
                .startsWith("{\"docker.io/library/app\":{\"1\":\"");
        assertThat(result.leftOut()).extracting(LeftOut::reason).containsExactly(Reason.REFERRER_NOT_IN_FORMAT);
    }

    private static TestImage signatureOf(TestImage image) {
        return ArtifactBuilder.of("application/x-sig")
                .subject(image)
                .layer("application/x-sig", image.rootDigest().getBytes(StandardCharsets.UTF_8))
                .build();
    }

    @Test
    void referrersAndTheirReferrersAreCarriedUnlessTheyAreNotWanted() throws IOException {
        TestImage sbom = ArtifactBuilder.of("application/x-sbom").subject(ONE).build();
        TestImage signature = signatureOf(sbom);
        store.put(APP, ONE)
                .refer(APP, ONE, sbom, "application/x-sbom", ONE.rootDigest())
                .refer(APP, ONE, signature, "application/x-sig", sbom.rootDigest());

        ReadArchive all = export(Exports.of(APP));
        assertThat(all.digests().subList(1, 3))
                .containsExactlyInAnyOrder(sbom.rootDigest(), signature.rootDigest())
                .isSorted();
        assertThat(all.annotations("dev.jpull.subject")).containsExactlyInAnyOrder(ONE.rootDigest(), sbom.rootDigest());
        assertThat(export(Exports.of(APP).referrers(null)).digests()).containsExactly(ONE.rootDigest());
        assertThat(export(Exports.of(APP).referrers(new ReferrerSelection(Set.of("application/x-sbom"))))
                        .digests())
                .containsExactly(ONE.rootDigest(), sbom.rootDigest());
        // What refers to a referrer brings it along.
        assertThat(export(Exports.of(APP).referrers(new ReferrerSelection(Set.of("application/x-sig"))))
                        .digests())
                .containsExactlyInAnyOrder(ONE.rootDigest(), sbom.rootDigest(), signature.rootDigest());
    }

    @Test
    void anImageIsNoReferrerOfItsOwnReferrer() throws IOException {
        TestImage sbom = ArtifactBuilder.of("application/x-sbom").subject(ONE).build();
        store.put(APP, ONE)
                .refer(APP, ONE, sbom, "application/x-sbom", ONE.rootDigest())
                .refer(APP, ONE, ONE, "application/x-image", sbom.rootDigest());

        assertThat(export(Exports.of(APP)).digests()).containsExactly(ONE.rootDigest(), sbom.rootDigest());
    }

    @Test
    void aReferrerThatTheIndexOfTheStoreNamesManyTimesIsCarriedOnce() throws IOException {
        TestImage sbom = ArtifactBuilder.of("application/x-sbom").subject(ONE).build();
        store.put(APP, ONE).refer(APP, ONE, sbom, "application/x-sbom", ONE.rootDigest());
        Path index = store.store().root().resolve("index.json");
        String text = Files.readString(index);
        int end = text.lastIndexOf("]");
        String entry = text.substring(text.lastIndexOf("{\"mediaType\"", end), end);
        assertThat(entry).contains(sbom.rootDigest());
        Files.writeString(index, text.substring(0, end) + ("," + entry).repeat(100) + text.substring(end));

        assertThat(export(Exports.of(APP)).digests()).containsExactly(ONE.rootDigest(), sbom.rootDigest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"junk\"", "5", "null"})
    void aNamelessEntryIsCarriedWhenItsManifestRefersToTheImage(String subject) throws IOException {
        TestImage sbom = ArtifactBuilder.of("application/x-sbom").subject(ONE).build();
        store.put(APP, ONE).refer(APP, ONE, sbom, "application/x-sbom", ONE.rootDigest());
        Path index = store.store().root().resolve("index.json");
        String text = Files.readString(index);
        String ours = "\"dev.jpull.subject\":\"" + ONE.rootDigest() + "\"";
        assertThat(text).contains(ours);
        Files.writeString(index, text.replace(ours, "\"dev.jpull.subject\":" + subject));

        ReadArchive read = export(Exports.of(APP));
        assertThat(read.digests()).containsExactly(ONE.rootDigest(), sbom.rootDigest());
        assertThat(read.annotations("dev.jpull.subject")).containsExactly(ONE.rootDigest());
    }

    @Test
    void artifactsThatReferToEachOtherAreCarriedOnce() throws IOException {
        TestImage first = signatureOf(ONE);
        TestImage second = signatureOf(ARM);
        store.put(APP, ONE)
                .refer(APP, ONE, first, "application/x-sig", ONE.rootDigest())
                .refer(APP, ONE, second, "application/x-sig", first.rootDigest())
                .refer(APP, ONE, first, "application/x-sig", second.rootDigest());

        assertThat(export(Exports.of(APP)).digests()).hasSize(4); // the first one refers to two things
    }

    @Test
    void aReferrerWithoutItsContentIsLeftOut() throws IOException {
        TestImage signature = signatureOf(ONE);
        store.put(APP, ONE).refer(APP, ONE, signature, "application/x-sig", ONE.rootDigest());
        Files.delete(store.store().pathOf(Digest.parse(signature.largestBlob())));
        ExportResult result = Exports.of(APP).from(store).to(archive);

        assertThat(ReadArchive.of(archive).digests()).containsExactly(ONE.rootDigest());
        assertThat(result.leftOut())
                .containsExactly(new LeftOut(APP, Reason.REFERRER_NOT_IN_STORE, List.of(signature.rootDigest())));
    }

    @Test
    void imagesAreRenamedByNameAndByPrefix() throws IOException {
        store.put(APP, ONE).put("docker.io/library/tool:2", ARM);
        ReadArchive read = export(Exports.of("app:1", "tool:2")
                .rename("app:1", "mirror.example/apps/app:1.0")
                .rename("docker.io/library/", "mirror.example/hub/"));

        assertThat(read.annotations(IMAGE_NAME))
                .containsExactly("mirror.example/apps/app:1.0", "mirror.example/hub/tool:2");
        assertThatThrownBy(() -> export(Exports.of("app:1").rename("app:2", "app:3")))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("docker.io/library/app:2");
        assertThatThrownBy(() -> export(Exports.of("app:1", "tool:2").rename("tool:2", "app:1")))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("two images of the archive would be called " + APP);
    }

    @Test
    void anImageIsFoundByItsDigestAndAsItIsListed() throws IOException {
        store.put(APP, ONE).put("docker.io/library/app:2", ONE).put("odd name", ARM);

        assertThat(export(Exports.of(ONE.rootDigest())).annotations(IMAGE_NAME)).hasSize(2);
        assertThat(export(Exports.of(APP + "@" + ONE.rootDigest())).annotations(IMAGE_NAME))
                .containsExactly(APP);
        assertThat(export(Exports.of("app@" + ONE.rootDigest())).annotations(IMAGE_NAME))
                .containsExactly(APP);
        assertThat(export(Exports.of("odd name")).annotations(REF_NAME)).containsExactly("odd name");
        assertThat(export(Exports.of(ONE.rootDigest().substring(7, 15))).annotations(IMAGE_NAME))
                .hasSize(2);
        assertThat(export(Exports.of(ARM.rootDigest().substring(0, 20))).annotations(REF_NAME))
                .containsExactly("odd name");
        assertThatThrownBy(() -> export(Exports.of("absent:1")))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("absent:1 is not in the store");
    }

    @Test
    void anImageWithoutALayerIsRefused() throws IOException {
        store.put(APP, ONE, blob -> !blob.equals(ONE.largestBlob()));

        assertThatThrownBy(() -> export(Exports.of(APP)))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining(APP + " is not in the store: pull it again");
    }

    @Test
    void manyImagesShareTheirBlobs() throws IOException {
        String[] names = new String[500];
        for (int i = 0; i < names.length; i++) {
            names[i] = "docker.io/library/many:" + i;
            store.put(names[i], i % 2 == 0 ? ONE : ARM);
        }
        ReadArchive read = export(Exports.of(names));

        assertThat(read.entries()).hasSize(500);
        assertThat(read.names())
                .hasSize(3 + 2 + ONE.blobs().size() + ARM.blobs().size());
    }

    @Test
    void anImageMayHave127Layers() throws IOException {
        Layer[] layers = new Layer[127];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Layer(100 + i, Compression.NONE);
        }
        store.put(APP, new ImageFactory(9).image("linux/amd64", layers));

        assertThat(export(Exports.of(APP)).names()).hasSize(3 + 1 + 1 + 127);
    }
}
