// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.text.ForeignText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A directory with images: an OCI image layout whose blobs are all verified (OCI image-spec, image-layout.md). A blob has
 * its name only once size and digest are right and the bytes are on disk. Many threads, engines and processes may use
 * one store at the same time.
 */
public final class ImageStore {
    private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";
    private static final String LAYOUT_FILE = "oci-layout";
    private static final System.Logger LOGGER = System.getLogger(ImageStore.class.getName());
    private static final int MAX_LAYOUT_FILE = 4096;
    private static final String BLOB_LOCKS = "blobs.lock";
    /** Digits of a digest that make the position of its lock; as many as a positive number has room for. */
    private static final int LOCK_DIGITS = 15;
    /** What may be in a directory that becomes a store: a store that was not finished, and what file systems and tools put there. */
    private static final Set<String> HARMLESS =
            Set.of("blobs", "ingest", "lost+found", ".gitkeep", ".gitignore", ".DS_Store", "CACHEDIR.TAG");

    private final StoreTree tree;
    private final LockLimits limits;
    /** Files that do not count as there, by the blob whose name they have; see {@link #distrusting}. */
    private final Map<Digest, Object> distrusted;

    private final AtomicBoolean accessWarned = new AtomicBoolean();

    private ImageStore(StoreTree tree, LockLimits limits, Map<Digest, Object> distrusted) {
        this.tree = tree;
        this.limits = limits;
        this.distrusted = distrusted;
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
        return open(root, flushes, LockLimits.STANDARD);
    }

    static ImageStore open(Path root, boolean flushes, LockLimits limits) {
        StoreFiles files = new StoreFiles(flushes);
        StoreTree tree = new StoreTree(root, files);
        ImageStore store = new ImageStore(tree, limits, Map.of());
        try {
            files.createDirectories(root);
            try (StoreDirectory directory = tree.open()) {
                boolean isStore = directory.exists(LAYOUT_FILE);
                if (isStore) {
                    checkLayout(directory);
                } else {
                    refuseOtherContent(directory);
                }
                tree.make("blobs", Digest.Algorithm.SHA256.label()).close();
                tree.make("ingest").close();
                if (!isStore) {
                    try (StoreDirectory partials = tree.partials(Digest.Algorithm.SHA256)) {
                        String written = tree.write(partials, "layout", LAYOUT.getBytes(StandardCharsets.UTF_8));
                        tree.publish(partials, written, directory, LAYOUT_FILE);
                    }
                }
            }
        } catch (IOException e) {
            throw StoreFiles.failure("use the store", root, e);
        }
        new StoreSweeper(store).sweep();
        return store;
    }

    /**
     * Opens a store for reading; nothing is written, so that it may be on a disk that cannot be written to.
     *
     * @throws StoreException if there is none
     */
    public static ImageStore openExisting(Path root) {
        StoreTree tree = new StoreTree(root, new StoreFiles(true));
        try (StoreDirectory directory = tree.open()) {
            if (!directory.exists(LAYOUT_FILE)) {
                throw noStore(root);
            }
            checkLayout(directory);
        } catch (NoSuchFileException e) {
            throw noStore(root);
        } catch (IOException e) {
            throw StoreFiles.failure("read", root.resolve(LAYOUT_FILE), e);
        }
        return new ImageStore(tree, LockLimits.STANDARD, Map.of());
    }

    private static StoreException noStore(Path root) {
        return new StoreException(root + " is no store: it has no oci-layout file; name another one with --store");
    }

    /** A directory with other files is another program's, or the wrong one. */
    private static void refuseOtherContent(StoreDirectory directory) throws IOException {
        List<String> names = directory.names();
        if (names.contains(LAYOUT_FILE)) {
            return; // another process has made it a store since it was looked for
        }
        boolean unfinished = names.contains("blobs");
        for (String name : names) {
            if (!HARMLESS.contains(name)
                    && !(unfinished && name.equals(LayoutIndex.FILE))
                    && !name.startsWith(".nfs")) {
                throw new StoreException(directory.path() + " is no store, but holds other files, such as "
                        + ForeignText.line(name, 80) + ": choose an empty directory, or a new one, with --store");
            }
        }
    }

    private static void checkLayout(StoreDirectory directory) throws IOException {
        Path file = directory.pathOf(LAYOUT_FILE);
        try {
            String version = JsonValue.parse(directory.content(LAYOUT_FILE, MAX_LAYOUT_FILE))
                    .text("imageLayoutVersion");
            if (version == null || !version.startsWith("1.")) {
                throw new StoreException(file + " says layout version "
                        + (version == null ? "nothing" : ForeignText.line(version, 80))
                        + ", but only version 1 is known");
            }
        } catch (RegularFile.TooLargeException e) {
            throw new StoreException(file + " is no oci-layout file: choose another place with --store", e);
        } catch (JsonException e) {
            throw new StoreException(file + " is damaged: " + ForeignText.line(String.valueOf(e.getMessage())), e);
        }
    }

    /**
     * The same store, where the files that these blobs have now do not count as there: they are fetched again, and stay until what
     * is fetched takes their place.
     */
    public ImageStore distrusting(Collection<Digest> blobs) {
        Map<Digest, Object> files = new HashMap<>();
        for (Digest digest : blobs) {
            try (StoreDirectory directory = tree.blobs(digest.algorithm())) {
                BasicFileAttributes there = directory.attributesIfThere(digest.hex());
                if (there != null) {
                    files.put(digest, identity(there));
                }
            } catch (NoSuchFileException e) {
                LOGGER.log(System.Logger.Level.TRACE, "there is no blob of this algorithm", e);
            } catch (IOException e) {
                throw StoreFiles.failure("look for", pathOf(digest), e);
            }
        }
        return new ImageStore(tree, limits, files);
    }

    private static Object identity(BasicFileAttributes file) {
        Object key = file.fileKey();
        return key == null ? file.creationTime() : key; // Windows has no keys
    }

    /** What root should know of who may change the store; nothing for other users, and nothing when it was asked for before. */
    public List<String> accessWarnings() {
        return accessWarned.getAndSet(true) ? List.of() : StoreAccess.warnings(root());
    }

    /** Notes that a blob is needed now, so that it is not the first to be taken away. */
    public void touch(Digest digest) {
        try (StoreDirectory blobs = tree.blobs(digest.algorithm())) {
            blobs.touch(digest.hex());
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
        long bytes = 0;
        for (Descriptor blob : missing(blobs)) {
            long missing = Math.max(0, blob.size() - fetchedOf(blob));
            bytes = bytes > Long.MAX_VALUE - missing ? Long.MAX_VALUE : bytes + missing; // sizes are the image's word
        }
        long free = usableSpace();
        if (free > 0 && bytes > free) {
            throw new StoreException("the disk of " + root() + " has " + free + " bytes left, but "
                    + (bytes == Long.MAX_VALUE ? "more than " : "") + bytes
                    + " have to be fetched: make room, or choose another place with --store");
        }
    }

    /** The directory of the store. */
    public Path root() {
        return tree.root();
    }

    StoreTree tree() {
        return tree;
    }

    /** Where a blob is, or would be. */
    public Path pathOf(Digest digest) {
        return root().resolve("blobs").resolve(digest.algorithm().label()).resolve(digest.hex());
    }

    /** Whether the content is there with the right size; everything that is there was verified when it came. */
    public boolean has(Descriptor descriptor) {
        return missing(List.of(descriptor)).isEmpty();
    }

    /** What is not there with the right size; the directory of the blobs is opened once for all of them. */
    public List<Descriptor> missing(Collection<Descriptor> wanted) {
        List<Descriptor> missing = new ArrayList<>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            List<Descriptor> ofAlgorithm = wanted.stream()
                    .filter(descriptor -> descriptor.digest().algorithm() == algorithm)
                    .toList();
            if (ofAlgorithm.isEmpty()) {
                continue;
            }
            try (StoreDirectory blobs = tree.blobs(algorithm)) {
                for (Descriptor descriptor : ofAlgorithm) {
                    if (!isThere(descriptor, blobs)) {
                        missing.add(descriptor);
                    }
                }
            } catch (NoSuchFileException e) {
                missing.addAll(ofAlgorithm);
            } catch (IOException e) {
                throw StoreFiles.failure("look for blobs in", root(), e);
            }
        }
        return missing;
    }

    private boolean isThere(Descriptor descriptor, StoreDirectory blobs) throws IOException {
        Digest digest = descriptor.digest();
        BasicFileAttributes there = blobs.attributesIfThere(digest.hex());
        return there != null
                && there.isRegularFile()
                && there.size() == descriptor.size()
                && (distrusted.isEmpty() || !identity(there).equals(distrusted.get(digest)));
    }

    /** A small document, verified again, or empty when it is not there or has been damaged. */
    public Optional<byte[]> document(Digest digest, int maxSize) {
        try (StoreDirectory blobs = tree.blobs(digest.algorithm())) {
            byte[] content = blobs.content(digest.hex(), maxSize);
            return digest.matches(content) ? Optional.of(content) : Optional.empty();
        } catch (NoSuchFileException | RegularFile.NotRegularException | RegularFile.TooLargeException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StoreFiles.failure("read", pathOf(digest), e);
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
        try (StoreDirectory partials = tree.partials(digest.algorithm());
                StoreDirectory blobs = tree.make("blobs", digest.algorithm().label())) {
            refuseDirectory(blobs, digest);
            String written = tree.write(partials, "document", content);
            try {
                partials.makeReadOnly(written);
                tree.publish(partials, written, blobs, digest.hex());
            } catch (IOException e) {
                partials.deleteAfter(written, e);
                throw e;
            }
        } catch (IOException e) {
            throw StoreFiles.failure("store", pathOf(digest), e);
        }
    }

    /** A link or a fifo is replaced by the blob; a directory cannot be. */
    private static void refuseDirectory(StoreDirectory blobs, Digest digest) throws IOException {
        BasicFileAttributes there = blobs.attributesIfThere(digest.hex());
        if (there != null && there.isDirectory()) {
            throw RegularFile.refusal(blobs.pathOf(digest.hex()), there, "regular file");
        }
    }

    /**
     * Opens the ingest of a blob, with what earlier pulls left there. Waits while another pull holds it and makes progress; when
     * it makes none for long, the ingest is one beside it that begins anew.
     *
     * @param wait is asked while waiting, and told about it
     * @return the ingest, or empty when the blob is in the store by then or the waiting was given up
     */
    public Optional<Ingest> ingest(Descriptor descriptor, WaitControl wait) {
        Digest digest = descriptor.digest();
        try (StoreDirectory blobs = tree.make("blobs", digest.algorithm().label())) {
            if (isThere(descriptor, blobs)) {
                return Optional.empty();
            }
            refuseDirectory(blobs, digest);
            BlobWait blobWait = new BlobWait(this, descriptor, limits, wait);
            StoreLock lock = lock(digest, blobWait).orElse(null);
            if (lock == null) {
                return blobWait.isStalled()
                        ? Optional.of(Ingest.open(tree, digest.hex() + "." + UUID.randomUUID(), descriptor, null))
                        : Optional.empty();
            }
            Ingest opened = null;
            try {
                if (!isThere(descriptor, blobs)) { // else the one that held it before has committed it
                    opened = Ingest.open(tree, digest.hex(), descriptor, lock);
                }
            } finally {
                if (opened == null) {
                    lock.close();
                }
            }
            return Optional.ofNullable(opened);
        } catch (IOException e) {
            throw StoreFiles.failure(
                    "use",
                    root().resolve("ingest").resolve(digest.algorithm().label()).resolve(digest.hex()),
                    e);
        }
    }

    /** The lock of the ingest of a blob. */
    Optional<StoreLock> lock(Digest digest, StoreLock.StopCondition stop) throws IOException {
        long position = Long.parseLong(digest.hex().substring(0, LOCK_DIGITS), 16);
        return StoreLock.acquire(tree.locks(), BLOB_LOCKS, position, stop);
    }

    private long usableSpace() {
        try {
            return Files.getFileStore(root()).getUsableSpace();
        } catch (IOException e) {
            throw StoreFiles.failure("look at the disk of", root(), e);
        }
    }

    /** How many bytes of a blob this user's pulls have fetched so far, as far as can be seen from outside. */
    public long fetchedOf(Descriptor descriptor) {
        String name = descriptor.digest().hex();
        try (StoreDirectory partials = tree.existingPartials(descriptor.digest().algorithm())) {
            BasicFileAttributes there = partials.attributesIfThere(name);
            if (there == null || !there.isRegularFile()) {
                return 0;
            }
            Optional<ByteRanges> written = new IngestJournal(partials, name).read(descriptor.size());
            return written.isPresent() ? written.get().count() : there.size();
        } catch (NoSuchFileException | RegularFile.NotRegularException e) {
            return 0;
        } catch (IOException e) {
            throw StoreFiles.failure("look at the unfinished blob " + descriptor.digest() + " in", root(), e);
        }
    }

    /** The names of images. */
    public LayoutIndex index() {
        return index(WaitControl.UNLIMITED);
    }

    /**
     * The names of images.
     *
     * @param wait is asked while the lock of the index is waited for, and told about it
     */
    public LayoutIndex index(WaitControl wait) {
        return new LayoutIndex(tree, limits, wait);
    }
}
