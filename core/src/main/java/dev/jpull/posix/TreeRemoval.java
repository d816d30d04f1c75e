// SPDX-License-Identifier: Apache-2.0
package dev.jpull.posix;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes a tree of any depth with a bounded number of open directories: those high up are closed on the way down, and opened again
 * as the parent of the one below on the way up, which is verified.
 */
final class TreeRemoval implements Closeable {
    private static final int MAX_OPEN = 32;
    /** How often the content of a directory is removed while another process adds to it. */
    private static final int MAX_PASSES = 100;

    private final Deque<Level> levels = new ArrayDeque<>();
    private final FileStatus root;

    private TreeRemoval(OpenDirectory root) throws IOException {
        this.root = root.attributes().status();
    }

    /** A directory on the way down; the names of its batch that are left are known while it is open. */
    private static final class Level {
        final byte[] name;
        final FileStatus status;

        @Nullable
        OpenDirectory directory;

        @Nullable
        Iterator<DirectoryListing.Entry> batch;

        int passes;

        Level(byte[] name, OpenDirectory directory, FileStatus status) {
            this.name = name;
            this.directory = directory;
            this.status = status;
        }
    }

    static void remove(OpenDirectory parent, byte[] name) throws IOException {
        for (int pass = 0; !removeSimple(parent, new DirectoryListing.Entry(name, null)); pass++) {
            if (pass == MAX_PASSES) {
                throw new DirectoryNotEmptyException(Errno.text(name));
            }
            try (TreeRemoval removal = new TreeRemoval(parent)) {
                if (removal.descend(parent, name)) {
                    removal.run();
                }
            }
        }
    }

    static void removeContent(OpenDirectory directory) throws IOException {
        try (OpenDirectory own = directory.duplicate();
                TreeRemoval removal = new TreeRemoval(own)) {
            removal.levels.push(new Level(Names.SELF, own, removal.root));
            removal.run();
        }
    }

    /** Removes all that is below the lowest level, and leaves that empty. */
    private void run() throws IOException {
        while (true) {
            Level level = levels.element();
            OpenDirectory directory = reopened(level);
            DirectoryListing.Entry entry = next(level, directory);
            if (entry != null) {
                if (!removeSimple(directory, entry)) {
                    descend(directory, entry.name());
                }
            } else if (levels.size() == 1) {
                return;
            } else {
                ascend(level, directory);
            }
        }
    }

    private static DirectoryListing.@Nullable Entry next(Level level, OpenDirectory directory) throws IOException {
        Iterator<DirectoryListing.Entry> batch = level.batch;
        if (batch == null || !batch.hasNext()) {
            // From the start again: names may be skipped while others are removed.
            List<DirectoryListing.Entry> names = directory.list().next();
            if (names.isEmpty()) {
                return null;
            }
            batch = names.iterator();
            level.batch = batch;
        }
        return batch.next();
    }

    /** Removes what is no directory, or an empty one; returns false for one with content. */
    private static boolean removeSimple(OpenDirectory parent, DirectoryListing.Entry entry) throws IOException {
        if (!Boolean.TRUE.equals(entry.directory())) {
            try {
                parent.remove(entry.name());
                return true;
            } catch (NoSuchFileException e) {
                return true;
            } catch (PosixException e) {
                if (e.error() != Errno.EISDIR) {
                    throw e;
                }
            }
        }
        return removeEmpty(parent, entry.name());
    }

    private static boolean removeEmpty(OpenDirectory parent, byte[] name) throws IOException {
        try {
            parent.removeDirectory(name);
            return true;
        } catch (NoSuchFileException e) {
            return true;
        } catch (DirectoryNotEmptyException | NotDirectoryException e) {
            return false;
        }
    }

    /** Opens a directory as the lowest level; returns false if it is none any more. */
    private boolean descend(OpenDirectory parent, byte[] name) throws IOException {
        OpenDirectory child;
        try {
            child = openWithPermissions(parent, name);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return false;
        }
        try {
            FileStatus status = child.attributes().status();
            if (!status.isSameMount(root)) {
                throw new PosixException(Errno.text(name), Errno.EXDEV, "Another file system is mounted there");
            }
            if ((status.mode() & 0700) != 0700) {
                child.attributes().setMode(status.mode() | 0700);
            }
            levels.push(new Level(name, child, status));
        } catch (IOException | RuntimeException e) {
            child.close();
            throw e;
        }
        closeHighest();
        return true;
    }

    private static OpenDirectory openWithPermissions(OpenDirectory parent, byte[] name) throws IOException {
        try {
            return parent.child(name);
        } catch (AccessDeniedException e) {
            parent.attributesOf(name).setMode(0700);
            return parent.child(name);
        }
    }

    private void closeHighest() throws IOException {
        int open = 0;
        for (Level level : levels) {
            OpenDirectory directory = level.directory;
            if (directory == null) {
                return;
            }
            if (++open > MAX_OPEN) {
                level.directory = null;
                level.batch = null;
                directory.close();
            }
        }
    }

    private void ascend(Level level, OpenDirectory directory) throws IOException {
        levels.pop();
        Level above = levels.element();
        OpenDirectory parent = above.directory;
        if (parent == null) {
            parent = directory.parent();
            above.directory = parent;
            if (!parent.attributes().status().isSameFile(above.status)) {
                directory.close();
                throw new PosixException(Errno.text(level.name), Errno.ENOTDIR, "It was moved while it was removed");
            }
        }
        directory.close();
        if (!removeEmpty(parent, level.name) && ++above.passes > MAX_PASSES) {
            throw new DirectoryNotEmptyException(Errno.text(level.name));
        }
    }

    private static OpenDirectory reopened(Level level) {
        OpenDirectory directory = level.directory;
        if (directory == null) {
            throw new IllegalStateException("the lowest directory is open");
        }
        return directory;
    }

    @Override
    public void close() throws IOException {
        for (Level level : levels) {
            if (level.directory != null) {
                level.directory.close();
            }
        }
    }
}
