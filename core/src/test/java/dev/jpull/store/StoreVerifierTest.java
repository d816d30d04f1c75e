// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.store.StoreVerifier.Bad;
import dev.jpull.store.StoreVerifier.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Only a wrong hash condemns a blob, and what an image lacks is reported. */
class StoreVerifierTest {
    private static final byte[] LAYER = "the layer that two images have".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path temporary;

    private ImageStore store;

    @BeforeEach
    void open() {
        store = ImageStore.open(temporary);
    }

    private byte[] put(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        store.putDocument(Digest.sha256(bytes), bytes);
        return bytes;
    }

    private static String json(MediaType type, byte[] content, long size) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + Digest.sha256(content) + "\",\"size\":" + size + "}";
    }

    /** The manifest of an image that has the layer, and says that it has some size. */
    private Descriptor manifest(String config, long size) {
        byte[] stored = put("{\"os\":\"" + config + "\"}");
        return Descriptor.forContent(
                MediaType.OCI_MANIFEST,
                put("{\"schemaVersion\":2,\"config\":" + json(MediaType.OCI_CONFIG, stored, stored.length)
                        + ",\"layers\":[" + json(MediaType.OCI_LAYER_GZIP, LAYER, size) + "]}"));
    }

    private Descriptor index(Descriptor... manifests) {
        List<String> entries = java.util.Arrays.stream(manifests)
                .map(manifest -> "{\"mediaType\":\"" + manifest.mediaType() + "\",\"digest\":\"" + manifest.digest()
                        + "\",\"size\":" + manifest.size() + "}")
                .toList();
        return Descriptor.forContent(
                MediaType.OCI_INDEX, put("{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}"));
    }

    private void name(String name, Descriptor root, Descriptor... pulled) {
        List<Digest> digests =
                java.util.Arrays.stream(pulled).map(Descriptor::digest).toList();
        assertThat(store.index().put(name, root, digests, Map.of(), () -> true)).isTrue();
    }

    private Path layer() {
        return store.pathOf(Digest.sha256(LAYER));
    }

    private List<Bad> verify(boolean remove) {
        return new StoreVerifier(store, WaitControl.UNLIMITED).verify(remove);
    }

    @Test
    void anImageThatIsWrongAboutASizeCondemnsNothing() {
        put(new String(LAYER, StandardCharsets.UTF_8));
        for (long lie : new long[] {0, 1, LAYER.length - 1, LAYER.length + 1, 1L << 62}) {
            name("honest", manifest("honest", LAYER.length));
            name("a-liar", manifest("liar", lie));
            assertThat(verify(true)).singleElement().satisfies(bad -> {
                assertThat(bad.kind()).isEqualTo(Kind.IMAGE);
                assertThat(bad.images()).containsExactly("a-liar");
                assertThat(bad.reason()).contains("the image is wrong", String.valueOf(LAYER.length));
            });
            assertThat(layer()).hasBinaryContent(LAYER);
        }
    }

    @Test
    void aDamagedBlobThatAnImageNeedsStays() throws IOException {
        name("image", manifest("image", LAYER.length));
        Files.write(layer(), new byte[LAYER.length]);
        assertThat(verify(true)).singleElement().satisfies(bad -> {
            assertThat(bad.kind()).isEqualTo(Kind.DAMAGED);
            assertThat(bad.images()).containsExactly("image");
        });
        assertThat(layer()).exists();
    }

    @Test
    void aDamagedBlobThatNoImageNeedsGoes() throws IOException {
        Files.write(layer(), new byte[3]);
        assertThat(verify(false)).singleElement().extracting(Bad::images).isEqualTo(List.of());
        assertThat(layer()).exists();
        verify(true);
        assertThat(layer()).doesNotExist();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aLinkInThePlaceOfABlobIsNone() throws IOException {
        name("image", manifest("image", LAYER.length));
        Path outside = Files.write(temporary.resolve("outside"), LAYER);
        Files.createSymbolicLink(layer(), outside);
        assertThat(store.has(Descriptor.forContent(MediaType.OCI_LAYER_GZIP, LAYER)))
                .isFalse();
        assertThat(verify(true)).singleElement().satisfies(bad -> {
            assertThat(bad.kind()).isEqualTo(Kind.DAMAGED);
            assertThat(bad.reason()).contains("a symbolic link of ");
        });
        try (Ingest ingest = store.ingest(Descriptor.forContent(MediaType.OCI_LAYER_GZIP, LAYER), () -> true)
                .orElseThrow()) {
            ingest.write(0, LAYER, LAYER.length);
            assertThat(ingest.commit()).isTrue();
        }
        assertThat(verify(true)).isEmpty();
        assertThat(outside).hasBinaryContent(LAYER);
        assertThat(Files.isSymbolicLink(layer())).isFalse();
    }

    @Test
    void whatAnImageLacksIsReported() throws IOException {
        Descriptor root = manifest("image", LAYER.length);
        name("image", root);
        assertThat(verify(true)).singleElement().satisfies(bad -> {
            assertThat(bad.kind()).isEqualTo(Kind.MISSING);
            assertThat(bad.path()).isEqualTo(layer());
            assertThat(bad.images()).containsExactly("image");
        });
        Files.delete(store.pathOf(root.digest()));
        assertThat(verify(true)).singleElement().extracting(Bad::kind).isEqualTo(Kind.MISSING);
    }

    @Test
    void ofAnIndexWhatWasPulledIsNeeded() throws IOException {
        Descriptor pulled = manifest("pulled", LAYER.length);
        byte[] other = put("{\"os\":\"other\"}");
        Descriptor withoutLayers = Descriptor.forContent(
                MediaType.OCI_MANIFEST,
                put("{\"schemaVersion\":2,\"config\":" + json(MediaType.OCI_CONFIG, other, other.length)
                        + ",\"layers\":[" + json(MediaType.OCI_LAYER_GZIP, new byte[7], 7) + "]}"));
        Descriptor root = index(withoutLayers, pulled);
        put(new String(LAYER, StandardCharsets.UTF_8));
        name("noted", root, pulled);
        name("of another program", root);
        assertThat(verify(false)).as("the other platform was not pulled").isEmpty();
        Files.delete(layer());
        assertThat(verify(false)).anySatisfy(bad -> {
            assertThat(bad.kind()).isEqualTo(Kind.MISSING);
            assertThat(bad.path()).isEqualTo(layer());
            assertThat(bad.images()).contains("noted");
        });
        put(new String(LAYER, StandardCharsets.UTF_8));
        name("noted", root, withoutLayers);
        assertThat(verify(false))
                .as("both platforms were pulled, one after the other")
                .singleElement()
                .extracting(Bad::images)
                .isEqualTo(List.of("noted"));
    }
}
