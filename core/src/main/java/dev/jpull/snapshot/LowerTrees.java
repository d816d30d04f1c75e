// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trees of lower layers as the overlay file system shows them together: a name is looked for from the topmost tree downwards, and
 * not below a whiteout, an opaque directory or what is no directory. Links are followed within. For use by one thread.
 *
 * @param trees the trees, the topmost first
 */
record LowerTrees(List<OpenDirectory> trees) {
    private static final int MAX_LINKS = 255;
    private static final int MAX_STEPS = 10_000;
    private static final List<String> OPAQUE = List.of("trusted.overlay.opaque", "user.overlay.opaque");
    private static final List<String> WHITEOUT = List.of("trusted.overlay.whiteout", "user.overlay.whiteout");

    /** Copies the list. */
    LowerTrees {
        trees = List.copyOf(trees);
    }

    /**
     * What a path leads to.
     *
     * @param names its names, without links
     * @param directories the directories with these names but the last, each in the topmost tree that has it; the root first
     * @param status what the last name stands for, in the last of the directories
     */
    record Found(List<RawPath> names, List<OpenDirectory> directories, FileStatus status) implements Closeable {
        RawPath name() {
            return names.get(names.size() - 1);
        }

        OpenDirectory directory() {
            return directories.get(directories.size() - 1);
        }

        @Override
        public void close() throws IOException {
            for (OpenDirectory each : directories) {
                each.close();
            }
        }
    }

    /** Looks for a path; null when nothing is there, or a directory is. A link that is its last name is not followed. */
    @Nullable
    Found find(RawPath path) throws IOException {
        Deque<RawPath> rest = new ArrayDeque<>(path.components());
        List<RawPath> names = new ArrayList<>();
        int links = 0;
        for (int steps = 0; !rest.isEmpty() && steps < MAX_STEPS; steps++) {
            RawPath name = rest.pop();
            if (name.is("..")) {
                names = new ArrayList<>(names.subList(0, Math.max(0, names.size() - 1)));
                continue;
            }
            names.add(name);
            if (rest.isEmpty()) {
                break;
            }
            Found found = lookUp(names);
            if (found == null) {
                continue; // a directory, or nothing, which the last look-up finds out
            }
            try (found) {
                if (found.status().type() != NodeType.SYMLINK || ++links > MAX_LINKS) {
                    return null;
                }
                RawPath target =
                        RawPath.of(found.directory().readSymlink(found.name().bytes()));
                names = new ArrayList<>(target.isAbsolute() ? List.of() : names.subList(0, names.size() - 1));
                List<RawPath> components = target.components();
                for (int i = components.size() - 1; i >= 0; i--) {
                    rest.push(components.get(i));
                }
            }
        }
        return names.isEmpty() || !rest.isEmpty() ? null : lookUp(names);
    }

    /** Looks for names that lead through directories alone; null when nothing is there, or a directory is. */
    @Nullable
    Found lookUp(List<RawPath> names) throws IOException {
        List<OpenDirectory> way = new ArrayList<>();
        List<OpenDirectory> others = new ArrayList<>();
        boolean found = false;
        try {
            List<OpenDirectory> visible = new ArrayList<>();
            for (OpenDirectory tree : trees) {
                visible.add(tree.duplicate());
            }
            others.addAll(visible);
            for (int i = 0; i < names.size(); i++) {
                way.add(visible.get(0));
                others.remove(visible.get(0));
                byte[] name = names.get(i).bytes();
                List<OpenDirectory> next = new ArrayList<>();
                for (OpenDirectory each : visible) {
                    FileStatus status = each.find(name);
                    if (status != null && status.isDirectory()) {
                        OpenDirectory child = each.child(name);
                        next.add(child);
                        others.add(child);
                        if (isOpaque(child)) {
                            break;
                        }
                    } else if (status != null) {
                        if (!next.isEmpty() || i < names.size() - 1 || isWhiteout(each, name, status)) {
                            break;
                        }
                        others.add(way.get(way.size() - 1));
                        way.set(way.size() - 1, each.duplicate());
                        found = true;
                        return new Found(List.copyOf(names), List.copyOf(way), status);
                    }
                }
                if (next.isEmpty()) {
                    return null;
                }
                for (OpenDirectory each : visible.subList(1, visible.size())) {
                    each.close();
                    others.remove(each);
                }
                visible = next;
            }
            return null;
        } finally {
            for (OpenDirectory each : others) {
                each.close();
            }
            if (!found) {
                for (OpenDirectory each : way) {
                    each.close();
                }
            }
        }
    }

    /** Whether a directory hides what lower layers have in it. */
    static boolean isOpaque(OpenDirectory directory) throws IOException {
        for (byte[] name : directory.attributes().xattrNames()) {
            if (has(List.of(name), OPAQUE)
                    && Arrays.equals(directory.attributes().xattr(name), new byte[] {'y'})) {
                return true;
            }
        }
        return false;
    }

    /** Whether a name hides that of lower layers. */
    static boolean isWhiteout(OpenDirectory directory, byte[] name, FileStatus status) throws IOException {
        return status.type() == NodeType.CHARACTER_DEVICE && status.major() == 0 && status.minor() == 0
                || status.type() == NodeType.FILE
                        && status.size() == 0
                        && has(directory.attributesOf(name).xattrNames(), WHITEOUT);
    }

    private static boolean has(List<byte[]> xattrs, List<String> wanted) {
        return xattrs.stream().anyMatch(each -> wanted.stream().anyMatch(RawPath.of(each)::is));
    }
}
