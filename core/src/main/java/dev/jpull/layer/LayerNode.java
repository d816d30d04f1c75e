// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A name in the tree of one layer: a directory with its names and whiteouts, or anything else. For use by one thread. */
final class LayerNode {
    private final @Nullable Map<RawPath, LayerNode> children;
    private Set<RawPath> whiteouts = Set.of();
    private boolean opaque;
    private @Nullable FileFacts facts;

    private LayerNode(@Nullable Map<RawPath, LayerNode> children, @Nullable FileFacts facts) {
        this.children = children;
        this.facts = facts;
    }

    /** A directory; without facts as long as no entry describes it. */
    static LayerNode directory(@Nullable FileFacts facts) {
        return new LayerNode(new HashMap<>(2), facts);
    }

    /** Something that is no directory. */
    static LayerNode leaf(FileFacts facts) {
        return new LayerNode(null, facts);
    }

    boolean isDirectory() {
        return children != null;
    }

    boolean isSymlink() {
        return facts != null && facts.type() == EntryType.SYMLINK;
    }

    /** What the layer says about it; null for a directory that no entry describes. */
    @Nullable
    FileFacts facts() {
        return facts;
    }

    void describe(FileFacts described) {
        facts = described;
    }

    /** The names in a directory; empty for anything else. */
    Map<RawPath, LayerNode> children() {
        return children == null ? Map.of() : children;
    }

    /** The names of lower layers that a directory hides. */
    Set<RawPath> whiteouts() {
        return whiteouts;
    }

    void hide(RawPath name) {
        if (whiteouts.isEmpty()) {
            whiteouts = new HashSet<>();
        }
        whiteouts.add(name);
    }

    /** Whether a directory hides everything that lower layers have in it. */
    boolean isOpaque() {
        return opaque;
    }

    void hideAll() {
        opaque = true;
    }

    /** Whether there is nothing at or below a directory but whiteouts, and directories that no entry describes. */
    boolean hidesOnly() {
        return children != null && facts == null && children.values().stream().allMatch(LayerNode::hidesOnly);
    }

    /** Takes over what another directory has. */
    void absorb(LayerNode other) {
        opaque |= other.opaque;
        other.whiteouts.forEach(this::hide);
        other.children().forEach((name, child) -> {
            LayerNode there = children().get(name);
            if (there != null && there.isDirectory() && child.isDirectory()) {
                there.absorb(child);
                if (child.facts != null) {
                    there.facts = child.facts;
                }
            } else {
                children().put(name, child);
            }
        });
    }

    /** Whether lower layers do not show through under this name. */
    boolean hides(RawPath name) {
        return opaque || whiteouts.contains(name);
    }
}
