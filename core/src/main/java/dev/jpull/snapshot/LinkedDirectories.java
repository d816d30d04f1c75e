// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.layer.ImplicitDirectories;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a layer has below symbolic links of lower layers where the links lead: in a mount, a directory in the place of a link
 * would hide it. The rules are those of {@link dev.jpull.layer.TreeMerge}. For use by one thread.
 */
final class LinkedDirectories {
    /** Where directories are, next to the tree, until they have their place. */
    private static final byte[] MOVED = SnapshotDirectories.bytes("moved");

    private static final int PRIVATE = 0700;
    private static final int OF_IMPLICIT = 0755;
    private static final int MAX_LINKS = 255;
    /** Components that are walked for all directories of a layer, each in all lower layers. */
    private static final int MAX_STEPS = 100_000;

    private final OpenDirectory tree;
    private final LowerTrees all;
    private final ImplicitDirectories implicit;
    private final LowerAttributes attributes;
    private final OverlayMerge merge;
    private final NodeCopy nodes;
    private int steps;

    /**
     * Moves nothing yet.
     *
     * @param tree of the layer
     * @param lower the trees below, the topmost first
     */
    LinkedDirectories(
            OpenDirectory tree,
            List<OpenDirectory> lower,
            ImplicitDirectories implicit,
            LowerAttributes attributes,
            OverlayMerge merge,
            NodeCopy nodes) {
        this.tree = tree;
        List<OpenDirectory> trees = new ArrayList<>(lower);
        trees.add(0, tree);
        this.all = new LowerTrees(trees);
        this.implicit = implicit;
        this.attributes = attributes;
        this.merge = merge;
        this.nodes = nodes;
    }

    /**
     * Moves directories.
     *
     * @param paths each of a directory without an entry in the place of a link; none is within another
     * @param beside the directory that the tree is in
     * @throws TarException if a link leads to no directory; the message names the path
     */
    void place(List<RawPath> paths, OpenDirectory beside) throws IOException {
        beside.removeTree(MOVED);
        beside.makeDirectory(MOVED, PRIVATE);
        try (OpenDirectory moved = beside.child(MOVED)) {
            for (int i = 0; i < paths.size(); i++) {
                List<RawPath> names = paths.get(i).components();
                try (OpenDirectory parent = directory(names.subList(0, names.size() - 1))) {
                    FileStatus before = parent.attributes().status();
                    parent.rename(names.get(names.size() - 1).bytes(), moved, name(i));
                    parent.attributes().setTimes(before.accessed(), before.modified());
                }
            }
            for (int i = 0; i < paths.size(); i++) {
                try (OpenDirectory from = moved.child(name(i))) {
                    place(paths.get(i), from);
                }
            }
        }
        beside.removeTree(MOVED);
    }

    private static byte[] name(int number) {
        return Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private void place(RawPath path, OpenDirectory from) throws IOException {
        List<RawPath> names = resolve(path);
        if (names != null) {
            try (OpenDirectory to = directory(names)) {
                merge.merge(from, to, path);
            }
        } else if (!attributes.isIdle(from)) {
            RawPath entry = path.child(RawPath.of(from.list().next().get(0).name()));
            throw new TarException(
                    entry + " cannot be unpacked: " + path + " is a link to no directory in the layers below");
        }
    }

    /** Where a path leads, links followed, as far as it exists; null if it leads through what is no directory. */
    private @Nullable List<RawPath> resolve(RawPath path) throws IOException {
        Deque<RawPath> rest = new ArrayDeque<>(path.components());
        List<RawPath> names = new ArrayList<>();
        int links = 0;
        while (!rest.isEmpty()) {
            nodes.requireNotCancelled();
            if (++steps > MAX_STEPS) {
                throw new TarException(path + " is one of too many paths that lead through symbolic links");
            }
            RawPath name = rest.pop();
            if (name.is("..")) {
                names = new ArrayList<>(names.subList(0, Math.max(0, names.size() - 1)));
                continue;
            }
            names.add(name);
            try (LowerTrees.Found found = all.lookUp(names)) {
                if (found == null) {
                    continue; // a directory, or nothing
                }
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
        return names;
    }

    /** Opens a directory of the tree; those that are missing are made, as ones without an entry. */
    private OpenDirectory directory(List<RawPath> names) throws IOException {
        OpenDirectory directory = tree.duplicate();
        for (RawPath name : names) {
            try (OpenDirectory parent = directory) {
                FileStatus there = parent.find(name.bytes());
                if (there == null || !there.isDirectory()) {
                    FileStatus before = parent.attributes().status();
                    if (there != null) { // a whiteout, since the path leads through directories
                        parent.remove(name.bytes());
                    }
                    parent.makeDirectory(name.bytes(), PRIVATE);
                    parent.attributesOf(name.bytes()).setMode(OF_IMPLICIT);
                    implicit.add(parent.attributesOf(name.bytes()).status());
                    if (there != null) {
                        merge.hideLower(parent, name.bytes());
                    }
                    parent.attributes().setTimes(before.accessed(), before.modified());
                }
                directory = parent.child(name.bytes());
            }
        }
        return directory;
    }
}
