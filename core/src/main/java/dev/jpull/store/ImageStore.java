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
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
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
    private static final System.Logger LOGGER = System.getLogger(ImageStore.class.getName());
    private static final int LOCK_DIGITS = 3;
    private static final int MAX_LAYOUT_FILE = 4096;

    private final Path root;

    private final StoreFiles files;

    private ImageStore(Path root, StoreFiles files) {
        this.root = root;
        this.files = files;
    }

    /**
     * Opens a store, and makes it when it is not there.
     *
     * @throws StoreException if the directory cannot be used
     */
    public static ImageStore open(Path root) {
        return open(root, true);
    }

    /**
     * Opens a store, and makes it when it is not there.
     *
     * @param flushes whether content is on the disk before it has its name; without, a crash of the machine can leave a blob
     *     that is none, and that nobody looks at again
     * @throws StoreException if the directory cannot be used
     */
    public static ImageStore open(Path root, boolean flushes) {
        StoreFiles files = new StoreFiles(flushes);
        try {
            files.createDirectories(root.resolve("blobs").resolve("sha256"));
            Files.createDirectories(root.resolve("ingest"));
        } catch (IOException e) {
            throw StoreFiles.failure("use the store", root, e);
        }
        ImageStore store = new ImageStore(root, files);
        store.ensureLayout();
        new StoreCleaner(store).sweep();
        return store;
    }

    /**
     * Opens a store for reading; nothing is written, so that it may be on a disk that cannot be written to.
     *
     * @throws StoreException if there is none
     */
    public static ImageStore openExisting(Path root) {
        Path layout = root.resolve("oci-layout");
        if (!Files.isRegularFile(layout)) {
            throw new StoreException(root + " is no store: it has no oci-layout file; name another one with --store");
        }
        try {
            checkLayout(layout);
        } catch (IOException e) {
            throw StoreFiles.failure("read", layout, e);
        }
        return new ImageStore(root, new StoreFiles(true));
    }

    /** Notes that a blob is needed now, so that it is not the first to be taken away. */
    public void touch(Digest digest) {
        try {
            Files.setLastModifiedTime(pathOf(digest), FileTime.from(Instant.now()));
        } catch (IOException e) {
            // A blob of another user, or a disk that cannot be written to: it only counts as older than it is.
            LOGGER.log(System.Logger.Level.DEBUG, "cannot touch a blob", e);
        }
    }

    /**
     * Refuses to begin with what the disk has no room for.
     *
     * @param blobs what is needed
     */
    public void requireSpace(Collection<Descriptor> blobs) {
        long bytes = blobs.stream()
                .filter(blob -> !has(blob))
                .mapToLong(blob -> blob.size() - fetchedOf(blob))
                .sum();
        long free = usableSpace();
        if (free > 0 && bytes > free) {
            throw new StoreException("the disk of " + root + " has " + free + " bytes left, but " + bytes
                    + " have to be fetched: make room, or choose another place with --store");
        }
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
        if (document(digest, content.length).isPresent()) {
            touch(digest);
            return;
        }
        Path temporary = root.resolve("ingest").resolve("document-" + UUID.randomUUID());
        try {
            files.writeNew(temporary, content);
            StoreFiles.makeReadOnly(temporary);
            files.publish(temporary, pathOf(digest));
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
        Path file = partial(digest);
        if (has(descriptor)) {
            return Optional.empty();
        }
        try {
            Files.createDirectories(StoreFiles.parent(file));
            FileMutex mutex = FileMutex.acquire(lockOf(digest.hex()), giveUp).orElse(null);
            if (mutex == null) {
                return Optional.empty();
            }
            if (has(descriptor)) { // whoever held it before has committed it
                mutex.close();
                return Optional.empty();
            }
            return Optional.of(Ingest.open(file, pathOf(digest), descriptor, mutex, files));
        } catch (IOException e) {
            throw StoreFiles.failure("use", file, e);
        }
    }

    private long usableSpace() {
        try {
            return Files.getFileStore(root).getUsableSpace();
        } catch (IOException e) {
            throw StoreFiles.failure("look at the disk of", root, e);
        }
    }

    /** How many bytes of a blob somebody has fetched so far, as far as can be seen from outside. */
    public long fetchedOf(Descriptor descriptor) {
        try {
            Path file = partial(descriptor.digest());
            Optional<ByteRanges> written = new IngestJournal(Ingest.journalOf(file)).read(descriptor.size());
            return written.isPresent() ? written.get().count() : Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw StoreFiles.failure("look at", partial(descriptor.digest()), e);
        }
    }

    /**
     * The lock of an ingest. Locks are files that stay, so there is not one for each blob there ever was: blobs whose digests
     * begin alike share one, and wait for each other.
     */
    Path lockOf(String hex) {
        return root.resolve("ingest").resolve("locks").resolve(hex.substring(0, LOCK_DIGITS) + ".lock");
    }

    private Path partial(Digest digest) {
        return root.resolve("ingest").resolve(digest.algorithm().label()).resolve(digest.hex());
    }

    /** The names of images. */
    public LayoutIndex index() {
        return new LayoutIndex(root, files);
    }

    private void ensureLayout() {
        Path file = root.resolve("oci-layout");
        try {
            if (Files.exists(file)) {
                checkLayout(file);
                return;
            }
            Path temporary = root.resolve("ingest").resolve("layout-" + UUID.randomUUID());
            files.writeNew(temporary, LAYOUT.getBytes(StandardCharsets.UTF_8));
            files.publish(temporary, file);
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
