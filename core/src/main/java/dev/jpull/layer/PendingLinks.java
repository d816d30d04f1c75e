// SPDX-License-Identifier: Apache-2.0
package dev.jpull.layer;

import dev.jpull.tar.RawPath;
import dev.jpull.tar.TarException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Paths of a layer that stand for a file without being there yet: hard links to files of layers below, and what was left out. Not
 * thread-safe.
 */
final class PendingLinks {
    private static final int MAX_SIZE = 100_000;
    private static final int MAX_BYTES = 16 << 20;
    /** Stands for the target of what was left out. */
    static final RawPath LEFT_OUT = RawPath.of("/");

    /** By path, in the order of the bytes, so that what is below a directory is one range. */
    private final TreeMap<RawPath, RawPath> targets =
            new TreeMap<>(Comparator.comparing(RawPath::bytes, Arrays::compareUnsigned));

    private long bytes;

    boolean isEmpty() {
        return targets.isEmpty();
    }

    /** The target of a path that is not there yet, or null. */
    @Nullable
    RawPath target(RawPath path) {
        return targets.isEmpty() ? null : targets.get(path);
    }

    void put(RawPath path, RawPath target) throws TarException {
        targets.put(path, target);
        bytes += path.length() + target.length();
        if (targets.size() > MAX_SIZE || bytes > MAX_BYTES) {
            throw new TarException(
                    path + " is one of too many hard links to files of other layers, and devices that were not made");
        }
    }

    /** A path stands for something else from now on, and so does all below. */
    void remove(RawPath path) {
        if (targets.isEmpty()) {
            return;
        }
        targets.remove(path);
        byte[] first = path.child(RawPath.of("")).bytes();
        byte[] end = first.clone();
        end[end.length - 1]++;
        SortedMap<RawPath, RawPath> below = targets.subMap(RawPath.of(first), RawPath.of(end));
        below.clear();
    }

    void clear() {
        targets.clear();
    }

    /** The paths of what was left out. */
    List<RawPath> leftOut() {
        return targets.entrySet().stream()
                .filter(entry -> entry.getValue().equals(LEFT_OUT))
                .map(Map.Entry::getKey)
                .toList();
    }

    List<PendingLink> list() {
        List<PendingLink> links = new ArrayList<>();
        targets.forEach((path, target) -> {
            if (!target.equals(LEFT_OUT)) {
                links.add(new PendingLink(path, target));
            }
        });
        return links;
    }
}
