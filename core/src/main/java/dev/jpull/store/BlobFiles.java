// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.IntegrityException;
import dev.jpull.file.RegularFile;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The blobs that have their names: looks for them, reads and writes small ones. Safe for use by several threads.
 *
 * @param tree the directories of the store
 * @param distrusted the identities of files that do not count as there, by the blob that they are named after
 */
record BlobFiles(StoreTree tree, Map<Digest, Object> distrusted) {
    private static final System.Logger LOGGER = System.getLogger(BlobFiles.class.getName());

    /** The same blobs, without the files that these have now. */
    BlobFiles distrusting(Collection<Digest> blobs) {
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
        return new BlobFiles(tree, files);
    }

    private static Object identity(BasicFileAttributes file) {
        Object key = file.fileKey();
        return key == null ? file.creationTime() : key; // Windows has no keys
    }

    /** The path of a blob, whether or not it is there. */
    Path pathOf(Digest digest) {
        return StoreLayout.pathOf(tree.root(), digest);
    }

    /** Notes that a blob is needed now, so that it is not the first to be deleted. */
    void touch(Digest digest) {
        try (StoreDirectory blobs = tree.blobs(digest.algorithm())) {
            blobs.touch(digest.hex(), tree.files().now());
        } catch (IOException e) {
            // A blob of another user, or a disk that cannot be written to: it only counts as older than it is.
            LOGGER.log(System.Logger.Level.DEBUG, "cannot touch a blob", e);
        }
    }

    /** What is not there with the right size; the directory of the blobs is opened once for all of them. */
    List<Descriptor> missing(Collection<Descriptor> wanted) {
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
                throw StoreFiles.failure("look for blobs in", tree.root(), e);
            }
        }
        return missing;
    }

    boolean isThere(Descriptor descriptor, StoreDirectory blobs) throws IOException {
        Digest digest = descriptor.digest();
        BasicFileAttributes there = blobs.attributesIfThere(digest.hex());
        return there != null
                && there.isRegularFile()
                && there.size() == descriptor.size()
                && (distrusted.isEmpty() || !identity(there).equals(distrusted.get(digest)));
    }

    /** A small document, verified again, or empty when it is not there or has been damaged. */
    Optional<byte[]> document(Digest digest, int maxSize) {
        try (StoreDirectory blobs = tree.blobs(digest.algorithm())) {
            byte[] content = blobs.content(digest.hex(), maxSize);
            return digest.matches(content) ? Optional.of(content) : Optional.empty();
        } catch (NoSuchFileException | RegularFile.NotRegularException | RegularFile.TooLargeException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StoreFiles.failure("read", pathOf(digest), e);
        }
    }

    /**
     * Opens a blob for reading.
     *
     * @throws NoSuchFileException if it is not there
     * @throws IOException if it cannot be opened, is no regular file, or has another size
     */
    FileChannel open(Descriptor descriptor) throws IOException {
        Digest digest = descriptor.digest();
        try (StoreDirectory directory = tree.blobs(digest.algorithm())) {
            FileChannel channel = directory.read(digest.hex());
            if (channel.size() != descriptor.size()) {
                long size = channel.size();
                channel.close();
                throw new FileSystemException(
                        pathOf(digest).toString(), null, "it has " + size + " bytes instead of " + descriptor.size());
            }
            return channel;
        }
    }

    /** Stores a small document under its digest. */
    void putDocument(Digest digest, byte[] content) {
        if (!digest.matches(content)) {
            throw new IntegrityException("the content does not have the digest " + digest);
        }
        if (document(digest, content.length).isPresent()) {
            touch(digest);
            return;
        }
        try (StoreDirectory partials = tree.partials(digest.algorithm());
                StoreDirectory blobs =
                        tree.make(StoreLayout.BLOBS, digest.algorithm().label())) {
            refuseDirectory(blobs, digest);
            String written = tree.write(partials, "document", content);
            try {
                partials.makeReadOnly(written);
                tree.publishBlob(partials, written, blobs, digest.hex());
            } catch (IOException e) {
                partials.deleteAfter(written, e);
                throw e;
            }
        } catch (IOException e) {
            throw StoreFiles.failure("store", pathOf(digest), e);
        }
    }

    /** A link or a fifo is replaced by the blob; a directory cannot be. */
    static void refuseDirectory(StoreDirectory blobs, Digest digest) throws IOException {
        BasicFileAttributes there = blobs.attributesIfThere(digest.hex());
        if (there != null && there.isDirectory()) {
            throw RegularFile.refusal(blobs.pathOf(digest.hex()), there, "regular file");
        }
    }
}
