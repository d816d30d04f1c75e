// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.layer.ExtractedLayer;
import dev.jpull.layer.ImplicitDirectories;
import dev.jpull.layer.OverlayWhiteouts;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Trees for the overlay file system: a layer alone, with its whiteouts; files that it links to in lower layers are copied up. A
 * directory that a layer hides, and in which it hides names besides, is an empty directory.
 */
final class OverlayTrees implements SnapshotForm {
    /** How many links a path leads through, one below the other; Linux has the same limit. */
    private static final int MAX_ROUNDS = 40;

    private final AtomicReference<OverlayWhiteouts.@Nullable Form> form = new AtomicReference<>();

    @Override
    public void unpacked(PlannedSnapshot snapshot, OpenDirectory tree, ExtractedLayer extracted) throws IOException {
        OverlayWhiteouts.Form known = form.get();
        if (known == null) {
            try (OpenDirectory directory =
                    snapshot.requireStaged().open()) { // in the tree, it would change the time of the root
                known = OverlayWhiteouts.formFor(directory);
            }
            form.set(known);
        }
        if (snapshot.parent() != null) { // the base layer has nothing below that could be hidden
            OverlayWhiteouts.convert(tree, extracted, known);
        }
    }

    @Override
    public void complete(
            PlannedSnapshot snapshot, ExtractedLayer extracted, List<OpenDirectory> lower, BooleanSupplier cancelled)
            throws IOException {
        if (snapshot.parent() == null) {
            if (!extracted.marked().isEmpty()) {
                NativeTrees.merge(snapshot, extracted, List.of(), cancelled); // without its whiteouts
            }
            return;
        }
        boolean hasWhiteouts = !extracted.marked().isEmpty();
        if (extracted.links().isEmpty() && extracted.implicit().isEmpty() && !hasWhiteouts) {
            return;
        }
        try (OpenDirectory tree = snapshot.requireStaged().tree();
                NodeCopy nodes = new NodeCopy(cancelled)) {
            new LowerLinks(snapshot.layer().label(), new LowerTrees(lower), nodes).make(tree, extracted.links());
            copyAttributes(snapshot, extracted, tree, lower, nodes);
        }
    }

    /** Moves what is below links of lower layers as well; what is moved may be below another link then. */
    private void copyAttributes(
            PlannedSnapshot snapshot,
            ExtractedLayer extracted,
            OpenDirectory tree,
            List<OpenDirectory> lower,
            NodeCopy nodes)
            throws IOException {
        ImplicitDirectories implicit = extracted.implicit();
        LowerAttributes attributes = new LowerAttributes(
                snapshot.layer().label(), implicit, !extracted.marked().isEmpty(), nodes);
        try (OpenDirectory beside = snapshot.requireStaged().open()) {
            OverlayMerge merge = new OverlayMerge(implicit, Objects.requireNonNull(form.get()), nodes);
            LinkedDirectories linked = new LinkedDirectories(tree, lower, implicit, attributes, merge, nodes);
            List<RawPath> overLinks = attributes.copy(tree, lower);
            for (int round = 0; !overLinks.isEmpty(); round++) {
                if (round == MAX_ROUNDS) {
                    throw new TarException(overLinks.get(0) + " leads through more than " + MAX_ROUNDS
                            + " symbolic links in the layers below");
                }
                linked.place(overLinks, beside);
                overLinks = attributes.copy(tree, lower);
            }
        }
    }

    @Override
    public boolean usesUserXattrs() {
        return form.get() == OverlayWhiteouts.Form.USER;
    }
}
