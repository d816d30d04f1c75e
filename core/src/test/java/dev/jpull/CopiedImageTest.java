// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A pulled image leaves the store as a layout or an archive, with what was pulled of it. */
class CopiedImageTest extends MirroredImage {
    private static final TestImage CONTENT = new ImageFactory(31)
            .index(
                    List.of("linux/amd64", "linux/arm64"),
                    new Layer(2_000_000, Compression.NONE),
                    new Layer(5000, Compression.GZIP));
    private static final TestImage OTHER = new ImageFactory(32).image("linux/amd64", new Layer(100, Compression.NONE));

    CopiedImageTest() {
        super(CONTENT);
    }

    private PulledImage pull(String... platforms) {
        PullRequest.Builder request = PullRequest.builder(IMAGE);
        Stream.of(platforms).forEach(request::platform);
        try (ImagePuller puller = fixture.retryingAtOnce().build()) {
            return puller.pull(request.build());
        }
    }

    private Path layout() {
        return temporary.resolve("layout");
    }

    private static Set<String> blobs(Path layout) throws IOException {
        try (Stream<Path> files = Files.list(layout.resolve("blobs/sha256"))) {
            return files.map(file -> String.valueOf(file.getFileName())).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static void assertSound(Path layout) throws IOException {
        for (String name : blobs(layout)) {
            assertThat(Digest.sha256(Files.readAllBytes(layout.resolve("blobs/sha256/" + name)))
                            .hex())
                    .isEqualTo(name);
        }
    }

    private static boolean isOneFile(Path one, Path other) throws IOException {
        return Files.readAttributes(one, "fileKey").equals(Files.readAttributes(other, "fileKey"));
    }

    @Test
    void aCopyHasTheImageAndNoFileOfTheStore() throws IOException {
        PulledImage image = pull("linux/amd64", "linux/arm64");
        ExportReport report = image.copyTo(layout());
        assertThat(report.images()).singleElement().satisfies(copied -> {
            assertThat(copied.entry().digest()).isEqualTo(image.digest());
            assertThat(copied.reference()).isEqualTo("1");
        });
        assertThat(report.linkedBytes()).isZero();
        assertSound(layout());
        for (PulledLayer layer : image.layers()) {
            Path copy = layout().resolve("blobs/sha256").resolve(layer.digest().hex());
            assertThat(copy).hasSameBinaryContentAs(layer.path());
            assertThat(isOneFile(copy, layer.path())).isFalse();
        }
        assertThat(image.copyTo(layout()).unchanged()).isTrue();
    }

    @Test
    void linksShareTheFilesOfTheStore() throws IOException {
        PulledImage image = pull("linux/amd64", "linux/arm64");
        ExportReport report = image.linkTo(layout());
        assertSound(layout());
        for (PulledLayer layer : image.layers()) {
            assertThat(isOneFile(
                            layout().resolve("blobs/sha256")
                                    .resolve(layer.digest().hex()),
                            layer.path()))
                    .isTrue();
        }
        assertThat(report.linkedBytes()).isBetween(4_000_000L, report.bytes());
        assertThat(image.linkTo(layout()).linkedBytes()).isZero();
        assertThat(fixture.pull(IMAGE).bytesFetched())
                .as("the store has its blobs still")
                .isZero();
        Files.delete(layout().resolve("blobs/sha256")
                .resolve(image.layers().get(0).digest().hex()));
        assertThat(image.layers().get(0).path()).exists();
    }

    @Test
    void severalModulesWriteIntoOneLayoutAtOnce() throws Exception {
        PulledImage image = pull("linux/amd64", "linux/arm64");
        for (int round = 0; round < 5; round++) {
            Path layout = temporary.resolve("shared" + round);
            ExecutorService modules = Executors.newFixedThreadPool(8);
            try {
                CyclicBarrier start = new CyclicBarrier(8);
                List<Future<ExportReport>> reports = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    boolean link = i % 2 == 0;
                    reports.add(modules.submit(() -> {
                        start.await(30, TimeUnit.SECONDS);
                        return link ? image.linkTo(layout) : image.copyTo(layout);
                    }));
                }
                int changed = 0;
                for (Future<ExportReport> report : reports) {
                    changed += report.get(60, TimeUnit.SECONDS).unchanged() ? 0 : 1;
                }
                assertThat(changed).as("one module has written it").isEqualTo(1);
            } finally {
                modules.shutdownNow();
            }
            assertSound(layout);
            assertThat(image.copyTo(layout).unchanged()).isTrue();
        }
        try (Stream<Path> names = Files.list(temporary)) {
            assertThat(names.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.contains(".part"));
        }
    }

    @Test
    void aFileThatMayBeWrittenToIsCopied() throws IOException {
        PulledImage image = pull("linux/amd64");
        PulledLayer layer = image.layers().get(0);
        Files.setPosixFilePermissions(layer.path(), PosixFilePermissions.fromString("rw-r--r--"));
        ExportReport report = image.linkTo(layout());
        Path copy = layout().resolve("blobs/sha256").resolve(layer.digest().hex());
        assertThat(isOneFile(copy, layer.path())).isFalse();
        assertThat(report.linkedBytes()).isPositive().isLessThan(report.bytes() - layer.size());
        assertSound(layout());
    }

    @Test
    void aBlobThatIsDamagedInTheTargetIsReplacedAndTheOneInTheStoreStays() throws IOException {
        PulledImage image = pull("linux/amd64");
        image.linkTo(layout());
        PulledLayer small = image.layers().get(1);
        Path copy = layout().resolve("blobs/sha256").resolve(small.digest().hex());
        Files.delete(copy);
        Files.write(copy, new byte[(int) small.size()]);
        assertThat(image.linkTo(layout()).unchanged()).isFalse();
        assertSound(layout());
        assertThat(small.path()).hasSameBinaryContentAs(copy);
    }

    @Test
    void aDamagedBlobOfTheStoreIsNotCopiedButLinked() throws IOException {
        PulledImage image = pull("linux/amd64");
        PulledLayer large = image.layers().get(0);
        byte[] damaged = Files.readAllBytes(large.path());
        damaged[damaged.length / 2] ^= 1;
        Files.setPosixFilePermissions(large.path(), PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(large.path(), damaged);
        Files.setPosixFilePermissions(large.path(), PosixFilePermissions.fromString("r--r--r--"));

        for (ThrowingCallable copy : List.<ThrowingCallable>of(
                () -> image.copyTo(layout()),
                () -> image.writeDockerArchive(OutputStream.nullOutputStream()),
                () -> image.writeOciArchive(OutputStream.nullOutputStream()))) {
            assertThatThrownBy(copy)
                    .isInstanceOf(IntegrityException.class)
                    .hasMessageContaining(large.digest() + " in the store")
                    .hasMessageContaining("verify and repair the store");
        }
        assertThat(temporary)
                .isDirectoryNotContaining(file -> file.getFileName().toString().contains("jpull-export"));
        image.linkTo(layout());
        assertThat(layout().resolve("blobs/sha256").resolve(large.digest().hex()))
                .hasBinaryContent(damaged);
        assertThatThrownBy(() -> image.copyTo(layout()))
                .as("what the layout has is hashed too")
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void onlyThePlatformsOfTheResultAreCopied() throws IOException {
        pull("linux/amd64", "linux/arm64");
        PulledImage one = pull("linux/arm64");
        ExportReport report = one.copyTo(layout());
        assertThat(report.leftOut()).isEmpty();
        assertThat(report.images())
                .singleElement()
                .extracting(copied -> copied.entry().digest())
                .isEqualTo(one.platforms().get(0).manifestDigest());
        assertThat(blobs(layout()))
                .contains(one.layers().get(0).digest().hex())
                .doesNotContain(pull("linux/amd64").layers().get(0).digest().hex());
    }

    @Test
    void otherImagesOfALayoutStay() throws IOException {
        upstream.serve("team/app", "other", OTHER);
        fixture.pull(Fixture.NAMESPACE + "/team/app:other").copyTo(layout());
        Set<String> before = blobs(layout());
        ExportReport report = pull("linux/amd64").linkTo(layout());
        assertThat(report.images().get(0).reference()).isEqualTo("1");
        assertThat(blobs(layout())).containsAll(before);
        assertThat(Files.readString(layout().resolve("index.json")))
                .contains("\"1\"")
                .contains("\"other\"");
        ImportReport imported = LocalStore.openOrCreate(temporary.resolve("second"), notice -> {})
                .importArchive(
                        layout(),
                        ImportOptions.builder()
                                .name(Fixture.NAMESPACE + "/team/app")
                                .build());
        assertThat(imported.images()).hasSize(2);
    }

    @Test
    void archivesAreDeterministicAndTheStreamStaysOpen() {
        PulledImage image = pull("linux/amd64", "linux/arm64");
        boolean[] closed = new boolean[1];
        ByteArrayOutputStream first = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        ExportReport report = image.writeDockerArchive(first);
        image.writeDockerArchive(second);
        assertThat(closed[0]).isFalse();
        assertThat(first.toByteArray()).isEqualTo(second.toByteArray());
        assertThat(report.bytes()).isEqualTo(first.size());
        assertThat(report.images().get(0).imageId())
                .isEqualTo(image.platforms().get(0).configDigest());
        LocalStore other = LocalStore.openOrCreate(temporary.resolve("second"), notice -> {});
        assertThat(other.importArchive(
                                new ByteArrayInputStream(first.toByteArray()),
                                ImportOptions.builder().build())
                        .images())
                .singleElement()
                .extracting(ImportReport.Image::name)
                .isEqualTo(IMAGE);
        first.reset();
        second.reset();
        image.writeOciArchive(first);
        image.writeOciArchive(second);
        assertThat(first.toByteArray()).isEqualTo(second.toByteArray());
        LocalStore third = LocalStore.openOrCreate(temporary.resolve("third"), notice -> {});
        assertThat(third.importArchive(
                                new ByteArrayInputStream(first.toByteArray()),
                                ImportOptions.builder().build())
                        .images())
                .singleElement()
                .satisfies(imported -> assertThat(imported.root().digest()).isEqualTo(image.digest()));
    }

    @Test
    void theExceptionOfTheStreamIsTheCause() {
        IOException full = new IOException("the pipe is closed");
        OutputStream stream = new OutputStream() {
            private int left = 100_000;

            @Override
            public void write(int value) throws IOException {
                write(new byte[1], 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                left -= length;
                if (left < 0) {
                    throw full;
                }
            }
        };
        assertThatThrownBy(() -> pull("linux/amd64").writeDockerArchive(stream))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the pipe is closed")
                .hasCause(full);
    }

    @Test
    void whatDockerCannotRunMakesNoDockerArchive() {
        upstream.serve(
                "team/app",
                "chart",
                ArtifactBuilder.of("application/vnd.example").build());
        PulledImage artifact = fixture.pull(Fixture.NAMESPACE + "/team/app:chart");
        assertThatThrownBy(() -> artifact.writeDockerArchive(OutputStream.nullOutputStream()))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("docker can run");
        assertThat(artifact.copyTo(layout()).images()).hasSize(1);
    }

    @Test
    void anImageThatWasRemovedIsNotCopied() throws IOException {
        PulledImage image = pull("linux/amd64");
        LocalStore.open(fixture.store()).remove(List.of(IMAGE));
        assertThatThrownBy(() -> image.copyTo(layout())).isInstanceOf(ImageNotFoundException.class);
        assertThatThrownBy(() -> image.linkTo(layout())).isInstanceOf(ImageNotFoundException.class);
        assertThat(layout()).doesNotExist();
    }

    @Test
    void anArchiveHasNoLinks() {
        pull("linux/amd64");
        LocalStore store = LocalStore.open(fixture.store());
        ExportRequest request = ExportRequest.builder(IMAGE).hardLinks(true).build();
        assertThatThrownBy(() -> store.export(request, temporary.resolve("archive.tar")))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("an archive is one file");
        assertThatThrownBy(() -> store.export(request, OutputStream.nullOutputStream()))
                .isInstanceOf(ReferenceException.class);
        assertThat(store.export(request, layout()).linkedBytes()).isPositive();
    }

    @Test
    void theExamplesOfThePageOnEmbeddingRun() throws IOException {
        PulledImage image = pull("linux/amd64");
        assertThat(AfterThePullExample.commandLine(image))
                .isEqualTo(image.config().execution().entrypoint());
        assertThat(AfterThePullExample.uncompressedBytes(image)).isGreaterThan(2_000_000);
        Path build = Files.createDirectory(temporary.resolve("build"));
        AfterThePullExample.export(image, build);
        assertSound(build.resolve("layout"));
        assertThat(build.resolve("image.tar")).isNotEmptyFile();
        assertThat(AfterThePullExample.fromStore(fixture.store()).digest()).isEqualTo(image.digest());
    }
}
