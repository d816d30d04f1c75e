// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.StoreException;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pulls that feed an archive. */
class PullAndExportTest extends MirroredImage {
    private static final String OTHER = Fixture.NAMESPACE + "/team/other:1";
    private static final TestImage CONTENT = new ImageFactory(1)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(700_000, Compression.GZIP),
                    new Layer(90_000, Compression.ZSTD));
    private static final TestImage SECOND =
            new ImageFactory(2).image("linux/amd64", new Layer(30_000, Compression.NONE));

    private Path out;

    PullAndExportTest() {
        super(CONTENT);
    }

    @BeforeEach
    void serve() throws IOException {
        mirror.serve("team/other", "1", SECOND);
        out = Files.createDirectory(temporary.resolve("out"));
    }

    private ExportReport.Pulled export(Path target, String... images) {
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            return puller.pullAndExport(Stream.of(images).map(PullRequest::of).toList(), ExportRequest.of(), target);
        }
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.toList();
        }
    }

    @Test
    void theArchiveHasTheBytesOfALaterExport() {
        Path fed = out.resolve("fed.tar");
        ExportReport.Pulled done = export(fed, OTHER, IMAGE);
        ExportReport later =
                LocalStore.open(fixture.store()).export(ExportRequest.of(IMAGE, OTHER), out.resolve("later.tar"));

        assertThat(fed).hasSameBinaryContentAs(out.resolve("later.tar"));
        assertThat(done.images()).extracting(PulledImage::name).containsExactly(OTHER, IMAGE);
        assertThat(done.export()).isEqualTo(later);
        assertThat(export(fed, OTHER, IMAGE).export().unchanged()).isTrue();
    }

    @Test
    void imagesOfTheStoreAreExportedToo() {
        fixture.pull(OTHER);
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            ExportReport.Pulled done =
                    puller.pullAndExport(List.of(PullRequest.of(IMAGE)), ExportRequest.of(OTHER), out.resolve("a.tar"));
            assertThat(done.images()).hasSize(1);
            assertThat(done.export().images()).hasSize(2);
        }
    }

    @Test
    void aPullThatFailsLeavesNoArchive() throws IOException {
        assertThatThrownBy(() -> export(out.resolve("a.tar"), IMAGE, Fixture.NAMESPACE + "/team/none:1"))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("team/none:1");
        assertThat(left()).isEmpty();
        assertThat(LocalStore.open(fixture.store()).images()).isNotEmpty(); // what was pulled stays
    }

    @Test
    void aTargetThatCannotBeWrittenIsRefusedBeforeTheFirstRequest() throws IOException {
        assertThatThrownBy(() -> export(out.resolve("none").resolve("a.tar"), IMAGE))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is not there");
        assertThatThrownBy(() -> export(out.resolve("a.bin"), IMAGE)).isInstanceOf(ReferenceException.class);
        assertThat(mirror.requests()).isEmpty();
        assertThat(left()).isEmpty();
    }
}
