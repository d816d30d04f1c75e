// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A name of the merged view with the nodes that it has in the layers.
 *
 * @param path its path from the root
 * @param file what it is when it is no directory; null for a directory
 * @param nodes the directories of the layers that are merged into it, the topmost first
 */
record MergedDirectory(RawPath path, @Nullable FileFacts file, List<LayerNode> nodes) {
    private static final Comparator<RawPath> BY_BYTES = (a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes());

    /** What the topmost layer that describes it says; null for the root where no layer describes it. */
    @Nullable
    FileFacts facts() {
        if (file != null || path.length() == 0) {
            return file;
        }
        for (LayerNode node : nodes) {
            FileFacts facts = node.facts();
            if (facts != null) {
                return facts;
            }
        }
        return FileFacts.ofImpliedDirectory(0);
    }

    /** The names in it, in order. */
    List<MergedDirectory> children() {
        Map<RawPath, List<LayerNode>> found = new TreeMap<>(BY_BYTES);
        Set<RawPath> closed = new HashSet<>();
        for (LayerNode node : nodes) {
            node.children().forEach((name, child) -> add(name, child, found, closed));
            closed.addAll(node.whiteouts());
            if (node.isOpaque()) {
                break;
            }
        }
        List<MergedDirectory> children = new ArrayList<>();
        found.forEach((name, layers) -> {
            RawPath full = path.child(name);
            LayerNode top = layers.get(0);
            children.add(new MergedDirectory(
                    full, top.isDirectory() ? null : top.facts(), top.isDirectory() ? layers : List.of()));
        });
        return children;
    }

    /** Adds a node of a lower layer, unless something above is in its place; directories are merged. */
    private static void add(RawPath name, LayerNode child, Map<RawPath, List<LayerNode>> found, Set<RawPath> closed) {
        if (closed.contains(name)) {
            return;
        }
        List<LayerNode> above = found.get(name);
        if (!child.isDirectory()) {
            closed.add(name);
            if (above != null) {
                return;
            }
        }
        found.computeIfAbsent(name, absent -> new ArrayList<>(1)).add(child);
    }
}
