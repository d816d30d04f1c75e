// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jpull.error.PullException;
import dev.jpull.testdata.Behaviour;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.ImageFactory.Layer;
import dev.jpull.testdata.LoggedRequest;
import dev.jpull.testdata.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Documents are in memory until the transfer begins: a pull that ends before leaves none of them in the store. */
class HeldDocumentsTest extends MirroredImage {
    HeldDocumentsTest() {
        super(new ImageFactory(41).index(List.of("linux/amd64", "linux/arm64"), new Layer(5000, Compression.GZIP)));
    }

    private List<Path> blobs() throws IOException {
        Path blobs = fixture.store().resolve("blobs");
        if (!Files.exists(blobs)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(blobs)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static boolean isForManifest(LoggedRequest request) {
        return request.path().contains("/manifests/sha256:");
    }

    @Test
    void aPullThatEndsWhileDocumentsAreReadLeavesNone() throws IOException {
        for (TestRegistry registry : List.of(mirror, upstream)) {
            registry.when(HeldDocumentsTest::isForManifest, Behaviour.status(404)); // the index comes
        }
        assertThatThrownBy(() -> fixture.pull(IMAGE)).isInstanceOf(PullException.class);
        assertThat(mirror.requests()).anyMatch(HeldDocumentsTest::isForManifest);
        assertThat(blobs()).isEmpty();
        mirror.behave();
        fixture.pull(IMAGE);
        assertThat(blobs()).isNotEmpty();
    }
}
