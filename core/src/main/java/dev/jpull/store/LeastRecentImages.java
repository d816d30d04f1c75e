// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses the images that go so that the rest is small enough: those that were not pulled for longest. Each image is looked at
 * twice, whatever the images share.
 */
final class LeastRecentImages {
    private final StoreGraph graph;
    private final Map<Digest, StoreCleaner.Blob> blobs;
    /** How many of the images that stay need a blob. */
    private final Map<Digest, Integer> uses = new HashMap<>();

    private long bytes;

    /**
     * A choice among the images of a store.
     *
     * @param graph its documents and referrers
     * @param blobs what it has
     */
    LeastRecentImages(StoreGraph graph, Map<Digest, StoreCleaner.Blob> blobs) {
        this.graph = graph;
        this.blobs = blobs;
    }

    /**
     * The images that go.
     *
     * @param entries all images; those without a name are another program's, and stay
     * @param keepBytes how many bytes the others may have together, with what refers to them
     */
    List<LayoutIndex.Entry> beyond(List<LayoutIndex.Entry> entries, long keepBytes) {
        entries.forEach(entry -> neededBy(entry).forEach(this::use));
        List<LayoutIndex.Entry> oldestFirst = new ArrayList<>(entries);
        oldestFirst.removeIf(entry -> entry.name().isEmpty());
        oldestFirst.sort(Comparator.comparing(this::used));
        List<LayoutIndex.Entry> beyond = new ArrayList<>();
        for (LayoutIndex.Entry oldest : oldestFirst) {
            if (bytes <= keepBytes) {
                break;
            }
            beyond.add(oldest);
            neededBy(oldest).forEach(this::release);
        }
        return beyond;
    }

    private Set<Digest> neededBy(LayoutIndex.Entry entry) {
        return graph.needed(List.of(entry.root())).keySet();
    }

    private Instant used(LayoutIndex.Entry entry) {
        StoreCleaner.Blob root = blobs.get(entry.root().digest());
        return root == null ? Instant.MIN : root.used();
    }

    private void use(Digest digest) {
        if (uses.merge(digest, 1, Integer::sum) == 1) {
            bytes += sizeOf(digest);
        }
    }

    private void release(Digest digest) {
        if (uses.merge(digest, -1, Integer::sum) == 0) {
            bytes -= sizeOf(digest);
        }
    }

    private long sizeOf(Digest digest) {
        StoreCleaner.Blob blob = blobs.get(digest);
        return blob == null ? 0 : blob.size();
    }
}
