// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarEntry;
import dev.jpull.tar.TarException;
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
     * @throws TarException if there is no place for it
     * @throws dev.jpull.error.IntegrityException if the image has too many
     */
    void add(TarEntry entry, long number) throws TarException {
        EntryPath path = EntryPath.of(entry.path());
        switch (path.meaning()) {
            case ROOT -> describeRoot(entry, number);
            case OPAQUE -> directory(path.parents(), entry).hideAll();
            case WHITEOUT -> {
                limits.count(path.name().length());
                directory(path.parents(), entry).hide(path.name());
            }
            case NODE -> {
                limits.count(path.name().length() + entry.link().length());
                addNode(directory(path.parents(), entry), path.name(), entry, number);
            }
            case RESERVED -> {}
        }
    }

    private void describeRoot(TarEntry entry, long number) throws TarException {
        if (entry.type() != EntryType.DIRECTORY) {
            throw refused(entry, "it would replace the root directory");
        }
        root.describe(FileFacts.of(layer.position(), number, entry));
    }

    /** The directory at this path; those that are missing are implied. */
    private LayerNode directory(List<RawPath> path, TarEntry entry) throws TarException {
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

    private void addNode(LayerNode parent, RawPath name, TarEntry entry, long number) throws TarException {
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
                if (target != null && target == there) {
                    throw refused(entry, "it is a hard link to itself");
                }
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
    private @Nullable LayerNode target(TarEntry entry) throws TarException {
        Deque<LayerNode> walked = new ArrayDeque<>(List.of(root));
        Deque<RawPath> left =
                new ArrayDeque<>(EntryPath.clean(entry.link(), entry.link().components()));
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

    private static TarException refused(TarEntry entry, String why) {
        return new TarException("the entry " + entry.path() + ": " + why);
    }
}
