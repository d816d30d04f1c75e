// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * A directory with images: an OCI image layout whose blobs are all verified (OCI image-spec, image-layout.md). A blob has
 * its name only once size and digest are right and the bytes are on disk. Many threads, engines and processes may use
 * one store at the same time.
 */
public final class ImageStore {
    private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";
    private static final int MAX_LAYOUT_FILE = 4096;

    private final Path root;

    private ImageStore(Path root) {
        this.root = root;
    }

    /**
     * Opens a store, and makes it when it is not there.
     *
     * @throws StoreException if the directory cannot be used
     */
    public static ImageStore open(Path root) {
        try {
            Files.createDirectories(root.resolve("blobs").resolve("sha256"));
            Files.createDirectories(root.resolve("ingest"));
        } catch (IOException e) {
            throw StoreFiles.failure("use the store", root, e);
        }
        ImageStore store = new ImageStore(root);
        store.ensureLayout();
        return store;
    }

    /** The directory of the store. */
    public Path root() {
        return root;
    }

    /** Where a blob is, or would be. */
    public Path pathOf(Digest digest) {
        return root.resolve("blobs").resolve(digest.algorithm().label()).resolve(digest.hex());
    }

    /** Whether the content is there with the right size; everything that is there was verified when it came. */
    public boolean has(Descriptor descriptor) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(pathOf(descriptor.digest()), BasicFileAttributes.class);
            return attributes.isRegularFile() && attributes.size() == descriptor.size();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw StoreFiles.failure("look for", pathOf(descriptor.digest()), e);
        }
    }

    /** A small document, verified again, or empty when it is not there or has been damaged. */
    public Optional<byte[]> document(Digest digest, int maxSize) {
        Path path = pathOf(digest);
        try {
            if (Files.size(path) > maxSize) {
                return Optional.empty();
            }
            byte[] content = Files.readAllBytes(path);
            return digest.matches(content) ? Optional.of(content) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StoreFiles.failure("read", path, e);
        }
    }

    /** Stores a small document under its digest. */
    public void putDocument(Digest digest, byte[] content) {
        if (!digest.matches(content)) {
            throw new IntegrityException("the content does not have the digest " + digest);
        }
        Path temporary = root.resolve("ingest").resolve("document-" + UUID.randomUUID());
        try {
            StoreFiles.writeNew(temporary, content);
            StoreFiles.makeReadOnly(temporary);
            StoreFiles.publish(temporary, pathOf(digest));
        } catch (IOException e) {
            deleteQuietly(temporary, e);
            throw StoreFiles.failure("store", pathOf(digest), e);
        }
    }

    /**
     * Opens the ingest of a blob, with what earlier pulls left there. Waits while somebody else holds it.
     *
     * @param giveUp is asked while waiting
     * @return the ingest, or empty when the blob is in the store by then or the waiting was given up
     */
    public Optional<Ingest> ingest(Descriptor descriptor, BooleanSupplier giveUp) {
        Digest digest = descriptor.digest();
        Path file = root.resolve("ingest").resolve(digest.algorithm().label()).resolve(digest.hex());
        if (has(descriptor)) {
            return Optional.empty();
        }
        try {
            FileMutex mutex = FileMutex.acquire(file.resolveSibling(digest.hex() + ".lock"), giveUp)
                    .orElse(null);
            if (mutex == null) {
                return Optional.empty();
            }
            if (has(descriptor)) { // whoever held it before has committed it
                mutex.close();
                return Optional.empty();
            }
            return Optional.of(Ingest.open(file, pathOf(digest), descriptor, mutex));
        } catch (IOException e) {
            throw StoreFiles.failure("use", file, e);
        }
    }

    /** The names of images. */
    public LayoutIndex index() {
        return new LayoutIndex(root);
    }

    private void ensureLayout() {
        Path file = root.resolve("oci-layout");
        try {
            if (Files.exists(file)) {
                checkLayout(file);
                return;
            }
            Path temporary = root.resolve("ingest").resolve("layout-" + UUID.randomUUID());
            StoreFiles.writeNew(temporary, LAYOUT.getBytes(StandardCharsets.UTF_8));
            StoreFiles.publish(temporary, file);
        } catch (FileAlreadyExistsException e) {
            throw StoreFiles.failure("use the store", root, e);
        } catch (IOException e) {
            throw StoreFiles.failure("write", file, e);
        }
    }

    private static void checkLayout(Path file) throws IOException {
        try {
            if (Files.size(file) > MAX_LAYOUT_FILE) {
                throw new StoreException(file + " is no oci-layout file: choose another place with --store");
            }
            String version = JsonValue.parse(Files.readAllBytes(file)).text("imageLayoutVersion");
            if (version == null || !version.startsWith("1.")) {
                throw new StoreException(file + " says layout version " + version + ", but only version 1 is known");
            }
        } catch (JsonException e) {
            throw new StoreException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static void deleteQuietly(Path file, IOException cause) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
