// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in a store is right, whatever happened before. */
class ImageStoreTest {
    private static final byte[] CONTENT = "hello world, this is a layer".getBytes(StandardCharsets.UTF_8);
    private static final Descriptor BLOB = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, CONTENT);

    @TempDir
    Path temporary;

    private ImageStore store;

    @BeforeEach
    void open() {
        store = ImageStore.open(temporary);
    }

    private Ingest ingest() {
        return store.ingest(BLOB, () -> true).orElseThrow();
    }

    private Path partial() {
        return temporary.resolve("ingest/sha256").resolve(BLOB.digest().hex());
    }

    @Test
    void aBlobHasItsNameOnlyWhenItIsRight() {
        try (Ingest ingest = ingest()) {
            ingest.write(0, CONTENT, CONTENT.length - 1);
            assertThat(store.has(BLOB)).isFalse();
            ingest.write(CONTENT.length - 1, new byte[] {CONTENT[CONTENT.length - 1]}, 1);
            assertThat(store.has(BLOB)).isFalse();
            assertThat(ingest.commit()).isTrue();
        }
        assertThat(store.has(BLOB)).isTrue();
        assertThat(store.pathOf(BLOB.digest())).hasBinaryContent(CONTENT);
        assertThat(partial()).doesNotExist();
    }

    /** Names are looked at one by one: another user may make any number of files. */
    @Test
    void whatIsOldIsSweptHoweverManyFilesThereAre() throws IOException {
        Path ingest = temporary.resolve("ingest");
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(8)));
        int files = 5_000;
        for (int i = 0; i < files; i++) {
            Path file = Files.createFile(ingest.resolve("index.lock.0." + i + "@host"));
            if (i % 2 == 0) {
                Files.setLastModifiedTime(file, old);
            }
        }
        try (StoreDirectory directory = StoreDirectory.open(ingest)) {
            int[] seen = new int[1];
            assertThatThrownBy(() -> directory.visitNames(name -> {
                        seen[0]++;
                        throw new IOException("enough");
                    }))
                    .hasMessage("enough");
            assertThat(seen[0]).isOne();
            ImageStore.open(temporary);
            assertThat(directory.names().stream().filter(name -> name.contains("@host")))
                    .hasSize(files / 2);
        }
    }

    @Test
    void whatAKilledProcessLeftBesideALockIsSweptAfterDays() throws IOException {
        Path locks = Files.createDirectories(temporary.resolve("ingest/locks"));
        Path old = Files.createFile(locks.resolve("blobs.lock.7.4711@host"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        Path young = Files.createFile(locks.resolve("blobs.lock.8.4711@host"));

        ImageStore.open(temporary);

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void wrongContentIsThrownAway() {
        try (Ingest ingest = ingest()) {
            ingest.write(0, new byte[CONTENT.length], CONTENT.length);
            assertThat(ingest.commit()).isFalse();
            assertThat(ingest.count()).isZero();
            ingest.write(0, CONTENT, CONTENT.length);
            assertThat(ingest.commit()).isTrue();
        }
    }

    @Test
    void whatWasWrittenIsThereForTheNextOne() {
        try (Ingest ingest = ingest()) {
            ingest.write(0, CONTENT, 10);
        }
        try (Ingest ingest = ingest()) {
            assertThat(ingest.count()).isEqualTo(10);
        }
    }

    @Test
    void whatWasWrittenWithHolesIsThereForTheNextOne() {
        try (Ingest ingest = ingest()) {
            ingest.write(5, Arrays.copyOfRange(CONTENT, 5, 8), 3);
            ingest.write(0, CONTENT, 2);
        }
        try (Ingest ingest = ingest()) {
            assertThat(ingest.count()).isEqualTo(5);
            assertThat(ingest.missing()).containsExactly(new ByteRange(2, 5), new ByteRange(8, CONTENT.length));
            ingest.write(8, Arrays.copyOfRange(CONTENT, 8, CONTENT.length), CONTENT.length - 8);
            ingest.write(2, Arrays.copyOfRange(CONTENT, 2, 5), 3);
            assertThat(ingest.commit()).isTrue();
        }
        assertThat(temporary.resolve("ingest/sha256")).isEmptyDirectory();
    }

    @Test
    void aKilledProcessLosesLittleOfWhatItWroteWithHoles() throws IOException {
        byte[] big = new byte[9 << 20];
        Descriptor blob = Descriptor.forContent(BLOB.mediaType(), big);
        try (Ingest ingest = store.ingest(blob, () -> true).orElseThrow()) {
            int piece = 256 << 10;
            for (int at = 0; at < big.length / 3; at += piece) {
                ingest.write(at, big, piece);
                ingest.write(big.length / 2 + at, big, piece);
            }
            // What a kill would leave is what is on disk now.
            Path copy = temporary.resolve("copy");
            ImageStore killed = ImageStore.open(copy);
            Files.createDirectories(copy.resolve("ingest/sha256"));
            for (String suffix : List.of("", ".ranges")) {
                Files.copy(
                        temporary.resolve("ingest/sha256").resolve(blob.digest().hex() + suffix),
                        copy.resolve("ingest/sha256").resolve(blob.digest().hex() + suffix));
            }
            try (Ingest next = killed.ingest(blob, () -> true).orElseThrow()) {
                assertThat(ingest.count() - next.count()).isBetween(0L, (long) (1 << 20));
                for (ByteRange missing : next.missing()) {
                    next.write(missing.start(), big, (int) missing.length());
                }
                assertThat(next.commit()).isTrue();
            }
        }
    }

    @Test
    void aDamagedJournalCostsWhatWasFetchedAndNothingElse() throws IOException {
        try (Ingest ingest = ingest()) {
            ingest.write(5, CONTENT, 3);
        }
        Path journal = partial().resolveSibling(BLOB.digest().hex() + ".ranges");
        byte[] page = Files.readAllBytes(journal);
        page[20] ^= 1;
        Files.write(journal, page);
        try (Ingest ingest = ingest()) {
            assertThat(ingest.count()).isZero();
            ingest.write(0, CONTENT, CONTENT.length);
            assertThat(ingest.commit()).isTrue();
        }
    }

    @Test
    void aPartialBlobThatIsTooLongIsThrownAway() throws IOException {
        Files.createDirectories(partial().getParent());
        Files.write(partial(), new byte[1000]);
        try (Ingest ingest = ingest()) {
            assertThat(ingest.count()).isZero();
        }
    }

    @Test
    void anIngestIsHeldByOne() throws Exception {
        CompletableFuture<Optional<Ingest>> second;
        try (Ingest first = ingest()) {
            second = CompletableFuture.supplyAsync(
                    () -> ImageStore.open(temporary).ingest(BLOB, () -> false));
            assertThat(store.ingest(BLOB, () -> true)).isEmpty();
            first.write(0, CONTENT, CONTENT.length);
            assertThat(first.commit()).isTrue();
        }
        assertThat(second.get(20, TimeUnit.SECONDS))
                .as("the blob is there by then")
                .isEmpty();
        assertThat(temporary.resolve("ingest/sha256")).isEmptyDirectory();
    }

    @Test
    void aBlobOfTheWrongSizeCountsAsAbsent() throws IOException {
        Files.write(store.pathOf(BLOB.digest()), new byte[3]);
        assertThat(store.has(BLOB)).isFalse();
        try (Ingest ingest = ingest()) {
            ingest.write(0, CONTENT, CONTENT.length);
            assertThat(ingest.commit()).isTrue();
        }
        assertThat(store.pathOf(BLOB.digest())).hasBinaryContent(CONTENT);
    }

    @Test
    void aDamagedDocumentCountsAsAbsent() throws IOException {
        store.putDocument(BLOB.digest(), CONTENT);
        assertThat(store.document(BLOB.digest(), 1000)).contains(CONTENT);
        Path path = store.pathOf(BLOB.digest());
        assertThat(path.toFile().setWritable(true)).isTrue();
        Files.write(path, new byte[CONTENT.length]);
        assertThat(store.document(BLOB.digest(), 1000)).isEmpty();
    }

    @Test
    void aDocumentOfAnotherDigestIsRefused() {
        assertThatThrownBy(() -> store.putDocument(Digest.sha256(new byte[1]), CONTENT))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void theIndexKeepsWhatOthersWrote() throws IOException {
        Files.writeString(
                temporary.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"x\",\"digest\":\"" + Digest.sha256(CONTENT)
                        + "\",\"size\":1,\"platform\":{\"os\":\"plan9\"},\"annotations\":{\"org.opencontainers.image.ref.name\":\"other\"}}]}");
        store.index().put("name", BLOB, Map.of(), () -> true);
        store.index().put("name", BLOB, Map.of("a", "b"), () -> true);
        String index = Files.readString(temporary.resolve("index.json"));
        assertThat(index).contains("plan9", "\"a\":\"b\"").containsOnlyOnce("\"name\"");
        assertThat(store.index().find("name")).isPresent();
        assertThat(store.index().find("none")).isEmpty();
    }

    @Test
    void aDamagedIndexIsNamed() throws IOException {
        Files.writeString(temporary.resolve("index.json"), "{");
        assertThatThrownBy(() -> store.index().find("x"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("index.json");
    }

    @Test
    void aLayoutOfTheFutureIsNotTouched() throws IOException {
        Files.writeString(temporary.resolve("oci-layout"), "{\"imageLayoutVersion\":\"2.0.0\"}");
        assertThatThrownBy(() -> ImageStore.open(temporary))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("2.0.0");
    }

    @Test
    void whatCannotBeUsedInTheIndexIsKeptAndListed() throws IOException {
        List<String> strange = List.of(
                "{\"mediaType\":\"x\",\"digest\":\"blake3:00ff\",\"size\":1,\"annotations\":{\"" + LayoutIndex.REF_NAME
                        + "\":\"other\"}}",
                "{\"mediaType\":\"x\",\"digest\":\"sha256:beef\",\"size\":-1}",
                "{\"manifests\":[{\"nested\":[1.5e99]}]}",
                "17",
                "null",
                "{\"digest\":\"" + Digest.sha256(CONTENT) + "\",\"size\":\"many\",\"annotations\":{\""
                        + LayoutIndex.REF_NAME + "\":[]}}");
        Files.writeString(
                temporary.resolve("index.json"),
                "{\"schemaVersion\":2,\"annotations\":{\"of\":\"another\"},\"manifests\":[" + String.join(",", strange)
                        + "]}");
        assertThat(store.index().unknown()).hasSize(5);
        assertThat(store.index().unknown().get(0).name()).isEqualTo("other");
        assertThat(store.index().unknown().get(0).digest()).isEqualTo("blake3:00ff");
        assertThat(store.index().list())
                .as("the one that names content which must be kept")
                .extracting(entry -> entry.root().digest())
                .containsExactly(Digest.sha256(CONTENT));
        store.putDocument(Digest.sha256(CONTENT), CONTENT);
        store.index().put("name", BLOB, Map.of(), () -> true);
        StoreCleaner cleaner = new StoreCleaner(store);
        cleaner.prune(java.time.Duration.ofSeconds(-10), 0, false);
        cleaner.remove(List.of("name"));
        assertThat(store.document(Digest.sha256(CONTENT), 1000)).isPresent();
        assertThat(Files.readString(temporary.resolve("index.json")))
                .contains(strange)
                .contains("\"of\":\"another\"")
                .doesNotContain("\"name\"");
        cleaner.remove(List.of("other"));
        assertThat(store.index().unknown()).hasSize(4);
    }

    @Test
    void sizesThatOverflowNeedMoreThanThereIs() {
        List<Descriptor> blobs = java.util.stream.IntStream.range(0, 3)
                .mapToObj(i -> new Descriptor(BLOB.mediaType(), Digest.sha256(new byte[] {(byte) i}), 1L << 62))
                .toList();
        assertThatThrownBy(() -> store.requireSpace(blobs))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("more than " + Long.MAX_VALUE);
        assertThatThrownBy(() -> store.requireSpace(blobs.subList(0, 1))).isInstanceOf(StoreException.class);
        store.requireSpace(List.of(BLOB));
    }

    @Test
    void aDirectoryOfOtherFilesIsNoStore() throws IOException {
        Path home = Files.createDirectory(temporary.resolve("home"));
        Files.createFile(home.resolve("thesis\u001b[31m.tex"));
        assertThatThrownBy(() -> ImageStore.open(home))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is no store, but holds other files, such as thesis\\u001b[31m.tex")
                .hasMessageContaining("choose an empty directory");
        assertThat(home.resolve("blobs")).doesNotExist();
        Path page = Files.createDirectory(temporary.resolve("page"));
        Files.createFile(page.resolve("index.json"));
        assertThatThrownBy(() -> ImageStore.open(page)).isInstanceOf(StoreException.class);
    }

    @Test
    void anUnfinishedStoreAndALayoutOfAnotherToolAreOpened() throws IOException {
        for (List<String> names : List.of(
                List.<String>of(),
                List.of("lost+found"),
                List.of("blobs", "ingest"),
                List.of("blobs", "blobs/sha256", "ingest", "ingest/locks"))) {
            Path directory = Files.createTempDirectory(temporary, "store");
            for (String name : names) {
                Files.createDirectory(directory.resolve(name));
            }
            ImageStore.open(directory).putDocument(BLOB.digest(), CONTENT);
        }
        Path layout = Files.createDirectory(temporary.resolve("layout"));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}");
        Files.writeString(layout.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[]}");
        Files.createFile(layout.resolve("README"));
        ImageStore.open(layout).putDocument(BLOB.digest(), CONTENT);
    }

    @Test
    void aReplacedBlobIsTheOldOneUntilItIsTheNewOne() throws IOException {
        try (Ingest ingest = ingest()) {
            ingest.write(0, CONTENT, CONTENT.length);
            assertThat(ingest.commit()).isTrue();
        }
        Path blob = store.pathOf(BLOB.digest());
        assertThat(blob.toFile().setWritable(true)).isTrue();
        byte[] damaged = new byte[CONTENT.length];
        Files.write(blob, damaged);
        assertThat(store.has(BLOB)).isTrue();
        ImageStore distrusting = store.distrusting(List.of(BLOB.digest()));
        assertThat(distrusting.has(BLOB)).isFalse();
        try (Ingest ingest = distrusting.ingest(BLOB, () -> true).orElseThrow()) {
            ingest.write(0, CONTENT, CONTENT.length);
            assertThat(blob).hasBinaryContent(damaged);
            assertThat(ingest.commit()).isTrue();
        }
        assertThat(blob).hasBinaryContent(CONTENT);
        assertThat(distrusting.has(BLOB)).isTrue();
    }
}
