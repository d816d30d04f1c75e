// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.posix.FileStatus;
import dev.jpull.posix.OpenDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directories of lower trees that one path stands for, as far as no whiteout or file above hides them, the topmost first. For all
 * places on a path together, a bounded number of directories is open at a time, whatever the number of trees and the length of
 * the path; others are opened again when they are needed. For use by one thread.
 */
final class LowerPlace implements Closeable {
    /** How many may be open besides the roots: two places of an image with 127 layers, so that siblings share what is above them. */
    private static final int MAX_OPEN = 256;

    private final @Nullable LowerPlace parent;
    private final byte[] name;
    /** The roots of the trees that have the directory. */
    private final List<OpenDirectory> roots;
    /** What hides the directories below; null when nothing does, or when it is a directory. */
    private final @Nullable FileStatus other;

    private @Nullable List<OpenDirectory> open;

    private LowerPlace(
            @Nullable LowerPlace parent,
            byte[] name,
            List<OpenDirectory> roots,
            @Nullable FileStatus other,
            List<OpenDirectory> open) {
        this.parent = parent;
        this.name = name;
        this.roots = roots;
        this.other = other;
        this.open = open;
    }

    /** The roots of the trees, which stay open. */
    static LowerPlace root(List<OpenDirectory> trees) {
        return new LowerPlace(null, new byte[0], List.copyOf(trees), null, List.copyOf(trees));
    }

    /** Whether no tree has the directory. */
    boolean isEmpty() {
        return roots.isEmpty();
    }

    /** What the name stands for in the lower layers, if that is neither a directory nor nothing. */
    @Nullable
    FileStatus other() {
        return isEmpty() ? other : null;
    }

    /** The directory of the topmost tree; there must be one. */
    OpenDirectory top() throws IOException {
        return directories().get(0);
    }

    /**
     * A directory in this one.
     *
     * @param isHidden whether the layer above hides all that is here
     */
    LowerPlace child(byte[] childName, boolean isHidden) throws IOException {
        List<OpenDirectory> trees = new ArrayList<>();
        List<OpenDirectory> opened = new ArrayList<>();
        FileStatus end = null;
        boolean complete = false;
        try {
            List<OpenDirectory> here = isHidden ? List.of() : directories();
            for (int i = 0; i < here.size(); i++) {
                FileStatus status = here.get(i).find(childName);
                if (status != null && !status.isDirectory()) {
                    end = LowerTrees.isWhiteout(here.get(i), childName, status) ? null : status;
                    break;
                }
                if (status != null) {
                    OpenDirectory shown = here.get(i).child(childName);
                    opened.add(shown);
                    trees.add(roots.get(i));
                    if (LowerTrees.isOpaque(shown)) {
                        break;
                    }
                }
            }
            LowerPlace child = new LowerPlace(this, childName, trees, end, opened);
            complete = true;
            child.limitOpen();
            return child;
        } finally {
            if (!complete) {
                closeAll(opened);
            }
        }
    }

    private List<OpenDirectory> directories() throws IOException {
        List<OpenDirectory> known = open;
        if (known != null) {
            return known;
        }
        List<OpenDirectory> opened = new ArrayList<>();
        boolean complete = false;
        try {
            for (OpenDirectory root : roots) {
                opened.add(descend(root));
            }
            complete = true;
        } finally {
            if (!complete) {
                closeAll(opened);
            }
        }
        open = opened;
        return opened;
    }

    private OpenDirectory descend(OpenDirectory root) throws IOException {
        Deque<byte[]> names = new ArrayDeque<>();
        for (LowerPlace place = this; place.parent != null; place = place.parent) {
            names.push(place.name);
        }
        OpenDirectory directory = root.duplicate();
        for (byte[] next : names) {
            try (OpenDirectory above = directory) {
                directory = above.child(next);
            }
        }
        return directory;
    }

    /** Closes directories of the places above this one, those next to the root first: they are needed last. */
    private void limitOpen() throws IOException {
        Deque<LowerPlace> above = new ArrayDeque<>();
        int count = 0;
        for (LowerPlace place = this; place.parent != null; place = place.parent) {
            above.push(place);
            count += place.open == null ? 0 : place.open.size();
        }
        for (LowerPlace place : above) {
            if (count <= MAX_OPEN || place == this) {
                return;
            }
            count -= place.open == null ? 0 : place.open.size();
            place.close();
        }
    }

    /** Closes its directories; those of the root are left to the caller. */
    @Override
    public void close() throws IOException {
        List<OpenDirectory> known = open;
        if (parent != null && known != null) {
            open = null;
            closeAll(known);
        }
    }

    private static void closeAll(List<OpenDirectory> directories) throws IOException {
        for (OpenDirectory each : directories) {
            each.close();
        }
    }
}
