// SPDX-License-Identifier: Apache-2.0
package dev.jpull.sync;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.snapshot.SnapshotCleaner;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import dev.jpull.store.StoreCleaner;
import dev.jpull.store.WaitControl;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes images that earlier runs brought, and that no list names any more. Images that were pulled by hand stay.
 *
 * @param store the store
 * @param wanted the names of the images that lists name
 * @param waiting is asked while the index is waited for
 */
record SyncPrune(ImageStore store, Set<String> wanted, WaitControl waiting) {
    /** An age that no snapshot has. */
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    /** Removes them, with the content that only they need. */
    SyncedContent.Pruned run() {
        List<String> names = dropped();
        if (names.isEmpty()) {
            return new SyncedContent.Pruned(names, 0);
        }
        SnapshotCleaner snapshots = new SnapshotCleaner(store, waiting);
        Set<Digest> chains = snapshots.neededBy(roots());
        StoreCleaner.Removed removed = new StoreCleaner(store, waiting).remove(names);
        long bytes = snapshots.prune(chains, FOREVER, name -> true, false).bytes();
        return new SyncedContent.Pruned(removed.names(), removed.bytes() + bytes);
    }

    /** What {@link #run} would remove. */
    SyncedContent.Pruned plan() {
        List<String> names = dropped();
        StoreCleaner cleaner = new StoreCleaner(store, waiting);
        List<LayoutIndex.Entry> entries = store.index().list();
        Set<Digest> gone =
                new HashSet<>(cleaner.needed(rootsOf(entries, names, true)).keySet());
        gone.removeAll(cleaner.needed(rootsOf(entries, names, false)).keySet());
        long bytes = cleaner.blobs().values().stream()
                .filter(blob -> gone.contains(blob.digest()))
                .mapToLong(StoreCleaner.Blob::size)
                .sum();
        return new SyncedContent.Pruned(names, bytes);
    }

    private List<String> dropped() {
        return store.index().list().stream()
                .filter(entry -> entry.root().annotations().containsKey(LayoutIndex.SYNCED))
                .map(LayoutIndex.Entry::name)
                .filter(name -> !name.isEmpty() && !wanted.contains(name))
                .sorted()
                .toList();
    }

    private List<Descriptor> roots() {
        return store.index().list().stream().map(LayoutIndex.Entry::root).toList();
    }

    private static List<Descriptor> rootsOf(List<LayoutIndex.Entry> entries, List<String> names, boolean dropped) {
        return entries.stream()
                .filter(entry -> names.contains(entry.name()) == dropped)
                .map(LayoutIndex.Entry::root)
                .toList();
    }
}
