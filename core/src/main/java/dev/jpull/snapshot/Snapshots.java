// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.StoreException;
import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import dev.jpull.json.JsonException;
import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NativeBuffer;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.OpenFile;
import dev.jpull.store.ImageStore;
import dev.jpull.store.SnapshotLocks;
import dev.jpull.text.ForeignText;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of this user in a store. A snapshot gets its name by one rename, when its tree and record are on the disk: it is
 * there as a whole, or not at all. Safe for use by several threads and processes.
 */
public final class Snapshots {
    private static final System.Logger LOGGER = System.getLogger(Snapshots.class.getName());

    private final SnapshotDirectories directories;
    private final SnapshotLocks locks;
    private final boolean flushes;

    /** The snapshots in a store. */
    public Snapshots(ImageStore store) {
        this.directories = new SnapshotDirectories(store);
        this.locks = new SnapshotLocks(store);
        this.flushes = store.flushes();
    }

    /**
     * A snapshot that has its name.
     *
     * @param record what it is
     * @param tree its files
     * @param used when it was last needed
     */
    public record Stored(SnapshotRecord record, Path tree, Instant used) {}

    SnapshotDirectories directories() {
        return directories;
    }

    SnapshotLocks locks() {
        return locks;
    }

    /** The lock of something on its way, which has a name of its own so that it is free. */
    Closeable lockWork(String name) throws IOException {
        return tryLockWork(name)
                .orElseThrow(() -> new FileAlreadyExistsException(name, null, "another process uses that name"));
    }

    /** The same, or empty when a process that lives has it. */
    Optional<Closeable> tryLockWork(String name) throws IOException {
        return locks.tryLock("work/" + name);
    }

    /** Where the tree of a snapshot is, whether or not it is there. */
    public Path treeOf(Snapshotter form, Digest chainId) {
        return directories
                .pathOf(form)
                .resolve(SnapshotDirectories.nameOf(chainId))
                .resolve("fs");
    }

    /** Looks for a snapshot. What has its place but no valid record is none. */
    public Optional<Stored> find(Snapshotter form, Digest chainId) throws IOException {
        if (!directories.exist()) {
            return Optional.empty();
        }
        try (OpenDirectory all = directories.form(form)) {
            Stored found = read(all, form, SnapshotDirectories.nameOf(chainId));
            return Optional.ofNullable(found)
                    .filter(stored -> stored.record().chainId().equals(chainId));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** All snapshots, in no order. */
    public List<Stored> list() throws IOException {
        List<Stored> list = new ArrayList<>();
        if (directories.exist()) {
            for (Snapshotter form : Snapshotter.values()) {
                try (OpenDirectory all = directories.form(form)) {
                    for (String name : names(all)) {
                        Stored found = read(all, form, name);
                        if (found != null) {
                            list.add(found);
                        }
                    }
                } catch (NoSuchFileException e) {
                    LOGGER.log(System.Logger.Level.TRACE, "there are no snapshots of this form", e);
                }
            }
        }
        return list;
    }

    /**
     * All snapshots, those of the same form one after the other and lower layers before upper ones.
     *
     * @throws StoreException if they cannot be read
     */
    public List<Stored> inOrder() {
        try {
            List<Stored> all = list();
            Map<Digest, Digest> parents = new HashMap<>();
            for (Stored each : all) {
                Digest parent = each.record().parent();
                if (parent != null) {
                    parents.put(each.record().chainId(), parent);
                }
            }
            all.sort(Comparator.comparing((Stored each) -> each.record().snapshotter())
                    .thenComparingInt(each -> depth(each.record().chainId(), parents))
                    .thenComparing(each -> each.record().chainId().toString()));
            return all;
        } catch (IOException e) {
            throw failure("list the snapshots", e);
        }
    }

    private static int depth(Digest chainId, Map<Digest, Digest> parents) {
        int depth = 0;
        Digest parent = parents.get(chainId);
        while (parent != null && depth < parents.size()) { // records may lead in a circle when they are forged
            depth++;
            parent = parents.get(parent);
        }
        return depth;
    }

    /** A failure with snapshots in words. */
    StoreException failure(String action, IOException e) {
        return new StoreException(FailureDetails.of("cannot " + action + " in " + directories.root() + ": "
                        + ForeignText.line(e.getMessage() == null ? e.toString() : e.getMessage()))
                .causedBy(e));
    }

    static List<String> names(OpenDirectory directory) throws IOException {
        List<String> names = new ArrayList<>();
        DirectoryListing listing = directory.list();
        for (List<DirectoryListing.Entry> batch = listing.next(); !batch.isEmpty(); batch = listing.next()) {
            batch.forEach(entry -> names.add(new String(entry.name(), StandardCharsets.UTF_8)));
        }
        return names;
    }

    private @Nullable Stored read(OpenDirectory all, Snapshotter form, String name) throws IOException {
        try (OpenDirectory snapshot = all.child(SnapshotDirectories.bytes(name))) {
            FileStatus tree = snapshot.find(SnapshotDirectories.TREE);
            SnapshotRecord record = SnapshotRecord.parse(content(snapshot));
            boolean fits = tree != null
                    && tree.isDirectory()
                    && record.snapshotter() == form
                    && SnapshotDirectories.nameOf(record.chainId()).equals(name);
            return fits
                    ? new Stored(
                            record,
                            treeOf(form, record.chainId()),
                            snapshot.attributes().status().modified())
                    : null;
        } catch (NoSuchFileException | NotDirectoryException | JsonException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "no snapshot: " + name, e);
            return null;
        }
    }

    private static byte[] content(OpenDirectory snapshot) throws IOException {
        try (OpenFile file = snapshot.openFile(SnapshotDirectories.RECORD);
                NativeBuffer buffer = new NativeBuffer(SnapshotRecord.MAX_SIZE)) {
            byte[] content = new byte[SnapshotRecord.MAX_SIZE];
            int length = Math.max(0, file.read(buffer, content, 0, content.length));
            return Arrays.copyOf(content, length);
        }
    }

    /**
     * Opens the tree of a snapshot.
     *
     * @throws NoSuchFileException if it is not there
     */
    OpenDirectory openTree(Snapshotter form, Digest chainId) throws IOException {
        try (OpenDirectory all = directories.form(form);
                OpenDirectory snapshot = all.child(SnapshotDirectories.bytes(SnapshotDirectories.nameOf(chainId)))) {
            return snapshot.child(SnapshotDirectories.TREE);
        }
    }

    /** Notes that a snapshot is needed now, so that it is not deleted soon. */
    public void touch(Snapshotter form, Digest chainId) throws IOException {
        try (OpenDirectory all = directories.form(form);
                OpenDirectory snapshot = all.child(SnapshotDirectories.bytes(SnapshotDirectories.nameOf(chainId)))) {
            Instant now = Instant.now();
            snapshot.attributes().setTimes(now, now);
        }
    }

    /**
     * A snapshot that is whole but for its name.
     *
     * @param staged its tree
     * @param record what it is
     */
    record Finished(StagedSnapshot staged, SnapshotRecord record) {}

    /**
     * Names snapshots, in their order. One that was made by another process meanwhile stays, and the one here is deleted when it
     * is closed. One flush is for all of them.
     */
    void name(List<Finished> finished) throws IOException {
        if (finished.isEmpty()) {
            return;
        }
        for (Finished each : finished) {
            try (OpenDirectory directory = each.staged().open()) {
                write(directory, each.record().toJson());
            }
        }
        try (OpenDirectory work = directories.workOrNew()) {
            if (flushes) {
                work.flushFileSystem();
            }
            for (Finished each : finished) {
                name(work, each);
            }
        }
    }

    private void name(OpenDirectory work, Finished each) throws IOException {
        Digest chainId = each.record().chainId();
        Snapshotter form = each.record().snapshotter();
        try (OpenDirectory all = directories.formOrNew(form)) {
            byte[] name = SnapshotDirectories.bytes(SnapshotDirectories.nameOf(chainId));
            try {
                work.rename(each.staged().name(), all, name);
            } catch (DirectoryNotEmptyException | FileAlreadyExistsException | NotDirectoryException e) {
                if (find(form, chainId).isPresent()) {
                    return;
                }
                StagedSnapshot.discard(this, all, name).close(); // it is damaged
                work.rename(each.staged().name(), all, name);
            }
            each.staged().moved();
            if (flushes) {
                all.flush();
            }
        }
    }

    private static void write(OpenDirectory directory, byte[] content) throws IOException {
        directory.removeTree(SnapshotDirectories.RECORD);
        try (OpenFile file = directory.create(SnapshotDirectories.RECORD, 0600);
                NativeBuffer buffer = new NativeBuffer(SnapshotRecord.MAX_SIZE)) {
            file.write(buffer, content, 0, content.length);
        }
    }
}
