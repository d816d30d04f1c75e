// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.IntegrityException;
import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names in one layer, without content. Entries have the effects that they have when the layer is unpacked alone: a later one
 * replaces an earlier one of the same name, symbolic links in the way of a path lead within the layer, and whiteouts are noted for
 * the layers below. For use by one thread.
 */
final class LayerTree {
    /** How many symbolic links may be in the way of one path. */
    private static final int MAX_LINKS = 255;

    private static final int MAX_PATH = 4096;

    private static final String WHITEOUT = ".wh.";
    private static final String RESERVED = ".wh..wh.";
    private static final String OPAQUE = ".wh..wh.opq";

    private final PlannedLayer layer;
    private final ViewLimits limits;
    private final LayerNode root = LayerNode.directory(null);

    LayerTree(PlannedLayer layer, ViewLimits limits) {
        this.layer = layer;
        this.limits = limits;
    }

    LayerNode root() {
        return root;
    }

    /**
     * Adds an entry.
     *
     * @param number its number in the layer, from 0
     * @throws IntegrityException if there is no place for it, or the image has too many
     */
    void add(TarEntry entry, long number) {
        if (entry.path().length() > MAX_PATH) {
            throw refused(entry, "its path has more than " + MAX_PATH + " bytes");
        }
        Deque<RawPath> path = cleaned(entry.path());
        RawPath name = path.pollLast();
        if (name == null) {
            describeRoot(entry, number);
            return;
        }
        if (path.stream().anyMatch(part -> part.startsWith(WHITEOUT))) {
            throw refused(entry, "a part of its path is a whiteout");
        }
        LayerNode parent = directory(path, entry);
        if (name.startsWith(WHITEOUT)) {
            addWhiteout(parent, name, entry);
        } else {
            limits.count(name.length() + entry.link().length());
            addNode(parent, name, entry, number);
        }
    }

    /** The parts of a path from the root, without those that go up again; the root is its own parent. */
    private static Deque<RawPath> cleaned(RawPath path) {
        Deque<RawPath> cleaned = new ArrayDeque<>();
        for (RawPath part : path.components()) {
            if (part.is("..")) {
                cleaned.pollLast();
            } else {
                cleaned.add(part);
            }
        }
        return cleaned;
    }

    private void describeRoot(TarEntry entry, long number) {
        if (entry.type() != EntryType.DIRECTORY) {
            throw refused(entry, "it would replace the root directory");
        }
        root.describe(FileFacts.of(layer.position(), number, entry));
    }

    /** The directory at this path; those that are missing are implied. */
    private LayerNode directory(Deque<RawPath> path, TarEntry entry) {
        Deque<LayerNode> walked = new ArrayDeque<>(List.of(root));
        Deque<RawPath> left = new ArrayDeque<>(path);
        int links = 0;
        for (RawPath part = left.poll(); part != null; part = left.poll()) {
            if (part.is("..")) {
                goUp(walked);
                continue;
            }
            LayerNode child = walked.getLast().children().get(part);
            if (child == null) {
                limits.count(part.length());
                child = LayerNode.directory(null);
                walked.getLast().children().put(part, child);
            }
            if (child.isDirectory()) {
                walked.add(child);
            } else if (child.isSymlink() && links++ < MAX_LINKS) {
                follow(child, walked, left);
            } else {
                throw refused(entry, "a part of its path is not a directory");
            }
        }
        return walked.getLast();
    }

    private static void goUp(Deque<LayerNode> walked) {
        if (walked.size() > 1) {
            walked.removeLast();
        }
    }

    private void follow(LayerNode link, Deque<LayerNode> walked, Deque<RawPath> left) {
        FileFacts facts = link.facts();
        if (facts == null) {
            return;
        }
        List<RawPath> parts = facts.link().components();
        for (int i = parts.size() - 1; i >= 0; i--) {
            left.addFirst(parts.get(i));
        }
        if (facts.link().isAbsolute()) {
            walked.clear();
            walked.add(root);
        }
    }

    private void addWhiteout(LayerNode parent, RawPath marker, TarEntry entry) {
        if (marker.is(OPAQUE)) {
            parent.hideAll();
            return;
        }
        if (marker.startsWith(RESERVED)) {
            return; // of aufs, for itself
        }
        RawPath name = marker.from(WHITEOUT.length());
        if (name.length() == 0 || name.is(".") || name.is("..")) {
            throw refused(entry, "it is a whiteout of no name");
        }
        limits.count(name.length());
        parent.hide(name);
    }

    private void addNode(LayerNode parent, RawPath name, TarEntry entry, long number) {
        LayerNode there = parent.children().get(name);
        FileFacts facts = FileFacts.of(layer.position(), number, entry);
        switch (entry.type()) {
            case DIRECTORY -> {
                if (there != null && there.isDirectory()) {
                    there.describe(facts);
                } else {
                    parent.children().put(name, LayerNode.directory(facts));
                }
            }
            case HARD_LINK -> {
                LayerNode target = target(entry);
                if (target != null && target.isDirectory()) {
                    throw refused(entry, "it is a hard link to a directory");
                }
                FileFacts shared = target == null ? null : target.facts();
                parent.children().put(name, LayerNode.leaf(shared == null ? facts : shared));
            }
            default -> parent.children().put(name, LayerNode.leaf(facts));
        }
    }

    /** What this layer has at the target of a hard link; links in the way are followed, one at its end is not. */
    private @Nullable LayerNode target(TarEntry entry) {
        Deque<LayerNode> walked = new ArrayDeque<>(List.of(root));
        Deque<RawPath> left = cleaned(entry.link());
        int links = 0;
        for (RawPath part = left.poll(); part != null; part = left.poll()) {
            if (part.is("..")) {
                goUp(walked);
                continue;
            }
            LayerNode child = walked.getLast().children().get(part);
            if (child == null || left.isEmpty()) {
                return child;
            }
            if (child.isDirectory()) {
                walked.add(child);
            } else if (child.isSymlink() && links++ < MAX_LINKS) {
                follow(child, walked, left);
            } else {
                return null;
            }
        }
        return walked.getLast();
    }

    private IntegrityException refused(TarEntry entry, String why) {
        return new IntegrityException(layer.label() + " is not usable: the entry " + entry.path() + ": " + why);
    }
}
