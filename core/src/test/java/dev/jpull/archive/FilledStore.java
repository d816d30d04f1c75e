// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.ImageStore;
import dev.jpull.testdata.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** A store with test images. */
final class FilledStore {
    private final ImageStore store;

    FilledStore(Path root) {
        store = ImageStore.open(root, false);
    }

    ImageStore store() {
        return store;
    }

    /** Puts an image with all of its content. */
    FilledStore put(String name, TestImage image) throws IOException {
        return put(name, image, blob -> true);
    }

    /** Puts an image with a part of its blobs; its documents are there. */
    FilledStore put(String name, TestImage image, Predicate<String> kept) throws IOException {
        write(image, kept);
        store.index().put(name, rootOf(image), Map.of(), () -> true);
        return this;
    }

    /** Puts an artifact that refers to an image, which has a name already. */
    FilledStore refer(String name, TestImage image, TestImage artifact, String artifactType, String subject)
            throws IOException {
        return refer(name, image, artifact, artifactType, subject, "");
    }

    /** The same by a tag, which may be empty. */
    FilledStore refer(String name, TestImage image, TestImage artifact, String artifactType, String subject, String tag)
            throws IOException {
        write(artifact, blob -> true);
        Referrer referrer = new Referrer(rootOf(artifact), artifactType, Digest.parse(subject), tag);
        store.index().put(name, rootOf(image), List.of(), Map.of(), List.of(referrer), () -> true);
        return this;
    }

    private void write(TestImage image, Predicate<String> kept) throws IOException {
        for (Map.Entry<String, TestImage.Document> document : image.documents().entrySet()) {
            write(document.getKey(), document.getValue().content());
        }
        for (Map.Entry<String, byte[]> blob : image.blobs().entrySet()) {
            if (kept.test(blob.getKey())) {
                write(blob.getKey(), blob.getValue());
            }
        }
    }

    private void write(String digest, byte[] content) throws IOException {
        Path file = store.pathOf(Digest.parse(digest));
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        if (Files.notExists(file)) { // a reader never sees a part of it
            Path part = Files.write(file.resolveSibling(file.getFileName() + ".part"), content);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    static Descriptor rootOf(TestImage image) {
        TestImage.Document root = image.document(image.rootDigest());
        return new Descriptor(new MediaType(root.mediaType()), Digest.parse(image.rootDigest()), root.content().length);
    }
}
