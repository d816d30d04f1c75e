// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.Attributes;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a {@link RootedTree} that is open. While it is, its owner may do everything in it; the mode and the times that it is to
 * have are set when it is closed, so that what is done in it leaves no trace in them. For use by one thread.
 */
final class TreeDirectory {
    private static final int OWNER = 0700;

    private final OpenDirectory open;
    private final RawPath path;
    private final long inode;
    private int presentMode;
    private int finalMode;
    private @Nullable Instant accessed;
    private @Nullable Instant modified;
    private boolean timesChanged;
    private int pins;

    /** A directory that exists, whose mode may have been changed to open it. */
    TreeDirectory(OpenDirectory open, RawPath path, FileStatus status, int finalMode) throws IOException {
        this.open = open;
        this.path = path;
        this.inode = status.inode();
        this.presentMode = status.mode();
        this.finalMode = finalMode;
        this.accessed = status.accessed();
        this.modified = status.modified();
        if ((presentMode & OWNER) != OWNER) {
            open.attributes().setMode(presentMode | OWNER);
            presentMode |= OWNER;
        }
    }

    /** The directory, in which the caller says what it {@link #changed}. */
    OpenDirectory open() {
        return open;
    }

    RawPath path() {
        return path;
    }

    long inode() {
        return inode;
    }

    Attributes attributes() {
        return open.attributes();
    }

    RawPath childPath(RawPath name) {
        return path.child(name);
    }

    /** Names in it change. */
    void changed() {
        timesChanged = true;
    }

    /** The mode that it has in the end. */
    void setFinalMode(int mode) {
        finalMode = mode;
    }

    /** The mode that it will have in the end. */
    int finalMode() {
        return finalMode;
    }

    /** The times that it has in the end; null for those of its last change. */
    void setFinalTimes(@Nullable Instant accessed, @Nullable Instant modified) {
        this.accessed = accessed;
        this.modified = modified;
        timesChanged = true;
    }

    /** Its mode was set meanwhile, or the kernel may have changed it. */
    void modeUnknown() {
        presentMode = -1;
    }

    /** Keeps it open until {@link #unpin}. */
    void pin() {
        pins++;
    }

    void unpin() {
        pins--;
    }

    boolean isPinned() {
        return pins > 0;
    }

    /** Sets what it is to have in the end; it stays open. */
    void settle() throws IOException {
        if (presentMode != finalMode) {
            open.attributes().setMode(finalMode);
            presentMode = finalMode;
        }
        if (timesChanged && accessed != null && modified != null) {
            open.attributes().setTimes(accessed, modified);
        }
    }
}
