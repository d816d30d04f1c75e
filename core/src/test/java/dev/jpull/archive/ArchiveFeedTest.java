// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullCancelledException;
import dev.jpull.image.Digest;
import dev.jpull.list.Renames;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.IndexBuilder;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive that is written while its images come has the same bytes as one that is written later. */
@Timeout(60)
class ArchiveFeedTest {
    private static final String APP = "docker.io/library/app:1";
    private static final String TOOL = "docker.io/library/tool:1";
    private static final TestImage ONE = new ImageFactory(1)
            .image("linux/amd64", new Layer(70_000, Compression.GZIP), new Layer(9_000, Compression.NONE));
    private static final TestImage TWO = new ImageFactory(2).image("linux/arm64", new Layer(3_000, Compression.GZIP));
    private static final TestImage BOTH = new IndexBuilder()
            .child(ONE, "linux/amd64")
            .child(TWO, "linux/arm64")
            .build();

    @TempDir
    Path temporary;

    private FilledStore store;
    private Path out;

    @BeforeEach
    void open() throws IOException {
        store = new FilledStore(temporary.resolve("store"));
        out = Files.createDirectory(temporary.resolve("out"));
    }

    private ArchiveFeed feed(String file) {
        return new ArchiveFeed(
                store.store(),
                new ExportOptions(
                        List.of(), List.of(), ReferrerSelection.ALL, false, Renames.NONE, null, null, false, false),
                out.resolve(file));
    }

    private static Set<Digest> blobsOf(TestImage image) {
        return image.blobs().keySet().stream().map(Digest::parse).collect(Collectors.toSet());
    }

    /** Brings an image blob by blob, as a pull does. */
    private void bring(ArchiveFeed feed, String name, TestImage image) throws IOException {
        store.put(name, image, blob -> false);
        feed.planned(name, FilledStore.rootOf(image), blobsOf(image));
        Set<String> there = new HashSet<>();
        for (String blob : image.blobs().keySet()) {
            there.add(blob);
            store.put(name, image, there::contains);
            feed.came(Digest.parse(blob));
        }
        feed.complete(name, FilledStore.rootOf(image));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fed.tar", "fed.tar.gz", "fed.tar.zst"})
    void theBytesAreThoseOfALaterExport(String file) throws Exception {
        ArchiveFeed feed = feed(file);
        CompletableFuture<ExportResult> writing =
                CompletableFuture.supplyAsync(() -> feed.write(List.of(TOOL, APP), () -> false));
        bring(feed, APP, BOTH);
        bring(feed, TOOL, TWO);

        assertThat(writing.get(30, TimeUnit.SECONDS).images()).hasSize(2);
        assertThat(feed.isRewritten()).isFalse();
        Path later = out.resolve("later-" + file);
        Exports.of(APP, TOOL).from(store).to(later);
        assertThat(out.resolve(file)).hasSameBinaryContentAs(later);
    }

    @Test
    void referrersThatComeWithTheImageAreWrittenAfterIt() throws Exception {
        TestImage signature =
                ArtifactBuilder.of("application/x-sig").subject(ONE).build();
        ArchiveFeed feed = feed("fed.tar");
        CompletableFuture<ExportResult> writing =
                CompletableFuture.supplyAsync(() -> feed.write(List.of(APP, TOOL), () -> false));
        store.put(APP, ONE).refer(APP, ONE, signature, "application/x-sig", ONE.rootDigest());
        bring(feed, APP, ONE);
        bring(feed, TOOL, TWO);

        assertThat(writing.get(30, TimeUnit.SECONDS).images().get(0).referrers())
                .isEqualTo(1);
        assertThat(feed.isRewritten()).isFalse();
    }

    @Test
    void anArchiveThatTurnsOutToBeAnotherIsWrittenAnew() throws Exception {
        ArchiveFeed feed = feed("fed.tar");
        store.put(APP, BOTH, blob -> ONE.blobs().containsKey(blob));
        // The pull is for one platform; the content of the other one comes from somewhere else in the end.
        feed.planned(APP, FilledStore.rootOf(BOTH), blobsOf(ONE));
        ONE.blobs().keySet().forEach(blob -> feed.came(Digest.parse(blob)));
        CompletableFuture<ExportResult> writing =
                CompletableFuture.supplyAsync(() -> feed.write(List.of(APP, TOOL), () -> false));
        store.put(TOOL, TWO);
        feed.planned(TOOL, FilledStore.rootOf(TWO), blobsOf(TWO));
        store.put(APP, BOTH);
        feed.complete(APP, FilledStore.rootOf(BOTH));
        feed.complete(TOOL, FilledStore.rootOf(TWO));
        writing.get(30, TimeUnit.SECONDS);

        Exports.of(APP, TOOL).from(store).to(out.resolve("later.tar"));
        assertThat(out.resolve("fed.tar")).hasSameBinaryContentAs(out.resolve("later.tar"));
    }

    @Test
    void otherFormsAreWrittenWhenTheImagesAreComplete() throws Exception {
        ArchiveFeed feed = feed("layout");
        CompletableFuture<ExportResult> writing =
                CompletableFuture.supplyAsync(() -> feed.write(List.of(APP), () -> false));
        bring(feed, APP, ONE);

        assertThat(writing.get(30, TimeUnit.SECONDS).images()).hasSize(1);
        assertThat(out.resolve("layout/index.json")).exists();
    }

    @Test
    void aCancelledArchiveLeavesNothing() throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        ArchiveFeed feed = feed("fed.tar");
        CompletableFuture<ExportResult> writing =
                CompletableFuture.supplyAsync(() -> feed.write(List.of(APP), cancelled::get));
        store.put(APP, ONE, blob -> false);
        feed.planned(APP, FilledStore.rootOf(ONE), blobsOf(ONE));
        cancelled.set(true);

        assertThatThrownBy(() -> writing.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(PullCancelledException.class);
        try (Stream<Path> left = Files.list(out)) {
            assertThat(left).isEmpty();
        }
    }
}
