// SPDX-License-Identifier: Apache-2.0
package dev.jpull.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.testdata.OciLayout;
import dev.jpull.testdata.TestImage;
import dev.jpull.testdata.hostile.HostileArchive;
import dev.jpull.testdata.hostile.HostileArchive.Refused;
import dev.jpull.testdata.hostile.HostileArchives;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** jpull unpack refuses hostile archives with exit code 7, the layer and the entry. What is compressed is left to other tests. */
class HostileArchivesUnpackTest {
    private static final String NAME = "registry.example/hostile:1";

    @TempDir
    Path temporary;

    @Test
    void eachIsRefusedAsWrongContentOfALayer() throws IOException {
        SoftAssertions softly = new SoftAssertions();
        int count = 0;
        for (HostileArchive archive : HostileArchives.all("/outside")) {
            if (archive.outcome() instanceof Refused refused
                    && !archive.id().matches("(gzip|zstd|bzip2|xz|entries-).*")) {
                refused(archive, refused.mention(), softly);
                count++;
            }
        }
        softly.assertAll();
        assertThat(count).isGreaterThan(80);
    }

    private void refused(HostileArchive archive, String mention, SoftAssertions softly) throws IOException {
        Path directory = Files.createDirectory(temporary.resolve(archive.id()));
        List<OciLayout.Layer> layers = new ArrayList<>();
        for (HostileArchive.Layer layer : archive.layers()) {
            try (InputStream in = layer.open()) {
                byte[] tar = in.readAllBytes();
                layers.add(new OciLayout.Layer(tar, tar, ""));
            }
        }
        Path store = directory.resolve("store");
        new OciLayout(store).image(NAME, layers);
        InProcess.Run run = InProcess.run(
                "unpack",
                "-q",
                "--offline",
                "--store",
                store.toString(),
                NAME,
                directory.resolve("tree").toString());
        String last = TestImage.digest(layers.get(layers.size() - 1).blob());
        softly.assertThat(run.exitCode())
                .as("exit code of %s: %s", archive, run.err())
                .isEqualTo(7);
        softly.assertThat(run.err())
                .as("message of %s", archive)
                .contains(mention)
                .contains(last);
    }
}
