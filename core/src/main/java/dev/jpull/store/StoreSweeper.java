// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Digest;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Throws away what ended processes left of blobs and documents a long time ago. For use by one thread. */
final class StoreSweeper {
    private static final System.Logger LOGGER = System.getLogger(StoreSweeper.class.getName());
    private static final Duration DEAD_INGEST = Duration.ofDays(7);

    private final ImageStore store;
    private final StoreTree tree;
    private final Instant before = Instant.now().minus(DEAD_INGEST);

    StoreSweeper(ImageStore store) {
        this.store = store;
        this.tree = store.tree();
    }

    /** Looks at the directory that all users share, and at those of this user. */
    void sweep() {
        try (StoreDirectory ingest = tree.open(StoreLayout.INGEST)) {
            sweep(ingest);
            for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
                sweepPartials(algorithm);
            }
            sweepLocks();
        } catch (NoSuchFileException e) {
            return; // nothing was ever pulled, or another process deletes the store
        } catch (IOException e) {
            throw StoreFiles.failure("sweep", tree.root().resolve(StoreLayout.INGEST), e);
        }
    }

    private void sweepPartials(Digest.Algorithm algorithm) throws IOException {
        try (StoreDirectory partials = tree.existingPartials(algorithm)) {
            sweep(partials, algorithm);
        } catch (NoSuchFileException e) {
            return; // no blob of this algorithm was ever pulled
        }
    }

    private void sweepLocks() throws IOException {
        try (StoreDirectory locks = tree.existingLocks()) {
            sweep(locks);
        } catch (NoSuchFileException e) {
            return; // no blob was ever pulled
        }
    }

    /** Deletes old files, but for locks. */
    private void sweep(StoreDirectory directory) throws IOException {
        directory.visitNames(name -> {
            if (!name.endsWith(".lock") && isOld(directory, name)) {
                delete(directory, name);
            }
        });
    }

    /** Deletes old files, but for those of which a pull holds the lock. */
    private void sweep(StoreDirectory partials, Digest.Algorithm algorithm) throws IOException {
        for (String name : partials.names()) {
            if (isOld(partials, name)) {
                String hex = name.endsWith(IngestJournal.SUFFIX)
                        ? name.substring(0, name.length() - IngestJournal.SUFFIX.length())
                        : name;
                if (Digest.check(algorithm.label() + ":" + hex) != null) {
                    delete(partials, name); // of a kind that is written once, or by one process alone
                    continue;
                }
                Optional<StoreLock> lock = store.locks().ingest(new Digest(algorithm, hex), holder -> true);
                if (lock.isPresent()) {
                    try (StoreLock held = lock.get()) {
                        delete(partials, name);
                    }
                }
            }
        }
    }

    private boolean isOld(StoreDirectory directory, String name) throws IOException {
        BasicFileAttributes file = directory.attributesIfThere(name);
        return file != null
                && file.isRegularFile()
                && file.lastModifiedTime().toInstant().isBefore(before);
    }

    private static void delete(StoreDirectory directory, String name) throws IOException {
        try {
            directory.deleteIfExists(name);
        } catch (AccessDeniedException e) {
            LOGGER.log(
                    System.Logger.Level.DEBUG, "it belongs to another user; the clean-up of that user deletes it", e);
        } catch (FileSystemException e) {
            if (!String.valueOf(e.getReason()).contains("not permitted")) { // so sticky directories say it
                throw e;
            }
            LOGGER.log(
                    System.Logger.Level.DEBUG, "it belongs to another user; the clean-up of that user deletes it", e);
        }
    }
}
