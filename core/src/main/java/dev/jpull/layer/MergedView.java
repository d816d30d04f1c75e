// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.IntegrityException;
import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The layers of an image on top of each other. Layers are asked for from the top, and only as far down as a path needs. Links are
 * followed within the image, as after a {@code chroot}. For use by one thread.
 */
final class MergedView {
    /** How many symbolic links a path may lead through, as on Linux. */
    private static final int MAX_LINKS = 40;

    private final int count;
    private final IntFunction<LayerTree> layers;

    /**
     * A view.
     *
     * @param count how many layers there are
     * @param layers the tree of a layer, 0 for the base
     */
    MergedView(int count, IntFunction<LayerTree> layers) {
        this.count = count;
        this.layers = layers;
    }

    /**
     * Where a path leads.
     *
     * @param names the names from the root on, without links and {@code ..}
     * @param facts what is there, or null when there is nothing
     */
    record Place(List<RawPath> names, @Nullable FileFacts facts) {}

    /** What is at a path after all symbolic links; empty where there is nothing, or where links lead in circles. */
    Optional<FileFacts> resolve(RawPath path) {
        return resolve(path.components(), count, true).flatMap(place -> Optional.ofNullable(place.facts()));
    }

    /**
     * Where a path leads in the lowest layers; empty if that is through a file, or through too many links. What is missing is taken
     * by its name.
     *
     * @param below how many layers count
     * @param followsLast whether a symbolic link at the end is followed too
     */
    Optional<Place> resolve(List<RawPath> path, int below, boolean followsLast) {
        Deque<RawPath> left = new ArrayDeque<>(path);
        Deque<RawPath> walked = new ArrayDeque<>();
        FileFacts facts = FileFacts.ofImpliedDirectory(0);
        int links = 0;
        for (RawPath part = left.poll(); part != null; part = left.poll()) {
            if (part.is("..")) {
                walked.pollLast();
                continue;
            }
            walked.add(part);
            facts = facts == null ? null : lookup(walked, below);
            if (facts == null) {
                continue;
            }
            if (facts.type() == EntryType.SYMLINK && (followsLast || !left.isEmpty())) {
                if (links++ == MAX_LINKS) {
                    return Optional.empty();
                }
                walked.pollLast();
                lead(facts.link(), walked, left);
                facts = FileFacts.ofImpliedDirectory(0);
            } else if (facts.type() != EntryType.DIRECTORY && !left.isEmpty()) {
                return Optional.empty();
            }
        }
        return Optional.of(new Place(List.copyOf(walked), facts));
    }

    private static void lead(RawPath target, Deque<RawPath> walked, Deque<RawPath> left) {
        List<RawPath> parts = target.components();
        for (int i = parts.size() - 1; i >= 0; i--) {
            left.addFirst(parts.get(i));
        }
        if (target.isAbsolute()) {
            walked.clear();
        }
    }

    /** What the topmost of the lowest layers that decides says about a path without links; null where there is nothing. */
    @Nullable
    FileFacts lookup(Collection<RawPath> path, int below) {
        FileFacts implied = null;
        for (int layer = below - 1; layer >= 0; layer--) {
            LayerNode node = layers.apply(layer).root();
            boolean hides = false;
            for (RawPath part : path) {
                hides |= node.hides(part) || !node.isDirectory();
                node = node.children().get(part);
                if (node == null) {
                    break;
                }
            }
            if (node != null) {
                FileFacts facts = node.facts();
                if (!node.isDirectory() && implied != null) {
                    return implied; // a directory of a layer above takes its place
                }
                if (facts != null) {
                    return withTarget(facts);
                }
                implied = implied == null ? FileFacts.ofImpliedDirectory(layer) : implied;
            }
            if (hides) {
                return implied;
            }
        }
        return implied;
    }

    /** The facts of the file that a hard link to a lower layer stands for. */
    FileFacts withTarget(FileFacts facts) {
        if (facts.type() != EntryType.HARD_LINK) {
            return facts;
        }
        return resolve(facts.link().components(), facts.layer(), false)
                .flatMap(place -> Optional.ofNullable(place.facts()))
                .filter(target -> target.type() != EntryType.DIRECTORY)
                .orElseThrow(() -> new IntegrityException("layer " + (facts.layer() + 1)
                        + " of the image has a hard link to " + facts.link()
                        + ", but neither it nor a layer below has that file: the image is broken"));
    }

    /**
     * All names of the image but the root, a directory before what is in it, names in the order of their bytes.
     *
     * @return the files, as many as the limits on names allow
     */
    List<MergedFile> files() {
        List<MergedFile> files = new ArrayList<>();
        Deque<MergedDirectory> open = new ArrayDeque<>();
        List<LayerNode> roots = new ArrayList<>();
        for (int layer = count - 1; layer >= 0; layer--) {
            roots.add(layers.apply(layer).root());
        }
        open.add(new MergedDirectory(RawPath.of(""), null, roots));
        for (MergedDirectory directory = open.pollLast(); directory != null; directory = open.pollLast()) {
            FileFacts facts = directory.facts();
            if (facts != null) {
                files.add(new MergedFile(directory.path(), withTarget(facts)));
            }
            List<MergedDirectory> children = directory.children();
            for (int i = children.size() - 1; i >= 0; i--) {
                open.add(children.get(i));
            }
        }
        return files;
    }
}
