// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jpull.image.Descriptor;
import dev.jpull.manifest.Referrer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store with 500 signed images that share layers is listed, verified and cleaned. */
class ManyImagesTest {
    private static final int IMAGES = 500;
    private static final int LAYERS = 40;

    @TempDir
    Path temporary;

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void theOldestGoUntilTheRestIsSmallEnoughAndTheRestIsWhole() throws IOException {
        ImageStore store = ImageStore.open(temporary, false);
        StoreContent content = new StoreContent(store);
        List<Descriptor> layers = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            layers.add(content.layer("layer " + i));
        }
        for (int i = 0; i < IMAGES; i++) {
            Descriptor amd64 = content.image(
                    "image " + i, layers.get(i % LAYERS), layers.get((i + 7) % LAYERS), content.layer("own " + i));
            Descriptor root = content.index(amd64);
            Referrer signature = content.referrer(root.digest(), "signature " + i);
            content.name("image:" + i, root, signature, content.referrer(amd64.digest(), "sbom " + i));
            Files.setLastModifiedTime(store.pathOf(root.digest()), FileTime.fromMillis(1_000L * i));
        }
        List<StoreListing.Listed> all = new StoreListing(store).images();
        assertThat(all).hasSize(IMAGES).allMatch(listed -> listed.referrers() == 2);
        long total = bytes(store);
        StoreCleaner.Removed removed = new StoreCleaner(store).prune(Duration.ofDays(1), total / 2, false);
        int gone = removed.names().size();
        assertThat(bytes(store)).isEqualTo(total - removed.bytes()).isLessThanOrEqualTo(total / 2);
        assertThat(gone).isBetween(IMAGES / 3, IMAGES * 2 / 3);
        assertThat(new StoreListing(store).images()).as("the newest are left").isEqualTo(all.subList(gone, IMAGES));
        assertThat(store.index().referrers()).hasSize(2 * (IMAGES - gone));
        assertThat(new StoreVerifier(store, WaitControl.UNLIMITED).verify(false))
                .isEmpty();
        long oldest = all.get(gone - 1).bytes() + all.get(gone - 1).referrerBytes();
        assertThat(bytes(store) + oldest)
                .as("no image went that could have stayed")
                .isGreaterThan(total / 2);
    }

    private static long bytes(ImageStore store) {
        return new StoreCleaner(store)
                .blobs().values().stream().mapToLong(StoreCleaner.Blob::size).sum();
    }
}
