// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.posix.DirectoryListing;
import dev.jpull.posix.FileStatus;
import dev.jpull.posix.NodeType;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a layer does to those below before its own content is laid over them: it makes hard links to their files, in the staging, and
 * then its whiteouts remove what they have. The staging has no marker afterwards, and no directory that was made for markers only.
 */
final class LowerEffects {
    private final ExtractedLayer layer;
    private final RootedTree staging;
    private final RootedTree target;
    private final LeftOut leftOut;
    private final WorkBudget budget;
    private final List<RawPath> omitted = new ArrayList<>();

    private LowerEffects(
            ExtractedLayer layer, RootedTree staging, RootedTree target, LeftOut leftOut, WorkBudget budget) {
        this.layer = layer;
        this.staging = staging;
        this.target = target;
        this.leftOut = leftOut;
        this.budget = budget;
    }

    /**
     * Applies them.
     *
     * @param leftOut what is not in the target though layers below have it
     * @return the hard links that were not made, because their target was left out
     */
    static List<RawPath> apply(
            ExtractedLayer layer, OpenDirectory staging, RootedTree target, LeftOut leftOut, WorkBudget budget)
            throws IOException {
        if (layer.links().isEmpty() && layer.marked().isEmpty()) {
            return List.of();
        }
        try (RootedTree tree = new RootedTree(staging, made -> {}, budget)) {
            LowerEffects effects = new LowerEffects(layer, tree, target, leftOut, budget);
            effects.makeLinks();
            if (!layer.marked().isEmpty()) {
                effects.hide(tree.root(), target.root(), TreePath.ROOT);
            }
            tree.settle();
            return effects.omitted;
        }
    }

    private void makeLinks() throws IOException {
        for (PendingLink link : layer.links()) {
            budget.requireNotCancelled();
            try {
                makeLink(link);
            } catch (FileSystemException e) {
                throw UnpackFailure.of(link.path(), e);
            }
        }
    }

    private void makeLink(PendingLink link) throws IOException {
        List<RawPath> path = link.path().components();
        TreeDirectory parent = staging.find(path.subList(0, path.size() - 1));
        List<RawPath> source = EntryPath.clean(link.target(), link.target().components());
        RawPath sourceName = source.get(source.size() - 1);
        RootedTree.Resolved place = target.resolve(source.subList(0, source.size() - 1));
        TreeDirectory directory = place.exists() ? target.made(place) : null;
        FileStatus status = directory == null ? null : directory.open().find(sourceName.bytes());
        if (parent != null && status == null && leftOut.has(place.path().child(sourceName))) {
            leaveOut(link, parent, path.get(path.size() - 1));
            return;
        }
        if (parent == null || directory == null || status == null) {
            throw new TarException(link.path() + " is a hard link to " + link.target()
                    + ", which neither its layer nor one below has");
        }
        if (status.isDirectory()) {
            throw new TarException(link.path() + " is a hard link to " + link.target() + ", which is a directory");
        }
        parent.changed();
        parent.open().makeLink(path.get(path.size() - 1).bytes(), directory.open(), sourceName.bytes());
    }

    /** Makes nothing under a name; what lower layers have there is hidden all the same. */
    private void leaveOut(PendingLink link, TreeDirectory parent, RawPath name) throws IOException {
        leftOut.omitted(link.path());
        omitted.add(link.path());
        try {
            parent.open()
                    .create(EntryPath.markerOf(parent.path(), name).bytes(), 0600)
                    .close();
            parent.changed();
        } catch (FileAlreadyExistsException e) {
            return; // the layer has a whiteout for the name, too
        }
        layer.marked().add(parent.path());
    }

    /**
     * Applies the markers of a directory and of those below.
     *
     * @param below its counterpart in layers below, or null
     * @param place the path of that, also where it is not there; null where something else is in its place
     * @return whether nothing is left in it
     */
    private boolean hide(TreeDirectory from, @Nullable TreeDirectory below, @Nullable RawPath place)
            throws IOException {
        budget.requireNotCancelled();
        from.pin();
        if (below != null) {
            below.pin();
        }
        try {
            applyMarkers(from, below, place);
            for (RawPath name : layer.marked().childrenOf(from)) {
                TreeDirectory child = staging.child(from, name);
                boolean isImplicit = layer.implicit().contains(child.inode());
                TreeDirectory counterpart = below == null ? null : counterpart(below, name, isImplicit);
                boolean isEmpty = hide(child, counterpart, placeOf(counterpart, below, place, name));
                if (isEmpty && isImplicit) {
                    staging.remove(from, name);
                }
            }
            return from.open().list().next().isEmpty();
        } catch (FileSystemException e) {
            throw UnpackFailure.of(from.path(), e);
        } finally {
            from.unpin();
            if (below != null) {
                below.unpin();
            }
        }
    }

    private static @Nullable RawPath placeOf(
            @Nullable TreeDirectory counterpart,
            @Nullable TreeDirectory parent,
            @Nullable RawPath parentPlace,
            RawPath name)
            throws IOException {
        if (counterpart != null) {
            return counterpart.path();
        }
        boolean isMissing = parent == null || parent.open().find(name.bytes()) == null;
        return isMissing && parentPlace != null ? parentPlace.child(name) : null;
    }

    /** The directory of layers below that a directory of this one will be merged with, or null. */
    private @Nullable TreeDirectory counterpart(TreeDirectory below, RawPath name, boolean isImplicit)
            throws IOException {
        FileStatus there = below.open().find(name.bytes());
        if (there == null) {
            return null;
        }
        if (there.isDirectory()) {
            return target.child(below, name);
        }
        if (there.type() != NodeType.SYMLINK || !isImplicit) {
            return null;
        }
        List<RawPath> way = new ArrayList<>(below.path().components());
        way.add(name);
        try {
            return target.find(way);
        } catch (TarException e) {
            return null; // it leads to no directory, in which nothing can be hidden
        }
    }

    /** Removes what the markers of a directory hide, and the markers; again until there is none, as listings may skip names. */
    private void applyMarkers(TreeDirectory from, @Nullable TreeDirectory below, @Nullable RawPath place)
            throws IOException {
        RawPath opaque = RawPath.of(EntryPath.OPAQUE);
        if (from.open().find(opaque.bytes()) != null) {
            if (below != null) {
                target.removeContent(below);
            }
            if (place != null) {
                leftOut.gone(place);
            }
            from.open().remove(opaque.bytes());
            from.changed();
        }
        DirectoryListing listing = from.open().list();
        for (boolean found = true; found; listing.rewind()) {
            found = false;
            List<DirectoryListing.Entry> batch;
            while (!(batch = listing.next()).isEmpty()) {
                for (DirectoryListing.Entry entry : batch) {
                    RawPath name = RawPath.of(entry.name());
                    if (name.startsWith(EntryPath.WHITEOUT)) {
                        RawPath hidden = name.from(EntryPath.WHITEOUT.length());
                        if (below != null) {
                            target.remove(below, hidden);
                        }
                        if (place != null) {
                            leftOut.gone(place.child(hidden));
                        }
                        from.open().remove(name.bytes());
                        from.changed();
                        found = true;
                    }
                }
            }
        }
    }
}
