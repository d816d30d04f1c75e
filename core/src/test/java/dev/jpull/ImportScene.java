// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.Digest;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import dev.jpull.testdata.ImageFactory;
import dev.jpull.testdata.ImageFactory.Compression;
import dev.jpull.testdata.TestImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A store, and archives that are imported into it. */
final class ImportScene {
    static final TestImage IMAGE = new ImageFactory(14)
            .image(
                    "linux/amd64",
                    new ImageFactory.Layer(3000, Compression.GZIP),
                    new ImageFactory.Layer(200_000, Compression.NONE));

    private final Path directory;
    private final Path store;

    ImportScene(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("store");
    }

    Path store() {
        return store;
    }

    LocalStore local() {
        return LocalStore.openOrCreate(store, notice -> {});
    }

    /** Imports from a stream. */
    ImportReport stream(byte[] archive, ImportOptions options) {
        return local().importArchive(new ByteArrayInputStream(archive), options);
    }

    /** Imports from a file. */
    ImportReport file(byte[] archive, ImportOptions options) throws IOException {
        Path file = directory.resolve("archive.tar");
        Files.write(file, archive);
        return local().importArchive(file, options);
    }

    /** Imports from a stream, with the default options. */
    ImportReport stream(byte[] archive) {
        return stream(archive, ImportOptions.defaults());
    }

    /** The images of the store as {@code NAME@DIGEST}. */
    List<String> images() {
        return ImageStore.open(store).index().list().stream()
                .map(entry -> entry.name() + "@" + entry.root().digest())
                .toList();
    }

    LayoutIndex index() {
        return ImageStore.open(store).index();
    }

    /** Whether the store has this content. */
    boolean has(String digest) {
        return Files.exists(ImageStore.open(store).pathOf(Digest.parse(digest)));
    }

    /** What is wrong in the store. */
    List<LocalStore.Damage> damage() {
        return local().verify(false);
    }

    /** The files of unfinished content. */
    List<String> unfinished() throws IOException {
        Path ingest = store.resolve("ingest/sha256");
        if (!Files.isDirectory(ingest)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(ingest)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
