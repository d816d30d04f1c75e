// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.error.ImageNotFoundException;
import dev.jpull.tar.EntryType;
import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which entries of which layers make some paths of an image: the files and trees at the paths, the directories above them, and the
 * symbolic links that the paths lead through. Immutable after its making.
 */
final class PathSelection {
    private static final int MAX_LINKS = 40;

    private final Map<RawPath, FileFacts> all = new LinkedHashMap<>();
    /** For each layer, the paths that each chosen entry is written to. */
    private final Map<Integer, Map<Long, List<RawPath>>> chosen = new HashMap<>();

    private PathSelection(List<MergedFile> files) {
        files.forEach(file -> all.put(file.path(), file.facts()));
    }

    /**
     * Chooses paths.
     *
     * @param image the image, for messages
     * @param files all files of the image
     * @param wanted the paths; links in them are followed within the image
     * @throws ImageNotFoundException if the image does not have one of them
     */
    static PathSelection of(String image, List<MergedFile> files, List<RawPath> wanted) {
        PathSelection selection = new PathSelection(files);
        Set<RawPath> paths = new TreeSet<>((a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes()));
        for (RawPath path : wanted) {
            selection.follow(image, path, paths);
        }
        paths.forEach(selection::choose);
        return selection;
    }

    /** The layers that have chosen entries, by their places. */
    boolean isNeeded(int layer) {
        return chosen.containsKey(layer);
    }

    /** What of a layer is unpacked. */
    EntryChoice ofLayer(int layer) {
        Map<Long, List<RawPath>> entries = chosen.getOrDefault(layer, Map.of());
        return (number, entry) -> {
            List<RawPath> paths = entries.getOrDefault(number, List.of());
            List<TarEntry> placed = new ArrayList<>();
            for (RawPath path : paths) {
                placed.add(placed.isEmpty() ? at(entry, path) : link(entry, path, paths.get(0)));
            }
            return placed;
        };
    }

    /** Walks a path, and adds what it leads through and what is at its end. */
    private void follow(String image, RawPath wanted, Set<RawPath> paths) {
        Deque<RawPath> left = new ArrayDeque<>(wanted.components());
        List<RawPath> walked = new ArrayList<>();
        int links = 0;
        while (!left.isEmpty()) {
            RawPath name = left.pop();
            if (name.is("..")) {
                if (!walked.isEmpty()) {
                    walked.remove(walked.size() - 1);
                }
                continue;
            }
            walked.add(name);
            RawPath path = TreePath.of(walked);
            FileFacts facts = all.get(path);
            boolean leadsOn = facts != null && (left.isEmpty() || facts.type() != EntryType.FILE);
            if (facts == null || !leadsOn || links > MAX_LINKS) {
                throw new ImageNotFoundException(image + " has no file " + wanted
                        + (facts != null && links > MAX_LINKS ? ", which leads through too many links" : ""));
            }
            paths.add(path);
            if (facts.type() == EntryType.SYMLINK) {
                links++;
                if (facts.link().isAbsolute()) {
                    walked.clear();
                } else {
                    walked.remove(walked.size() - 1);
                }
                List<RawPath> target = facts.link().components();
                for (int i = target.size() - 1; i >= 0; i--) {
                    left.push(target.get(i));
                }
            }
        }
        RawPath end = TreePath.of(walked);
        for (RawPath path : all.keySet()) {
            if (TreePath.isWithin(path, end)) {
                paths.add(path);
            }
        }
    }

    private void choose(RawPath path) {
        FileFacts facts = all.get(path);
        if (facts != null && facts.entry() >= 0) {
            chosen.computeIfAbsent(facts.layer(), layer -> new HashMap<>())
                    .computeIfAbsent(facts.entry(), entry -> new ArrayList<>())
                    .add(path);
        }
    }

    private static TarEntry at(TarEntry entry, RawPath path) {
        return new TarEntry(
                entry.type(),
                path,
                entry.link(),
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.modified(),
                entry.accessed(),
                entry.size(),
                entry.sparse(),
                entry.major(),
                entry.minor(),
                entry.xattrs());
    }

    private static TarEntry link(TarEntry entry, RawPath path, RawPath target) {
        return new TarEntry(
                EntryType.HARD_LINK,
                path,
                target,
                entry.mode(),
                entry.uid(),
                entry.gid(),
                entry.modified(),
                entry.accessed(),
                0,
                null,
                0,
                0,
                Map.of());
    }
}
