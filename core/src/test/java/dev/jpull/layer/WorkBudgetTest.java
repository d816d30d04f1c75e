// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jpull.error.PullCancelledException;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import dev.jpull.testdata.RawTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Layers whose paths cost more than they can in an image that a tool has built, and cancellation while one is unpacked. */
@EnabledOnOs(OS.LINUX)
class WorkBudgetTest {
    private static final int LINKS = 150;

    private @TempDir Path temporary;

    private ExtractedLayer extract(BooleanSupplier cancelled, Consumer<RawTar> entries) throws IOException {
        RawTar tar = new RawTar();
        entries.accept(tar);
        try (TarReader archive =
                        new TarReader(new ByteArrayInputStream(tar.end().bytes()), TarLimits.DEFAULT);
                OpenDirectory directory = OpenDirectory.open(temporary)) {
            return LayerExtractor.extract(archive, directory, ExtractOptions.forUser(1000), cancelled);
        }
    }

    /** Links of which each leads to the next one, on a long way. */
    private static void chain(RawTar tar, String way) {
        tar.dir("d").symlink("s" + LINKS, ".");
        for (int i = 0; i < LINKS; i++) {
            tar.symlink("s" + i, way + "s" + (i + 1));
        }
    }

    @Test
    void pathsThroughManyLinksAreLimited() {
        assertThatExceptionOfType(TarException.class)
                .isThrownBy(() -> extract(() -> false, tar -> {
                    chain(tar, "d/../".repeat(15));
                    for (int i = 0; i < 1000; i++) {
                        tar.file("s0/f" + i, "");
                    }
                }))
                .withMessageMatching("s0/f1\\d\\d cannot be unpacked: paths of the layer lead through more .*");
        assertThat(temporary.resolve("f0")).exists();
    }

    @Test
    void aFewLinksForEachPathAreNotLimited() throws IOException {
        int files = 3000;
        ExtractedLayer layer = extract(() -> false, tar -> {
            tar.dir("usr").symlink("lib", "usr/lib").dir("usr/lib").symlink("again", "lib");
            for (int i = 0; i < files; i++) {
                tar.file("again/" + "a/".repeat(10) + "f" + i, "");
            }
        });
        assertThat(layer.entries()).isEqualTo(files + 4);
    }

    @Test
    void cancellationEndsTheWalkOfOnePath() {
        AtomicInteger asked = new AtomicInteger();
        int entries = LINKS + 2;
        assertThatExceptionOfType(PullCancelledException.class)
                .isThrownBy(() -> extract(() -> asked.incrementAndGet() > entries + 2, tar -> {
                    chain(tar, "d/../".repeat(15));
                    tar.file("s0/file", "content");
                }));
        assertThat(temporary.resolve("file")).doesNotExist();
        assertThat(asked).hasValue(entries + 3);
    }
}
