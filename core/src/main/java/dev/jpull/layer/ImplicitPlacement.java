// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Puts the directories of a layer that no entry describes where their paths lead in the layers below, by the rules of
 * {@link TreeMerge}: what is in one belongs to the directory that a symbolic link of a layer below leads to. Asks for layers below
 * only when there is such a directory. For use by one thread.
 */
final class ImplicitPlacement {
    private final LayerTree tree;
    private final MergedView view;
    private final int layer;
    private final ViewLimits limits;
    private final Deque<Visit> left = new ArrayDeque<>();

    /** A directory to look through, whose path has no links. */
    private record Visit(List<RawPath> path, LayerNode node) {}

    ImplicitPlacement(LayerTree tree, MergedView view, int layer, ViewLimits limits) {
        this.tree = tree;
        this.view = view;
        this.layer = layer;
        this.limits = limits;
    }

    /**
     * Moves what is in another place.
     *
     * @throws TarException if the layers below have a file where this one has a directory
     */
    void run() throws TarException {
        left.add(new Visit(List.of(), tree.root()));
        for (Visit visit = left.poll(); visit != null; visit = left.poll()) {
            Iterator<Map.Entry<RawPath, LayerNode>> children =
                    visit.node().children().entrySet().iterator();
            List<Visit> moved = new ArrayList<>();
            while (children.hasNext()) {
                Map.Entry<RawPath, LayerNode> child = children.next();
                LayerNode node = child.getValue();
                List<RawPath> path = new ArrayList<>(visit.path());
                path.add(child.getKey());
                if (node.isDirectory() && (node.facts() != null || stays(path, node, moved))) {
                    left.add(new Visit(path, node));
                } else if (node.isDirectory()) {
                    children.remove();
                }
            }
            for (Visit move : moved) {
                LayerNode target = directory(move.path());
                target.absorb(move.node());
                left.add(new Visit(move.path(), target));
            }
        }
    }

    /** Whether an implied directory is a directory at its own path; adds where it leads to, if that is elsewhere. */
    private boolean stays(List<RawPath> path, LayerNode node, List<Visit> moved) throws TarException {
        FileFacts below = isHidden(path) ? null : view.lookup(path, layer);
        if (below == null) {
            return !node.hidesOnly();
        }
        if (below.type() == EntryType.DIRECTORY) {
            return true;
        }
        if (below.type() != EntryType.SYMLINK) {
            if (node.hidesOnly()) {
                return false;
            }
            throw new TarException(text(path) + " has entries below it, but is no directory in the layers below");
        }
        MergedView.Place place = view.resolve(path, layer, true)
                .orElseThrow(() -> new TarException(
                        text(path) + " has entries below it, but is a link to no directory in the layers below"));
        FileFacts target = place.facts();
        if (target != null && target.type() != EntryType.DIRECTORY) {
            throw new TarException(
                    text(path) + " has entries below it, but is a link to no directory in the layers below");
        }
        if (target != null || !node.hidesOnly()) {
            moved.add(new Visit(place.names(), node));
        }
        return false;
    }

    /** Whether the layer itself hides what layers below have at a path. */
    private boolean isHidden(List<RawPath> path) {
        LayerNode node = tree.root();
        for (RawPath part : path) {
            if (node == null || node.hides(part)) {
                return true;
            }
            node = node.children().get(part);
        }
        return false;
    }

    private LayerNode directory(List<RawPath> path) {
        LayerNode node = tree.root();
        for (RawPath part : path) {
            LayerNode child = node.children().get(part);
            if (child == null || !child.isDirectory()) {
                limits.count(part.length());
                child = LayerNode.directory(null);
                node.children().put(part, child);
            }
            node = child;
        }
        return node;
    }

    private static RawPath text(List<RawPath> path) {
        return path.stream().reduce(RawPath.of(""), RawPath::child);
    }
}
