// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.ByteRange;
import dev.jpull.store.ImageStore;
import dev.jpull.store.Ingest;
import dev.jpull.store.LayoutIndex;
import dev.jpull.store.StoreCleaner;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power is cut at every step of two pulls and a clean-up, with more or less of what was not flushed on the disk: what has a
 * name is what its name says, a listed image is complete, and the next pull succeeds.
 */
class PowerCutTest {
    private static final int STATES = 12_000;
    private static final TestImage ONE = new ImageFactory(53)
            .image("linux/amd64", new Layer(3_000, Compression.NONE), new Layer(500, Compression.GZIP));
    private static final TestImage TWO = new ImageFactory(54).image("linux/amd64", new Layer(2_500, Compression.NONE));

    private static final byte[] NO_CONTENT = "{}".getBytes(StandardCharsets.UTF_8);
    private static final Descriptor NOTHING =
            Descriptor.forContent(new MediaType("application/vnd.oci.empty.v1+json"), NO_CONTENT);
    /** What refers to the images, with one configuration for all, which a clean-up must leave. */
    private static final Map<Digest, List<byte[]>> SIGNATURES = Map.of(
            Digest.parse(ONE.rootDigest()),
            List.of(signature(ONE, 1), signature(ONE, 2)),
            Digest.parse(TWO.rootDigest()),
            List.of(signature(TWO, 1)));

    @TempDir
    Path temporary;

    @Test
    void nothingWrongHasANameWheneverThePowerIsCut() throws IOException {
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        DiskLog log = new DiskLog(disk);
        Path recorded = new RecordingFiles(log).wrap(disk).resolve("store");
        ImageStore store = ImageStore.open(recorded);
        pull(store, "one", ONE, new Random(1));
        pull(store, "two", TWO, new Random(2));
        new StoreCleaner(store).remove(List.of("one"));
        pull(store, "one", ONE, new Random(3));
        assertRight(ImageStore.open(disk.resolve("store")));
        assertThat(log.size()).isGreaterThan(100);
        for (int i = 0; i < STATES; i++) {
            Random random = new Random(i);
            int after = i % (log.size() + 1);
            Path copy = temporary.resolve("copy");
            log.crash(after, random, copy);
            try {
                ImageStore left = ImageStore.open(copy.resolve("store"));
                assertRight(left);
                if (i % 10 == 0) {
                    pull(left, "one", ONE, random);
                    assertRight(left);
                    assertThat(left.index().find("one")).isPresent();
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("state " + i + ", after step " + after + " of " + log.size(), e);
            }
            delete(copy);
        }
    }

    @Test
    void theNamesOfAllBlobsAreFlushedOnceForAnImage() throws IOException {
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        DiskLog log = new DiskLog(disk);
        Path recorded = new RecordingFiles(log).wrap(disk).resolve("store");
        pull(ImageStore.open(recorded), "one", ONE, new Random(1));
        assertThat(log.flushesOf(disk.resolve("store/blobs/sha256"))).isOne();
    }

    /** As a pull does it: documents, blobs in pieces of any order, and then the name. */
    private static void pull(ImageStore store, String name, TestImage image, Random random) {
        List<Descriptor> needed = new ArrayList<>();
        image.documents().forEach((digest, document) -> {
            store.putDocument(Digest.parse(digest), document.content());
            needed.add(new Descriptor(
                    new MediaType(document.mediaType()), Digest.parse(digest), document.content().length));
        });
        for (byte[] blob : image.blobs().values()) {
            Descriptor descriptor = Descriptor.forContent(MediaType.OCI_LAYER_GZIP, blob);
            needed.add(descriptor);
            store.ingest(descriptor, () -> true).ifPresent(ingest -> fill(ingest, blob, random));
        }
        Descriptor root = needed.stream()
                .filter(descriptor -> descriptor.digest().toString().equals(image.rootDigest()))
                .findFirst()
                .orElseThrow();
        List<Referrer> referrers = new ArrayList<>();
        store.putDocument(NOTHING.digest(), NO_CONTENT);
        needed.add(NOTHING);
        for (byte[] content : SIGNATURES.getOrDefault(root.digest(), List.of())) {
            Descriptor signature = Descriptor.forContent(MediaType.OCI_MANIFEST, content);
            store.putDocument(signature.digest(), content);
            needed.add(signature);
            referrers.add(new Referrer(signature, "application/sig", root.digest(), ""));
        }
        boolean named = store.index()
                .put(
                        name,
                        root,
                        List.of(),
                        Map.of(),
                        referrers,
                        () -> needed.stream().allMatch(store::has));
        assertThat(named).isTrue();
    }

    /** A manifest that refers to an image. */
    private static byte[] signature(TestImage subject, int number) {
        return ("{\"schemaVersion\":2,\"config\":" + json(NOTHING) + ",\"layers\":[],\"subject\":"
                        + json(new Descriptor(
                                MediaType.OCI_MANIFEST,
                                Digest.parse(subject.rootDigest()),
                                subject.document(subject.rootDigest()).content().length))
                        + ",\"annotations\":{\"number\":\"" + number + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String json(Descriptor descriptor) {
        return "{\"mediaType\":\"" + descriptor.mediaType() + "\",\"digest\":\"" + descriptor.digest() + "\",\"size\":"
                + descriptor.size() + "}";
    }

    private static void fill(Ingest ingest, byte[] blob, Random random) {
        try (ingest) {
            do {
                List<ByteRange> pieces = new ArrayList<>();
                for (ByteRange gap : ingest.missing()) {
                    long middle = gap.start() + gap.length() / 2;
                    if (middle > gap.start()) {
                        pieces.add(new ByteRange(gap.start(), middle));
                    }
                    pieces.add(new ByteRange(middle, gap.end()));
                }
                Collections.shuffle(pieces, random);
                for (ByteRange piece : pieces) {
                    byte[] bytes = Arrays.copyOfRange(blob, (int) piece.start(), (int) piece.end());
                    ingest.write(piece.start(), bytes, bytes.length);
                }
            } while (!ingest.commit()); // what an earlier one left may be wrong
        }
    }

    private static void assertRight(ImageStore store) throws IOException {
        StoreCleaner cleaner = new StoreCleaner(store);
        for (StoreCleaner.Blob blob : cleaner.blobs().values()) {
            assertThat(Digest.sha256(Files.readAllBytes(blob.path()))).isEqualTo(blob.digest());
        }
        for (LayoutIndex.Entry entry : store.index().list()) {
            assertThat(cleaner.needed(List.of(entry.root())).values())
                    .hasSizeGreaterThan(4)
                    .allSatisfy(descriptor -> assertThat(store.has(descriptor))
                            .as(descriptor.toString())
                            .isTrue());
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
