// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import dev.jpull.testdata.RawTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Devices that are not made, and what layers above do with them. */
@EnabledOnOs(OS.LINUX)
class LeftOutTest {
    private static final byte[] STAGING = "staging".getBytes(UTF_8);

    private @TempDir Path temporary;
    private Path tree;
    private final LeftOut leftOut = new LeftOut();

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectory(temporary.resolve("tree"));
    }

    private void layer(Consumer<RawTar> entries) throws IOException {
        RawTar tar = new RawTar();
        entries.accept(tar);
        ExtractOptions options = new ExtractOptions(Ownership.ofProcess(), false);
        try (OpenDirectory parent = OpenDirectory.open(temporary);
                OpenDirectory root = OpenDirectory.open(tree);
                TarReader archive =
                        new TarReader(new ByteArrayInputStream(tar.end().bytes()), TarLimits.DEFAULT)) {
            parent.makeDirectory(STAGING, 0700);
            try (OpenDirectory staging = parent.child(STAGING)) {
                ExtractedLayer layer = LayerExtractor.extract(archive, staging, options, () -> false);
                TreeMerge.merge(staging, layer, root, leftOut, () -> false);
            }
            parent.removeTree(STAGING);
        }
    }

    private void assertRefused(String link, String target) {
        assertThatExceptionOfType(TarException.class)
                .isThrownBy(() -> layer(tar -> tar.hardLink(link, target)))
                .withMessageContaining(link + " is a hard link to " + target + ", which neither");
    }

    @Test
    void hardLinksOfLayersAboveAreLeftOutAndReported() throws IOException {
        layer(tar -> tar.device("dev", 1, 3).file("link2", "hidden by the link"));
        layer(tar -> tar.hardLink("link", "dev").file("other", ""));
        layer(tar -> tar.hardLink("link2", "link"));
        assertThat(tree.toFile().list()).containsExactly("other");
        assertThat(leftOut.omissions()).singleElement().satisfies(omission -> {
            assertThat(omission.kind()).isEqualTo(Omission.Kind.DEVICE);
            assertThat(omission.count()).isEqualTo(2);
            assertThat(omission.examples()).isEqualTo(List.of("link", "link2"));
        });
    }

    @Test
    void theDeviceIsFoundThroughLinksOfOtherLayers() throws IOException {
        layer(tar -> tar.symlink("way", "real").dir("real"));
        layer(tar -> tar.device("way/dev", 1, 3));
        layer(tar -> tar.hardLink("real/link", "real/dev"));
        layer(tar -> tar.hardLink("link", "way/link"));
        assertThat(tree.resolve("real")).isEmptyDirectory();
        assertThat(leftOut.omissions())
                .singleElement()
                .extracting(Omission::count)
                .isEqualTo(2L);
    }

    @Test
    void whatALayerHidesCannotBeLinkedAnyMore() throws IOException {
        layer(tar -> tar.device("a/dev", 1, 3)
                .device("b/dev", 1, 3)
                .device("c/dev", 1, 3)
                .dir("c"));
        layer(tar -> tar.file("a/.wh.dev", "").file(".wh.b", "").file("c/.wh..wh..opq", ""));
        assertRefused("link", "a/dev");
        removeStaging();
        assertRefused("link", "b/dev");
        removeStaging();
        assertRefused("link", "c/dev");
    }

    @Test
    void aFileInItsPlaceIsLinked() throws IOException {
        layer(tar -> tar.device("dev", 1, 3));
        layer(tar -> tar.file("dev", "content"));
        layer(tar -> tar.hardLink("link", "dev"));
        assertThat(tree.resolve("link")).hasContent("content");
        layer(tar -> tar.file(".wh.dev", ""));
        assertRefused("link2", "dev");
        assertThat(leftOut.omissions()).isEmpty();
    }

    private void removeStaging() throws IOException {
        try (OpenDirectory parent = OpenDirectory.open(temporary)) {
            parent.removeTree(STAGING);
        }
    }
}
