// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.file.RegularFile;
import dev.jpull.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directories of a store. Each is opened anew for every use, from the root downwards: a store may be deleted and made again
 * while a program runs. During a pull they stay open, see {@link OpenDirectories}.
 *
 * <p>Unfinished files are written in directories to which no other user may write, so that none can put another file in the
 * place of one that is open. As a rule these are {@code ingest/sha256} and {@code ingest/locks}; a user that does not own
 * those has others below {@code ingest/of-NAME}.
 *
 * @param root the path of the store
 * @param files flushes directories
 * @param directories those that stay open; null when each is opened for every use
 */
record StoreTree(Path root, StoreFiles files, @Nullable OpenDirectories directories) {
    private static final Set<String> REMOTE =
            Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "vfat", "exfat", "ntfs", "msdos");
    private static final String LOCKS = "locks";

    /** Opens a directory that is there. */
    StoreDirectory open(String... names) throws IOException {
        return at(String.join("/", names), () -> walk(false, names));
    }

    /** Opens a directory, and makes it when it is not there. */
    StoreDirectory make(String... names) throws IOException {
        return at(String.join("/", names), () -> walk(true, names));
    }

    private StoreDirectory at(String place, OpenDirectories.Opener opener) throws IOException {
        return directories == null ? opener.open() : directories.at(place, opener);
    }

    private StoreDirectory walk(boolean make, String... names) throws IOException {
        StoreDirectory directory = StoreDirectory.open(root);
        for (String name : names) {
            directory = descend(directory, name, make);
        }
        return directory;
    }

    private StoreDirectory descend(StoreDirectory parent, String name, boolean make) throws IOException {
        try (parent) {
            return make ? parent.childOrNew(name, files) : parent.child(name);
        }
    }

    /** The name of directories for this user alone. */
    static String nameOfUser() {
        return "of-" + StoreUser.name();
    }

    /** Where the blobs of an algorithm are. */
    StoreDirectory blobs(Digest.Algorithm algorithm) throws IOException {
        return open(StoreLayout.BLOBS, algorithm.label());
    }

    /** Where unfinished blobs, and other files on their way into the store, are written by this user alone. */
    StoreDirectory partials(Digest.Algorithm algorithm) throws IOException {
        return mine(algorithm.label(), true);
    }

    /** The same, if it is there. */
    StoreDirectory existingPartials(Digest.Algorithm algorithm) throws IOException {
        return mine(algorithm.label(), false);
    }

    /** Where the locks of the unfinished blobs of this user are. */
    StoreDirectory locks() throws IOException {
        return mine(LOCKS, true);
    }

    /** The same, if it is there. */
    StoreDirectory existingLocks() throws IOException {
        return mine(LOCKS, false);
    }

    private StoreDirectory mine(String label, boolean make) throws IOException {
        return at("mine/" + label, () -> findMine(label, make));
    }

    private StoreDirectory findMine(String label, boolean make) throws IOException {
        try (StoreDirectory ingest = make ? make(StoreLayout.INGEST) : open(StoreLayout.INGEST)) {
            // Partial blobs and their locks have to be in the same place, so both decide; this one when it is open.
            for (String other : new String[] {LOCKS, Digest.Algorithm.SHA256.label()}) {
                BasicFileAttributes attributes = other.equals(label) ? null : ingest.attributesIfThere(other);
                if (attributes != null && attributes.isDirectory() && !StoreUser.mayAloneWrite(attributes)) {
                    return own(ingest, label, make);
                }
            }
            StoreDirectory common = make ? ingest.childOrNewPrivate(label, files) : ingest.child(label);
            if (common.isOwn()) {
                return common;
            }
            common.close();
            return own(ingest, label, make);
        }
    }

    private StoreDirectory own(StoreDirectory ingest, String label, boolean make) throws IOException {
        String name = nameOfUser();
        try (StoreDirectory own = make ? ingest.childOrNewPrivate(name, files) : ingest.child(name)) {
            if (own.isOwn()) {
                return make ? own.childOrNewPrivate(label, files) : own.child(label);
            }
            if (REMOTE.contains(Files.getFileStore(own.path()).type().toLowerCase(Locale.ROOT))) {
                return make ? ingest.childOrNew(label, files) : ingest.child(label); // owners are the server's business
            }
            throw StoreFiles.unusable(
                    own.path() + " is " + RegularFile.describe(own.path(), own.attributes())
                            + ", and others may write to it, but it must belong to " + StoreUser.name()
                            + " alone: remove it, or choose another directory for the store",
                    null);
        }
    }

    /** Writes a small file with a name of its own, flushed, in a directory to which only this user may write. */
    String write(StoreDirectory partials, String kind, byte[] content) throws IOException {
        String name = kind + "-" + UUID.randomUUID();
        partials.write(name, content, files);
        return name;
    }

    /** Gives a flushed file its name as a blob, which lasts from {@link #flushBlobs()} on; when that fails, it is gone. */
    void publishBlob(StoreDirectory from, String name, StoreDirectory blobs, String hex) throws IOException {
        from.move(name, blobs, hex);
    }

    /** Flushes the directories of the blobs, and with them each name there: once before an image gets its name. */
    void flushBlobs() throws IOException {
        try (StoreDirectory all = make(StoreLayout.BLOBS)) {
            for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
                if (all.attributesIfThere(algorithm.label()) != null) {
                    try (StoreDirectory blobs = all.child(algorithm.label())) {
                        files.flush(blobs);
                    }
                }
            }
        }
    }

    /** Gives a flushed file its final name; when that fails, it is gone. */
    void publish(StoreDirectory from, String name, StoreDirectory target, String newName) throws IOException {
        from.move(name, target, newName);
        files.flush(target);
    }
}
