// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.posix.OpenDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.util.UUID;

/**
 * A snapshot that is being made, in a private directory. As long as the process lives, it holds a lock by which others know that it
 * is not left over. For use by one thread at a time.
 */
final class StagedSnapshot implements Closeable {
    private static final int PRIVATE = 0700;
    private static final int OF_ROOT = 0755;

    private final SnapshotDirectories directories;
    private final String name;
    private final Closeable lock;
    private boolean moved;

    private StagedSnapshot(SnapshotDirectories directories, String name, Closeable lock) {
        this.directories = directories;
        this.name = name;
        this.lock = lock;
    }

    /** An empty directory for a snapshot. */
    static StagedSnapshot make(Snapshots snapshots) throws IOException {
        String name = UUID.randomUUID().toString();
        StagedSnapshot staged = new StagedSnapshot(snapshots.directories(), name, snapshots.lockWork(name));
        try (OpenDirectory work = staged.directories.workOrNew()) {
            work.makeDirectory(SnapshotDirectories.bytes(name), PRIVATE);
            return staged;
        } catch (IOException | RuntimeException e) {
            staged.lock.close();
            throw e;
        }
    }

    /**
     * Takes a snapshot its name away; closing the result deletes it.
     *
     * @param all the snapshots of its form
     */
    static StagedSnapshot discard(Snapshots snapshots, OpenDirectory all, byte[] snapshot) throws IOException {
        String name = UUID.randomUUID().toString();
        StagedSnapshot discarded = new StagedSnapshot(snapshots.directories(), name, snapshots.lockWork(name));
        try (OpenDirectory work = discarded.directories.workOrNew()) {
            all.rename(snapshot, work, discarded.name());
            return discarded;
        } catch (IOException | RuntimeException e) {
            discarded.lock.close();
            throw e;
        }
    }

    /** The name in the directory of what is on its way. */
    byte[] name() {
        return SnapshotDirectories.bytes(name);
    }

    /** Opens the directory that has the tree and its record. */
    OpenDirectory open() throws IOException {
        try (OpenDirectory work = directories.workOrNew()) {
            return work.child(name());
        }
    }

    /** Makes an empty tree, instead of what an earlier try left. */
    OpenDirectory emptyTree() throws IOException {
        try (OpenDirectory directory = open()) {
            directory.removeTree(SnapshotDirectories.TREE);
            directory.makeDirectory(SnapshotDirectories.TREE, OF_ROOT);
            OpenDirectory tree = directory.child(SnapshotDirectories.TREE);
            tree.attributes().setMode(OF_ROOT); // the umask may have taken some
            return tree;
        }
    }

    /** Opens the tree. */
    OpenDirectory tree() throws IOException {
        try (OpenDirectory directory = open()) {
            return directory.child(SnapshotDirectories.TREE);
        }
    }

    /** Whether it has its final name, or is deleted. */
    boolean isMoved() {
        return moved;
    }

    /** It has its final name. */
    void moved() {
        moved = true;
    }

    /** Deletes it, unless it has its final name. */
    @Override
    public void close() throws IOException {
        try (lock) {
            if (!moved) {
                try (OpenDirectory work = directories.workOrNew()) {
                    work.removeTree(name());
                }
                moved = true;
            }
        }
    }
}
