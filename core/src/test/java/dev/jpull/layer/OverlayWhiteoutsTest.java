// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.Posix;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import dev.jpull.testdata.RawTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Markers of a layer in the form of overlayfs, for root and for others. */
@EnabledOnOs(OS.LINUX)
public class OverlayWhiteoutsTest {
    @TempDir
    Path staging;

    private static byte[] name(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void markersBecomeDevicesAndAttributes() throws IOException {
        RawTar tar = new RawTar()
                .dir("d", 0555)
                .file("d/.wh.gone", "")
                .file("d/.wh.own", "")
                .file("d/own", "1")
                .file("d/.wh.tree", "")
                .file("d/tree/new", "1")
                .dir("opaque")
                .file("opaque/.wh..wh..opq", "")
                .dir("plain")
                .file("plain/f", "1");
        try (TarReader archive =
                        new TarReader(new ByteArrayInputStream(tar.end().bytes()), TarLimits.DEFAULT);
                OpenDirectory root = OpenDirectory.open(staging)) {
            ExtractedLayer layer =
                    LayerExtractor.extract(archive, root, ExtractOptions.forUser(Posix.effectiveUser()), () -> false);
            OverlayWhiteouts.Form form = OverlayWhiteouts.formFor(root);
            OverlayWhiteouts.convert(root, layer, form);

            byte[] opaque =
                    name(form == OverlayWhiteouts.Form.TRUSTED ? "trusted.overlay.opaque" : "user.overlay.opaque");
            try (OpenDirectory d = root.child(name("d"))) {
                assertWhiteout(d, "gone", form);
                assertThat(d.find(name("own"))).returns(NodeType.FILE, FileStatus::type);
                assertThat(d.attributesOf(name("tree")).xattr(opaque)).isEqualTo(name("y"));
                assertThat(d.attributes().status())
                        .returns(0555, FileStatus::mode)
                        .returns(Instant.ofEpochSecond(1_000_000_000), FileStatus::modified);
            }
            assertThat(root.attributesOf(name("opaque")).xattr(opaque)).isEqualTo(name("y"));
            assertThat(root.attributesOf(name("plain")).xattrNames())
                    .extracting(attribute -> new String(attribute, UTF_8))
                    .noneMatch(attribute -> attribute.contains("overlay"));
        }
        try (Stream<Path> files = Files.walk(staging)) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith(".wh."));
        }
    }

    private static void assertWhiteout(OpenDirectory directory, String name, OverlayWhiteouts.Form form)
            throws IOException {
        FileStatus status = directory.attributesOf(name(name)).status();
        if (status.type() == NodeType.FILE) {
            assertThat(status.size()).isZero();
            assertThat(directory
                            .attributesOf(name(name))
                            .xattr(name(
                                    form == OverlayWhiteouts.Form.TRUSTED
                                            ? "trusted.overlay.whiteout"
                                            : "user.overlay.whiteout")))
                    .isEqualTo(name("y"));
        } else {
            assertThat(status)
                    .returns(NodeType.CHARACTER_DEVICE, FileStatus::type)
                    .returns(0L, FileStatus::major)
                    .returns(0L, FileStatus::minor);
        }
    }

    @Test
    void theFormIsThatOfTheProcess() throws IOException {
        try (OpenDirectory root = OpenDirectory.open(staging)) {
            OverlayWhiteouts.Form form = OverlayWhiteouts.formFor(root);
            if (Posix.effectiveUser() != 0) {
                assertThat(form).isEqualTo(OverlayWhiteouts.Form.USER);
            }
            assertThat(root.list().next()).isEmpty();
        }
    }
}
