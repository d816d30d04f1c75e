// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.ReferenceException;
import dev.jpull.testdata.ImageArchive;
import dev.jpull.testdata.RawTar;
import dev.jpull.testdata.TestImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of {@code docker save}, of the shapes that docker, podman, skopeo and crane write. */
class DockerImportTest {
    private static final String NAME = "docker.io/library/t:1";
    private static final byte[] BASE =
            new RawTar().file("base", "b".repeat(90_000)).end().bytes();
    private static final byte[] TOP = new RawTar().file("top", "t").end().bytes();
    private static final String CONFIG = config(BASE, TOP);
    private static final String CONFIG_NAME = hex(CONFIG.getBytes(StandardCharsets.UTF_8)) + ".json";

    @TempDir
    Path temporary;

    private ImportScene scene;

    @BeforeEach
    void makeScene() {
        scene = new ImportScene(temporary);
    }

    private static String config(byte[]... layers) {
        return "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + Arrays.stream(layers)
                        .map(layer -> "\"" + TestImage.digest(layer) + "\"")
                        .collect(Collectors.joining(","))
                + "]}}";
    }

    private static String hex(byte[] content) {
        return TestImage.digest(content).substring("sha256:".length());
    }

    private static ImageArchive item(ImageArchive archive, String... layers) {
        return archive.file(CONFIG_NAME, CONFIG)
                .item(CONFIG_NAME, List.of("t:1"), List.of(layers))
                .items();
    }

    private String imported(ImageArchive archive) throws IOException {
        ImportScene fresh = new ImportScene(Files.createTempDirectory(temporary, "d"));
        ImportReport report = fresh.file(archive.bytes(), ImportOptions.defaults());
        assertThat(fresh.damage()).isEmpty();
        assertThat(report.images())
                .singleElement()
                .extracting(ImportReport.Image::name)
                .isEqualTo(NAME);
        return report.images().get(0).root().digest().toString();
    }

    @Test
    void theSameImageHasTheSameDigestInEachShape() throws IOException {
        String old = imported(item(
                new ImageArchive()
                        .file("aa/VERSION", "1.0")
                        .file("aa/json", "{}")
                        .file("aa/layer.tar", BASE)
                        .file("bb/VERSION", "1.0")
                        .file("bb/layer.tar", TOP),
                "aa/layer.tar",
                "bb/layer.tar"));
        String named = imported(item(
                new ImageArchive().file(hex(BASE) + ".tar", BASE).file(hex(TOP) + ".tar", TOP),
                hex(BASE) + ".tar",
                hex(TOP) + ".tar"));
        String linked = imported(item(
                new ImageArchive()
                        .symlink("aa/layer.tar", "../" + hex(BASE) + ".tar")
                        .file(hex(BASE) + ".tar", BASE)
                        .file("first/layer.tar", TOP)
                        .hardLink("bb/layer.tar", "first/layer.tar"),
                "./aa/layer.tar",
                "bb/layer.tar"));
        String blobs = imported(item(
                new ImageArchive().file("blobs/sha256/" + hex(BASE), BASE).file("blobs/sha256/" + hex(TOP), TOP),
                "blobs/sha256/" + hex(BASE),
                "blobs/sha256/" + hex(TOP)));
        ImageArchive reversed = new ImageArchive()
                .item(CONFIG_NAME, List.of("t:1"), List.of("x", "y"))
                .items()
                .file("y", TOP)
                .file("x", BASE)
                .file(CONFIG_NAME, CONFIG);
        assertThat(List.of(named, linked, blobs, imported(reversed))).containsOnly(old);
    }

    @Test
    void compressedLayersStayAsTheyAre() throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(BASE);
        }
        byte[] zstd = Zstd.compress(TOP);
        scene.stream(
                item(new ImageArchive().file("a.tar.gz", gzip.toByteArray()).file("b", zstd), "a.tar.gz", "b")
                        .bytes());
        assertThat(scene.has(TestImage.digest(gzip.toByteArray()))).isTrue();
        assertThat(scene.has(TestImage.digest(zstd))).isTrue();
        try (ImagePuller puller = ImagePuller.builder().store(scene.store()).build()) {
            assertThat(puller.pull(PullRequest.builder(NAME).offline(true).build())
                            .layers())
                    .extracting(layer -> layer.mediaType().toString())
                    .containsExactly(
                            "application/vnd.docker.image.rootfs.diff.tar.gzip",
                            "application/vnd.docker.image.rootfs.diff.tar.zstd");
        }
    }

    @Test
    void aLayerWithAnotherDiffIdIsRefused() throws IOException {
        byte[] other = new RawTar().file("top", "other").end().bytes();
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(other);
        }
        for (byte[] wrong : List.of(other, gzip.toByteArray())) {
            assertThatThrownBy(() ->
                            scene.stream(item(new ImageArchive().file("x", BASE).file("y", wrong), "x", "y")
                                    .bytes()))
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining("layer 2 of 2");
        }
        assertThat(scene.images()).isEmpty();
    }

    @Test
    void aLayerThatIsInTheStoreIsNotWrittenAgain() {
        scene.stream(item(new ImageArchive().file("x", BASE).file("y", TOP), "x", "y")
                .bytes());
        ImportReport report = scene.stream(item(
                        new ImageArchive().file(hex(BASE) + ".tar", BASE).file("y", TOP), hex(BASE) + ".tar", "y")
                .bytes());
        assertThat(report.images().get(0).state()).isEqualTo(ImportReport.State.PRESENT);
        assertThat(report.bytesWritten()).isZero();
        assertThat(report.bytesPresent()).isEqualTo(BASE.length);
    }

    @Test
    void severalImagesShareLayers() {
        String config = config(BASE);
        ImportReport report = scene.stream(new ImageArchive()
                .file("x", BASE)
                .file("y", TOP)
                .file("one.json", CONFIG)
                .file("two.json", config)
                .item("one.json", List.of("t:1", "x.example/a/b:2"), List.of("x", "y"))
                .item("two.json", List.of(), List.of("x"))
                .items()
                .bytes());
        assertThat(report.images()).extracting(ImportReport.Image::name).containsExactly(NAME, "x.example/a/b:2");
        assertThat(report.leftOut()).singleElement().asString().contains("two.json");
    }

    @Test
    void anImageWithoutANameNeedsOne() {
        byte[] archive = new ImageArchive()
                .file("x", BASE)
                .file("c", config(BASE))
                .item("c", List.of(), List.of("x"))
                .items()
                .bytes();
        assertThatThrownBy(() -> scene.stream(archive))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("--name NAME:TAG");
        scene.stream(archive, ImportOptions.builder().name("busybox").build());
        assertThat(scene.images()).singleElement().asString().startsWith("docker.io/library/busybox:latest@");
    }

    @Test
    void theOciLayoutOfAnArchiveWithBothCounts() {
        TestImage image = ImportScene.IMAGE;
        scene.stream(new ImageArchive()
                .layout()
                .content(image)
                .listed(image, ImageArchive.IMAGE_NAME, NAME, ImageArchive.REF_NAME, "1")
                .index()
                .item("absent", List.of("other:1"), List.of("absent"))
                .items()
                .bytes());
        assertThat(scene.images()).containsExactly(NAME + "@" + image.rootDigest());
    }

    @Test
    void archivesOfTheFirstDockersAreRefusedWithAHint() {
        assertThatThrownBy(() -> scene.stream(new ImageArchive()
                        .file("repositories", "{\"t\":{\"1\":\"aa\"}}")
                        .file("aa/json", "{}")
                        .file("aa/layer.tar", BASE)
                        .bytes()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("save it again");
    }
}
