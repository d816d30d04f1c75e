// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.compression.LayerDecoder;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.list.Renames;
import dev.jpull.store.LayoutIndex;
import dev.jpull.testdata.ArtifactBuilder;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where archives go: files, streams and directories, and what was there before. */
class ArchiveTargetTest {
    private static final String APP = "docker.io/library/app:1";
    private static final String TOOL = "docker.io/library/tool:1";
    private static final TestImage ONE = new ImageFactory(1)
            .image("linux/amd64", new Layer(700_000, Compression.NONE), new Layer(9_000, Compression.GZIP));
    private static final TestImage TWO = new ImageFactory(2).image("linux/arm64", new Layer(3_000, Compression.GZIP));

    @TempDir
    Path temporary;

    private FilledStore store;
    private Path out;

    @BeforeEach
    void fill() throws IOException {
        store = new FilledStore(temporary.resolve("store")).put(APP, ONE).put(TOOL, TWO);
        out = Files.createDirectory(temporary.resolve("out"));
    }

    private ExportResult export(Path target, String... images) {
        return Exports.of(images).from(store).to(target);
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.toList();
        }
    }

    @Test
    void theSameImagesGiveTheSameBytesInAnyOrder() throws IOException {
        ExportResult first = export(out.resolve("a.tar"), APP, TOOL);
        export(out.resolve("b.tar"), TOOL, APP, APP);

        assertThat(out.resolve("b.tar")).hasSameBinaryContentAs(out.resolve("a.tar"));
        assertThat(first.bytes()).isEqualTo(Files.size(out.resolve("a.tar")));
        assertThat(left()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tgz", "a.tar.zst", "a.tzst"})
    void anArchiveWithTheSameContentIsLeftAlone(String name) throws IOException {
        Path file = out.resolve(name);
        assertThat(export(file, APP).unchanged()).isFalse();
        FileTime old = FileTime.fromMillis(86_400_000);
        Files.setLastModifiedTime(file, old);

        assertThat(export(file, APP).unchanged()).isTrue();
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
        assertThat(export(file, TOOL).unchanged()).isFalse();
        assertThat(left()).containsExactly(file);
    }

    @Test
    void anArchiveOfTheSameSizeWithAnotherByteIsReplaced() throws IOException {
        Path file = out.resolve("a.tar");
        export(file, APP);
        byte[] right = Files.readAllBytes(file);
        byte[] wrong = right.clone();
        wrong[wrong.length / 2] ^= 1;
        Files.write(file, wrong);

        assertThat(export(file, APP).unchanged()).isFalse();
        assertThat(file).hasBinaryContent(right);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.tar.gz", "a.tar.zst"})
    void aCompressedArchiveHasTheBytesOfTheOther(String name) throws IOException {
        export(out.resolve("a.tar"), APP, TOOL);
        export(out.resolve(name), APP, TOOL);

        try (InputStream in = LayerDecoder.open(Files.newInputStream(out.resolve(name)), DecodeLimits.DEFAULT)) {
            assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(out.resolve("a.tar")));
        }
    }

    @Test
    void aStreamGetsTheSameBytes() throws IOException {
        export(out.resolve("a.tar"), APP);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        ExportResult result = Exports.of(APP).from(store).to(stream);

        assertThat(stream.toByteArray()).isEqualTo(Files.readAllBytes(out.resolve("a.tar")));
        assertThat(result.bytes()).isEqualTo(stream.size());
    }

    @Test
    void aNameOfOneCompressionIsNotGivenToAnother() {
        for (String name : List.of("a.tar.zst", "a.tgz")) {
            Path file = out.resolve(name);
            assertThatThrownBy(() -> ArchiveKind.of(file, null, ArchiveCompression.NONE))
                    .isInstanceOf(ReferenceException.class)
                    .hasMessageContaining("none is asked for");
        }
        assertThat(ArchiveKind.of(out.resolve("a.tar.zst"), null, ArchiveCompression.ZSTD)
                        .compression())
                .isEqualTo(ArchiveCompression.ZSTD);
        assertThat(ArchiveKind.of(out.resolve("a.tar"), null, ArchiveCompression.GZIP)
                        .compression())
                .isEqualTo(ArchiveCompression.GZIP);
    }

    @Test
    void aNameThatSaysNothingIsRefusedAndADirectoryIsNoArchive() {
        assertThatThrownBy(() -> export(out.resolve("a.bin"), APP))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("docker-archive");
        assertThatThrownBy(() -> Exports.of(APP)
                        .format(ArchiveFormat.OCI_ARCHIVE)
                        .from(store)
                        .to(out))
                .isInstanceOf(ReferenceException.class)
                .hasMessageContaining("is a directory");
        assertThatThrownBy(() -> export(out.resolve("absent").resolve("a.tar"), APP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is not there");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLinkIsFollowedToTheFileThatItNames() throws IOException {
        Path file = Files.writeString(out.resolve("real.tar"), "old");
        Path link = Files.createSymbolicLink(temporary.resolve("a.tar"), file);
        export(link, APP);

        assertThat(link).isSymbolicLink();
        assertThat(ReadArchive.of(file).digests()).containsExactly(ONE.rootDigest());
        Files.delete(file);
        assertThatThrownBy(() -> export(link, APP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a link that leads nowhere");
        assertThat(left()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFifoOrDeviceIsNoFile() throws IOException, InterruptedException {
        Path fifo = out.resolve("a.tar");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Path device = Files.createSymbolicLink(out.resolve("b.tar"), Path.of("/dev/full"));

        assertThatThrownBy(() -> export(fifo, APP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a fifo");
        assertThatThrownBy(() -> export(device, APP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a device");
        assertThatThrownBy(() -> export(Path.of("/dev/null"), APP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("standard output (-o -)");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aStreamThatTakesNothingFailsWithItsOwnFailure() throws IOException {
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            assertThatThrownBy(() -> Exports.of(APP).from(store).to(full))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("No space left")
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aFailureLeavesTheOldArchiveAndNothingElse() throws IOException {
        Path file = Files.writeString(out.resolve("a.tar"), "old");
        damage(ONE.largestBlob(), true);

        assertThatThrownBy(() -> Exports.of(APP).verifying().from(store).to(file))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(ONE.largestBlob());
        damage(ONE.largestBlob(), false);
        ArchiveExport cancelled = new ArchiveExport(
                store.store(),
                new ExportOptions(List.of(TOOL), List.of(), null, false, Renames.NONE, null, null, false, false),
                () -> true);
        assertThatThrownBy(() -> cancelled.to(file)).isInstanceOf(PullCancelledException.class);
        assertThat(file).hasContent("old");
        assertThat(left()).containsExactly(file);
    }

    private void damage(String digest, boolean sameSize) throws IOException {
        Path blob = store.store().pathOf(Digest.parse(digest));
        byte[] content = Files.readAllBytes(blob);
        content[0] ^= 1;
        Files.write(blob, sameSize ? content : new byte[] {1});
    }

    @Test
    void whatAKilledExportLeftIsDeletedAndWhatAnotherOneWritesIsNot() throws IOException {
        Path dead = Files.writeString(out.resolve(".jpull-export-dead.part"), "x");
        Path other = Files.writeString(out.resolve(".other.part"), "x");
        Path living = out.resolve(".jpull-export-living.part");
        try (FileChannel channel = FileChannel.open(living, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            export(out.resolve("a.tar"), APP);
        }
        assertThat(dead).doesNotExist();
        assertThat(living).exists();
        assertThat(other).exists();
    }

    @Test
    void whatAKilledExportOfADirectoryLeftIsDeletedAndWhatAnotherOneWritesIsNot() throws IOException {
        Path dead = unfinished("dead");
        Files.writeString(out.resolve(".jpull-export-dead.part"), "");
        Path orphan = unfinished("orphan");
        Path living = unfinished("living");
        Path lock = out.resolve(".jpull-export-living.part");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var held = channel.lock()) {
            assertThat(held.isValid()).isTrue();
            export(out.resolve("layout"), APP);
        }
        assertThat(left()).containsExactlyInAnyOrder(out.resolve("layout"), living, lock);
        assertThat(living.resolve("blobs/sha256/ab")).exists();
        assertThat(dead).doesNotExist();
        assertThat(orphan).doesNotExist();
    }

    private Path unfinished(String name) throws IOException {
        Path directory = out.resolve(".jpull-export-" + name + ".part.d");
        Files.createDirectories(directory.resolve("blobs/sha256"));
        Files.writeString(directory.resolve("blobs/sha256/ab"), "x");
        return directory;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLinkThatIsNamedLikeALeftoverIsNotFollowed() throws IOException {
        Path other = Files.createDirectory(temporary.resolve("other"));
        Path kept = Files.writeString(other.resolve("kept"), "x");
        Path link = Files.createSymbolicLink(out.resolve(".jpull-export-x.part.d"), other);
        export(out.resolve("layout"), APP);

        assertThat(link).isSymbolicLink();
        assertThat(kept).exists();
    }

    @Test
    void aNewDirectoryIsAnOciLayoutToWhichMoreIsAdded() throws IOException {
        Path layout = out.resolve("layout");
        assertThat(export(layout, APP).unchanged()).isFalse();
        assertThat(left()).containsExactly(layout);
        assertThat(layout.resolve("oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
        ONE.blobs()
                .forEach((digest, content) -> assertThat(layout.resolve("blobs/" + digest.replace(':', '/')))
                        .hasBinaryContent(content));

        assertThat(export(layout, APP).unchanged()).isTrue();
        assertThat(export(layout, TOOL).unchanged()).isFalse();
        String index = Files.readString(layout.resolve("index.json"));
        assertThat(index).contains(ONE.rootDigest(), TWO.rootDigest());
        // The short name is taken by the other image.
        assertThat(index).contains("\"org.opencontainers.image.ref.name\":\"" + TOOL + "\"");
        export(layout, APP, TOOL); // both are told apart by their names in full now
        assertThat(export(layout, APP, TOOL).unchanged()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWrongBlobOfTheRightSizeInALayoutIsReplaced(boolean verify) throws IOException {
        TestImage large = new ImageFactory(3)
                .image("linux/amd64", new Layer(3_000_000, Compression.NONE), new Layer(9_000, Compression.GZIP));
        store.put(APP, large);
        Path layout = out.resolve("layout");
        export(layout, APP);
        for (Map.Entry<String, byte[]> blob : large.blobs().entrySet()) {
            Files.write(layout.resolve("blobs/" + blob.getKey().replace(':', '/')), new byte[blob.getValue().length]);
        }
        Exports again = verify ? Exports.of(APP).verifying() : Exports.of(APP);

        assertThat(again.from(store).to(layout).unchanged()).isFalse();
        // Large ones are hashed only when that is asked for.
        large.blobs()
                .forEach((digest, content) -> assertThat(layout.resolve("blobs/" + digest.replace(':', '/')))
                        .hasBinaryContent(verify || content.length < 1 << 20 ? content : new byte[content.length]));
        assertThat(again.from(store).to(layout).unchanged()).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatIsNoRegularFileInALayoutIsNamed() throws IOException {
        Path layout = out.resolve("layout");
        export(layout, APP);
        Path index = layout.resolve("index.json");
        Files.move(index, out.resolve("elsewhere"));
        Files.createSymbolicLink(index, out.resolve("elsewhere"));
        assertThatThrownBy(() -> export(layout, TOOL))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot write " + index + ": it is a symbolic link")
                .hasMessageEndingWith("remove it, or name another directory");

        Path blob = layout.resolve("blobs/" + ONE.rootDigest().replace(':', '/'));
        Files.delete(blob);
        Files.createDirectory(blob);
        assertThatThrownBy(() -> export(layout, APP))
                .hasMessageContaining("cannot write " + blob + ": it is a directory");
    }

    @Test
    void anImageOfTheSameNameTakesTheOldOnesPlace() throws IOException {
        Path layout = out.resolve("layout");
        export(layout, APP);
        store.put(APP, TWO);
        export(layout, APP);

        assertThat(Files.readString(layout.resolve("index.json")))
                .contains(TWO.rootDigest())
                .doesNotContain(ONE.rootDigest());
    }

    @Test
    void aReferrerOfTwoImagesIsThereOnce() throws IOException {
        Path layout = out.resolve("layout");
        TestImage signature =
                ArtifactBuilder.of("application/x-sig").subject(ONE).build();
        store.put("docker.io/library/app:2", ONE).refer(APP, ONE, signature, "application/x-sig", ONE.rootDigest());
        export(layout, APP);
        export(layout, "docker.io/library/app:2");

        assertThat(Files.readString(layout.resolve("index.json"))).containsOnlyOnce(signature.rootDigest());
    }

    @Test
    void aTagThatTiesAReferrerIsItsNameInALayoutButNotInAnArchive() throws IOException {
        Path layout = out.resolve("layout");
        Path archive = out.resolve("a.tar");
        TestImage signature = ArtifactBuilder.cosignSignature(ONE.rootDigest());
        String tag = ArtifactBuilder.cosignTag(ONE.rootDigest(), "sig");
        store.refer(APP, ONE, signature, "application/x-sig", ONE.rootDigest(), tag);
        String named = "\"" + LayoutIndex.REF_NAME + "\":\"" + tag + "\"";
        export(layout, APP);
        String index = Files.readString(layout.resolve("index.json"));
        assertThat(index).containsOnlyOnce(named).contains("\"" + LayoutIndex.REFERRER_TAG + "\":\"" + tag + "\"");
        export(layout, APP);
        assertThat(layout.resolve("index.json")).hasContent(index);
        // containerd makes an image of what has a name, and cannot unpack a signature.
        export(archive, APP);
        assertThat(Files.readString(archive, StandardCharsets.ISO_8859_1))
                .contains(tag)
                .doesNotContain(named);

        // A store takes it for a referrer in either form.
        FilledStore read = new FilledStore(out.resolve("read"));
        Files.copy(layout.resolve("index.json"), read.store().root().resolve("index.json"));
        assertThat(read.store().index().list()).hasSize(1);
        assertThat(read.store().index().referrers()).singleElement().satisfies(referrer -> {
            assertThat(referrer.tag()).isEqualTo(tag);
            assertThat(referrer.descriptor().annotations()).isEmpty();
        });
    }

    @Test
    void anotherDirectoryAndAStoreAreRefused() throws IOException {
        Path other = Files.createDirectory(out.resolve("other"));
        Files.writeString(other.resolve("notes"), "mine");

        assertThatThrownBy(() -> export(other, APP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no OCI layout");
        assertThatThrownBy(() -> export(store.store().root(), APP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a store of jpull");
        Path link = Files.createSymbolicLink(out.resolve("link"), store.store().root());
        for (Path inside : List.of(
                store.store().root().resolve("sub"),
                store.store().root().resolve("ingest"),
                store.store().root().resolve("blobs/sha256/sub"),
                link,
                link.resolve("blobs/sub"))) {
            assertThatThrownBy(() -> export(inside, APP))
                    .as(inside.toString())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("a store of jpull");
            assertThatThrownBy(() ->
                            TargetLayout.requireUsable(inside, store.store().root()))
                    .hasMessageContaining("a store of jpull");
        }
        assertThat(other.resolve("notes")).hasContent("mine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"blobs", "blobs/sha256"})
    @EnabledOnOs(OS.LINUX)
    void aLinkInThePlaceOfADirectoryOfALayoutIsRefused(String name) throws IOException {
        Path victim = Files.createDirectory(out.resolve("victim"));
        for (Path planted : List.of(victim, store.store().root().resolve(name))) {
            Path layout = Files.createTempDirectory(out, "layout");
            Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
            Path link = layout.resolve(name);
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, planted);

            assertThatThrownBy(() -> export(layout, APP))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("cannot write " + link + ": it is a symbolic link")
                    .hasMessageEndingWith("but must be a directory: remove it, or name another directory");
            assertThat(layout.resolve("index.json")).doesNotExist();
        }
        assertThat(victim).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"imageLayoutVersion\":\"9.9\"}", "{}", "{\"imageLayoutVersion\":1}", "[", ""})
    void aLayoutOfAnotherVersionIsRefused(String version) throws IOException {
        Path layout = Files.createDirectory(out.resolve("layout"));
        Files.writeString(layout.resolve("oci-layout"), version);

        assertThatThrownBy(() -> export(layout, APP))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(layout.resolve("oci-layout").toString())
                .hasMessageEndingWith("name another directory");
        assertThat(layout.resolve("oci-layout")).hasContent(version);
        assertThat(layout.resolve("blobs")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[{}]", "[1e999]", "[null]", "[{\"mediaType\":\"a/b\",\"digest\":\"sha256:1\",\"size\":1}]", "{}"
            })
    void anIndexWhoseEntriesAreNoDescriptorsIsRefused(String entries) throws IOException {
        Path layout = out.resolve("layout");
        export(layout, APP);
        String index = "{\"schemaVersion\":2,\"manifests\":" + entries + "}";
        Files.writeString(layout.resolve("index.json"), index);

        assertThatThrownBy(() -> export(layout, TOOL))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("index.json of the OCI layout is damaged: \"manifests")
                .hasMessageEndingWith("name another directory");
        assertThat(layout.resolve("index.json")).hasContent(index);
    }

    @Test
    void anEmptyDirectoryBecomesAnOciLayout() throws IOException {
        export(out, APP);

        assertThat(out.resolve("index.json")).exists();
    }

    @Test
    void aDirectoryWhoseExportFailsIsNotThere() throws IOException {
        damage(ONE.largestBlob(), true);

        assertThatThrownBy(() -> Exports.of(APP).verifying().from(store).to(out.resolve("layout")))
                .isInstanceOf(IntegrityException.class);
        assertThat(left()).isEmpty();
    }
}
