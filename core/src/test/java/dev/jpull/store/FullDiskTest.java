// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.Referrer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a disk without a free byte, images can be taken away, and what is left is whole. */
class FullDiskTest {
    @TempDir
    Path disk;

    private ImageStore store;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        assumeTrue(
                Files.getOwner(disk).getName().equals("root")
                        && run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()) == 0,
                "needs root, who can mount a small disk");
        store = ImageStore.open(disk.resolve("store"));
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (store != null) {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** An image of a manifest and one layer, with many annotations in the index. */
    private void image(String name, int seed, int annotations) {
        byte[] layer = new byte[300_000];
        new Random(seed).nextBytes(layer);
        byte[] config = ("{\"os\":\"" + seed + "\"}").getBytes(StandardCharsets.UTF_8);
        put(layer);
        put(config);
        byte[] manifest = ("{\"schemaVersion\":2,\"config\":" + json(MediaType.OCI_CONFIG, config) + ",\"layers\":["
                        + json(MediaType.OCI_LAYER_GZIP, layer) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        put(manifest);
        assertThat(store.index()
                        .put(
                                name,
                                Descriptor.forContent(MediaType.OCI_MANIFEST, manifest),
                                Map.of("long", "x".repeat(annotations)),
                                () -> true))
                .isTrue();
    }

    private void put(byte[] content) {
        store.putDocument(Digest.sha256(content), content);
    }

    private static String json(MediaType type, byte[] content) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + Digest.sha256(content) + "\",\"size\":"
                + content.length + "}";
    }

    private void fill() throws IOException {
        byte[] page = new byte[4096];
        try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
            assertThatThrownBy(() -> {
                        while (true) {
                            out.write(page);
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
        }
        assertThatThrownBy(() -> store.index()
                        .put("more", Descriptor.forContent(MediaType.OCI_MANIFEST, page), Map.of(), () -> true))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the disk is full");
    }

    private void assertWhole(String... names) {
        assertThat(store.index().list()).extracting(LayoutIndex.Entry::name).containsExactly(names);
        assertThat(new StoreVerifier(store, WaitControl.UNLIMITED).verify(false))
                .isEmpty();
    }

    @Test
    void removingWorks() throws IOException {
        image("one", 1, 10);
        image("two", 2, 10);
        image("three", 3, 10);
        fill();
        StoreCleaner.Removed removed = new StoreCleaner(store).remove(List.of("two"));
        assertThat(removed.bytes()).isGreaterThan(300_000);
        assertWhole("one", "three");
    }

    @Test
    void removingWorksWhenTheIndexIsLargerThanAManifest() throws IOException {
        image("one", 1, 200_000);
        image("two", 2, 10);
        fill();
        new StoreCleaner(store).remove(List.of("two"));
        assertWhole("one");
    }

    @Test
    void pruningWorks() throws IOException {
        image("one", 1, 10);
        image("two", 2, 10);
        fill();
        StoreCleaner.Removed removed = new StoreCleaner(store).prune(Duration.ZERO, 400_000, false);
        assertThat(removed.names()).hasSize(1);
        assertWhole(removed.names().contains("one") ? "two" : "one");
    }

    @Test
    void whatNoImageNeedsGoesFirst() throws IOException {
        image("one", 1, 10);
        put(new byte[200_000]);
        image("two", 2, 10);
        fill();
        StoreCleaner.Removed removed = new StoreCleaner(store).prune(Duration.ofSeconds(-10), 400_000, false);
        assertThat(removed.blobs().get(0).size()).isEqualTo(200_000);
        assertWhole(removed.names().contains("one") ? "two" : "one");
    }

    @Test
    void referrersGoWithTheirImageAndThoseOfOthersAreWhole() throws IOException {
        image("one", 1, 10);
        image("two", 2, 10);
        StoreContent content = new StoreContent(store);
        for (String name : List.of("one", "two")) {
            Descriptor root = store.index().find(name).orElseThrow();
            Referrer signature = content.referrer(root.digest(), "signature of " + name);
            content.name(
                    name,
                    root,
                    signature,
                    content.referrer(signature.descriptor().digest(), "of that of " + name));
        }
        fill();
        new StoreCleaner(store).remove(List.of("one"));
        assertWhole("two");
        assertThat(store.index().referrers()).hasSize(2);
        assertThat(new StoreCleaner(store).blobs().keySet())
                .containsExactlyInAnyOrderElementsOf(new StoreCleaner(store)
                        .needed(List.of(store.index().find("two").orElseThrow()))
                        .keySet());
    }

    @Test
    void aProcessThatIsKilledBeforeTheIndexIsWrittenLeavesAnImageThatIsReported() throws IOException {
        image("one", 1, 10);
        image("two", 2, 10);
        fill();
        // what the clean-up frees first
        Files.delete(store.pathOf(store.index().find("two").orElseThrow().digest()));
        assertThat(new StoreVerifier(store, WaitControl.UNLIMITED).verify(false))
                .singleElement()
                .satisfies(bad -> {
                    assertThat(bad.kind()).isEqualTo(StoreVerifier.Kind.MISSING);
                    assertThat(bad.images()).containsExactly("two");
                });
        new StoreCleaner(store).remove(List.of("two"));
        assertWhole("one");
    }
}
