// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.StoreException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A directory with images: an OCI image layout in which every blob is verified (OCI image-spec, image-layout.md). A blob has
 * its name only once size and digest are right and the bytes are on disk. Many threads, engines and processes may use
 * one store at the same time; {@link StoreLocks} says which locks there are and in which order they are taken.
 */
public final class ImageStore {
    private final StoreTree tree;
    private final StoreLocks locks;
    private final BlobFiles blobs;
    private final ParsedIndex index;
    private final AtomicBoolean accessWarned;

    private ImageStore(
            StoreTree tree, StoreLocks locks, BlobFiles blobs, ParsedIndex index, AtomicBoolean accessWarned) {
        this.tree = tree;
        this.locks = locks;
        this.blobs = blobs;
        this.index = index;
        this.accessWarned = accessWarned;
    }

    private static ImageStore of(StoreTree tree, LockLimits limits) {
        return new ImageStore(
                tree,
                new StoreLocks(tree, limits),
                new BlobFiles(tree, Map.of()),
                new ParsedIndex(),
                new AtomicBoolean());
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
     *     with wrong content, which no later pull looks at
     * @throws StoreException if the directory cannot be used
     */
    public static ImageStore open(Path root, boolean flushes) {
        return open(root, flushes, Clock.systemUTC());
    }

    /**
     * The same, with another clock for the dates at which content was used.
     *
     * @param clock gives these dates
     */
    public static ImageStore open(Path root, boolean flushes, Clock clock) {
        return open(root, new StoreFiles(flushes, clock), LockLimits.STANDARD);
    }

    static ImageStore open(Path root, boolean flushes, LockLimits limits) {
        return open(root, new StoreFiles(flushes), limits);
    }

    private static ImageStore open(Path root, StoreFiles files, LockLimits limits) {
        StoreTree tree = new StoreTree(root, files, null);
        StoreLayout.make(tree);
        ImageStore store = of(tree, limits);
        new StoreSweeper(store).sweep();
        return store;
    }

    /**
     * Refuses a path at which something else is than a directory.
     *
     * @throws StoreException if a file is there
     */
    public static void requireDirectory(Path root) {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw StoreFiles.failure("use the store", root, new NotDirectoryException(root.toString()));
        }
    }

    /**
     * Opens a store for reading; nothing is written, so that it may be on a disk that cannot be written to.
     *
     * @throws StoreException if there is none
     */
    public static ImageStore openExisting(Path root) {
        StoreTree tree = new StoreTree(root, new StoreFiles(true), null);
        StoreLayout.requireStore(tree);
        return of(tree, LockLimits.STANDARD);
    }

    /** The store when it is complete enough to be read; a pull that is making it at this moment does no harm. */
    public static Optional<ImageStore> ifThere(Path root) {
        return Files.exists(root.resolve(StoreLayout.LAYOUT_FILE), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(openExisting(root))
                : Optional.empty();
    }

    /** Whether no pull has made a store there yet: there is no such directory, or nothing is in it. */
    public static boolean isAbsent(Path root) {
        if (Files.notExists(root, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try (DirectoryStream<Path> content = Files.newDirectoryStream(root)) {
            return !content.iterator().hasNext();
        } catch (IOException | DirectoryIteratorException e) {
            return false; // opening the store says what is wrong with the path
        }
    }

    /**
     * The same store, where the files that these blobs have now do not count as there: they are fetched again, and stay until what
     * is fetched takes their place.
     */
    public ImageStore distrusting(Collection<Digest> digests) {
        return new ImageStore(tree, locks, blobs.distrusting(digests), index, new AtomicBoolean());
    }

    /** The same store for one pull: its directories stay open until the session is closed, or the one that it is within. */
    public StoreSession session() {
        if (tree.directories() != null) {
            return new StoreSession(this, null);
        }
        OpenDirectories directories = new OpenDirectories();
        StoreTree opened = new StoreTree(root(), tree.files(), directories);
        return new StoreSession(
                new ImageStore(
                        opened,
                        new StoreLocks(opened, locks.limits()),
                        new BlobFiles(opened, blobs.distrusted()),
                        index,
                        accessWarned),
                directories);
    }

    /** The directory of the store. */
    public Path root() {
        return tree.root();
    }

    /** Whether content is on the disk before it has its name. */
    public boolean flushes() {
        return tree.files().flushes();
    }

    /** The name of directories for this user alone. */
    public String directoryOfUser() {
        return StoreTree.nameOfUser();
    }

    StoreTree tree() {
        return tree;
    }

    StoreLocks locks() {
        return locks;
    }

    /** A warning for root about other users with write access to the store; empty for other users, and after the first call. */
    public List<String> accessWarnings() {
        return accessWarned.getAndSet(true) ? List.of() : StoreAccess.warnings(root());
    }

    /** The path of a blob, whether or not it is there. */
    public Path pathOf(Digest digest) {
        return blobs.pathOf(digest);
    }

    /** Whether the content is there with the right size; everything that is there was verified when it came. */
    public boolean has(Descriptor descriptor) {
        return missing(List.of(descriptor)).isEmpty();
    }

    /** What is not there with the right size. */
    public List<Descriptor> missing(Collection<Descriptor> wanted) {
        return blobs.missing(wanted);
    }

    /** A small document, verified again, or empty when it is not there or has been damaged. */
    public Optional<byte[]> document(Digest digest, int maxSize) {
        return blobs.document(digest, maxSize);
    }

    /**
     * Opens a blob for reading. Its bytes were verified when it came, and may have been damaged since.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there
     * @throws IOException if it cannot be opened, is no regular file, or has another size
     */
    public FileChannel openBlob(Descriptor descriptor) throws IOException {
        return blobs.open(descriptor);
    }

    /** Stores a small document under its digest. */
    public void putDocument(Digest digest, byte[] content) {
        blobs.putDocument(digest, content);
    }

    /** Notes that a blob is needed now, so that it is not the first to be deleted. */
    public void touch(Digest digest) {
        blobs.touch(digest);
    }

    /**
     * Checks that the disk has room for content before its transfer begins.
     *
     * @param wanted what is needed
     */
    public void requireSpace(Collection<Descriptor> wanted) {
        long bytes = 0;
        for (Descriptor blob : missing(wanted)) {
            long missing = Math.max(0, blob.size() - fetchedOf(blob));
            bytes = bytes > Long.MAX_VALUE - missing ? Long.MAX_VALUE : bytes + missing; // sizes are the image's word
        }
        if (bytes == 0) {
            return;
        }
        long free = root().toFile().getUsableSpace(); // 0 when unknown; the way of Files reads all mounts first
        if (free > 0 && bytes > free) {
            throw StoreFiles.unusable(
                    "the disk of " + root() + " has " + free + " bytes left, but "
                            + (bytes == Long.MAX_VALUE ? "more than " : "") + bytes
                            + " have to be fetched: free some space, or choose another directory for the store",
                    null);
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

    /**
     * Opens the ingest of a blob, with what earlier pulls left there. Waits while another pull holds it and makes progress; when
     * it makes none for long, the ingest is one beside it that begins anew.
     *
     * @param wait is asked while waiting, and told about it
     * @return the ingest, or empty when the blob is in the store by then or the waiting was given up
     */
    public Optional<Ingest> ingest(Descriptor descriptor, WaitControl wait) {
        Digest digest = descriptor.digest();
        try (StoreDirectory directory =
                tree.make(StoreLayout.BLOBS, digest.algorithm().label())) {
            if (blobs.isThere(descriptor, directory)) {
                return Optional.empty();
            }
            BlobFiles.refuseDirectory(directory, digest);
            BlobWait blobWait = new BlobWait(this, descriptor, locks.limits(), wait);
            StoreLock lock = locks.ingest(digest, blobWait).orElse(null);
            if (lock == null) {
                return blobWait.isStalled()
                        ? Optional.of(Ingest.open(tree, digest.hex() + "." + UUID.randomUUID(), descriptor, null))
                        : Optional.empty();
            }
            Ingest opened = null;
            try {
                if (!blobs.isThere(descriptor, directory)) { // else the one that held it before has committed it
                    opened = Ingest.open(tree, digest.hex(), descriptor, lock);
                }
            } finally {
                if (opened == null) {
                    lock.close();
                }
            }
            return Optional.ofNullable(opened);
        } catch (IOException e) {
            throw StoreFiles.failure("use", StoreLayout.ingestOf(root(), digest), e);
        }
    }

    /**
     * A writer of content whose digest is not known yet.
     *
     * @throws StoreException if the store cannot be written
     */
    public BlobWriter newBlob() {
        return BlobWriter.open(tree);
    }

    /**
     * Opens a blob for reading while it comes into the store, or when it is there.
     *
     * @param cancelled ends the reading, within one read of what is there
     */
    public BlobFollower follow(BlobFront front, BooleanSupplier cancelled) {
        return new BlobFollower(tree, front, cancelled);
    }

    /** The names of images. */
    public LayoutIndex index() {
        return index(WaitControl.UNLIMITED);
    }

    /**
     * The names of images.
     *
     * @param wait is asked while the index lock is waited for, and told about it
     */
    public LayoutIndex index(WaitControl wait) {
        return new LayoutIndex(tree, locks, index, wait);
    }
}
