// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Digest;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Files of a pulled image, read through its layers by the public interface. */
class ImageFilesTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(3)
            .image(
                    "linux/amd64",
                    new Layer(300_000, Compression.GZIP),
                    new Layer(90_000, Compression.ZSTD),
                    new Layer(10_000, Compression.NONE));

    ImageFilesTest() {
        super(CONTENT);
    }

    @Test
    void theFilesOfAnImageAreListedAndRead() throws IOException {
        PulledImage image = fixture.pull(IMAGE);
        assertThat(image.files())
                .extracting(ImageFile::path)
                .containsExactly(
                        "/usr",
                        "/usr/share",
                        "/usr/share/hard-link-0",
                        "/usr/share/hard-link-1",
                        "/usr/share/hard-link-2",
                        "/usr/share/noise-2",
                        "/usr/share/platform",
                        "/usr/share/symbolic-link-0",
                        "/usr/share/symbolic-link-1",
                        "/usr/share/symbolic-link-2");
        ImageFile link = image.files().get(9);
        assertThat(link.type()).isEqualTo(ImageFile.Type.SYMLINK);
        assertThat(link.link()).isEqualTo("noise-2");
        ImageFile hard = image.files().get(2);
        assertThat(hard.type()).isEqualTo(ImageFile.Type.FILE);
        assertThat(hard.size()).isEqualTo(300_000);
        assertThat(hard.link()).isNull();
        assertThat(hard)
                .hasToString("/usr/share/hard-link-0")
                .isEqualTo(image.files().get(2));
        assertThat(image.read("/usr/share/platform"))
                .hasValueSatisfying(content ->
                        assertThat(content).asString(StandardCharsets.UTF_8).isEqualTo("linux/amd64"));
        assertThat(image.read("usr/share/symbolic-link-2"))
                .hasValueSatisfying(content -> assertThat(content).hasSize(10_000));
        assertThat(image.read("usr/share/symbolic-link-0"))
                .as("a link to what a whiteout hides")
                .isEmpty();
        try (InputStream content = image.open("/usr/share/hard-link-0").orElseThrow()) {
            assertThat(content.readAllBytes()).hasSize(300_000);
        }
        assertThatThrownBy(() -> image.read("/usr/share/hard-link-0", 299_999))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void layersAreOpenedUncompressed() throws IOException {
        for (PulledLayer layer : fixture.pull(IMAGE).layers()) {
            try (InputStream content = layer.open()) {
                assertThat(Digest.sha256(content.readAllBytes())).isEqualTo(layer.diffId());
            }
        }
    }

    @Test
    void nothingIsReadFromDamagedLayers() throws IOException {
        PulledImage image = fixture.pull(IMAGE);
        Path file = image.layers().get(2).path();
        byte[] content = Files.readAllBytes(file);
        content[content.length - 1] ^= 1;
        Files.delete(file);
        Files.write(file, content);
        assertThatThrownBy(() -> image.read("/usr/share/platform"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContainingAll("layer 3 of 3", IMAGE, "repair the store");
        Files.write(file, Arrays.copyOf(content, content.length / 2));
        assertThatThrownBy(image::files).isInstanceOf(IntegrityException.class).hasMessageContaining("layer 3 of 3");
    }
}
