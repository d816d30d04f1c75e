// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import dev.jpull.store.WaitControl;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Throws away snapshots that no image needs, and what ended processes left. A snapshot loses its name under the lock of the index,
 * under which a pull looks for its snapshots once more before it names its image; its files are deleted afterwards. Does nothing,
 * and needs no system calls, where there are no snapshots. For use by one thread; pulls may go on meanwhile.
 */
public final class SnapshotCleaner {
    private final ImageStore store;
    private final WaitControl wait;
    private final Snapshots snapshots;

    /**
     * A cleaner for a store.
     *
     * @param wait is told about the wait for the lock of the index
     */
    public SnapshotCleaner(ImageStore store, WaitControl wait) {
        this.store = store;
        this.wait = wait;
        this.snapshots = new Snapshots(store);
    }

    /**
     * What was thrown away, or would be.
     *
     * @param snapshots the snapshots
     * @param leftovers how many directories ended processes had left
     */
    public record Removed(List<Snapshots.Stored> snapshots, int leftovers) {
        /** Copies the list. */
        public Removed {
            snapshots = List.copyOf(snapshots);
        }

        /** How many bytes the files of their layers have. */
        public long bytes() {
            return snapshots.stream()
                    .mapToLong(snapshot -> Math.max(0, snapshot.record().bytes()))
                    .sum();
        }
    }

    /** The chain IDs that images need, by their roots. */
    public Set<Digest> neededBy(Collection<Descriptor> roots) {
        return snapshots.directories().exist() ? new SnapshotNeeds(store).chainsOf(roots) : Set.of();
    }

    /**
     * Throws away the snapshots that no image needs and that were not needed for a while, and those that only deleted images needed.
     *
     * @param ofDeleted the chain IDs that images needed which are deleted by now
     * @param unused how long any other snapshot must not have been needed
     * @param kept says, by its name, whether an image of the index is one that stays
     * @param dryRun whether to report only
     */
    public Removed prune(Set<Digest> ofDeleted, Duration unused, Predicate<String> kept, boolean dryRun) {
        if (!snapshots.directories().exist()) {
            return new Removed(List.of(), 0);
        }
        Instant now = Instant.now();
        Instant before = unused.compareTo(Duration.between(Instant.EPOCH, now)) > 0 ? Instant.EPOCH : now.minus(unused);
        List<Snapshots.Stored> gone = new ArrayList<>();
        List<Closeable> discarded = new ArrayList<>();
        try {
            store.index(wait).whileLocked(() -> {
                Set<Digest> needed = neededBy(store.index().list().stream()
                        .filter(entry -> kept.test(entry.name()))
                        .map(LayoutIndex.Entry::root)
                        .toList());
                try {
                    for (Snapshots.Stored each : snapshots.list()) {
                        Digest chainId = each.record().chainId();
                        if (!needed.contains(chainId)
                                && (ofDeleted.contains(chainId) || each.used().isBefore(before))) {
                            gone.add(each);
                        }
                    }
                    if (!dryRun) {
                        discard(gone, discarded);
                    }
                } catch (IOException e) {
                    throw failure(e);
                }
            });
            return new Removed(gone, leftovers(dryRun));
        } catch (IOException e) {
            throw failure(e);
        } finally {
            delete(discarded);
        }
    }

    /**
     * Throws away snapshots, whether or not an image needs them.
     *
     * @throws StoreException if there is no such snapshot, or another one is mounted on top of it
     */
    public Removed remove(Collection<Digest> chainIds) {
        List<Snapshots.Stored> gone = new ArrayList<>();
        List<Closeable> discarded = new ArrayList<>();
        try {
            store.index(wait).whileLocked(() -> {
                try {
                    List<Snapshots.Stored> all = snapshots.directories().exist() ? snapshots.list() : List.of();
                    for (Digest chainId : new HashSet<>(chainIds)) {
                        List<Snapshots.Stored> found = all.stream()
                                .filter(each -> each.record().chainId().equals(chainId))
                                .toList();
                        if (found.isEmpty()) {
                            throw new StoreException("there is no snapshot " + chainId + " in "
                                    + snapshots.directories().root());
                        }
                        requireUnused(chainId, chainIds, all);
                        gone.addAll(found);
                    }
                    discard(gone, discarded);
                } catch (IOException e) {
                    throw failure(e);
                }
            });
            return new Removed(gone, 0);
        } finally {
            delete(discarded);
        }
    }

    private static void requireUnused(Digest chainId, Collection<Digest> chainIds, List<Snapshots.Stored> all) {
        for (Snapshots.Stored each : all) {
            if (each.record().snapshotter() == Snapshotter.OVERLAYFS
                    && chainId.equals(each.record().parent())
                    && !chainIds.contains(each.record().chainId())) {
                throw new StoreException("the snapshot " + chainId + " is below the snapshot "
                        + each.record().chainId() + ", which cannot be mounted without it: remove both, or neither");
            }
        }
    }

    private void discard(List<Snapshots.Stored> gone, List<Closeable> discarded) throws IOException {
        for (Snapshots.Stored each : gone) {
            try (OpenDirectory all = snapshots.directories().form(each.record().snapshotter())) {
                String name = SnapshotDirectories.nameOf(each.record().chainId());
                discarded.add(StagedSnapshot.discard(snapshots, all, SnapshotDirectories.bytes(name)));
            }
        }
    }

    private void delete(List<Closeable> discarded) {
        StoreException failed = null;
        for (Closeable each : discarded) {
            try {
                each.close();
            } catch (IOException e) {
                failed = failure(e);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** Deletes what is on its way although its process has ended. */
    int leftovers(boolean dryRun) throws IOException {
        int count = 0;
        try (OpenDirectory work = snapshots.directories().work()) {
            for (String name : Snapshots.names(work)) {
                Optional<Closeable> lock = snapshots.tryLockWork(name);
                if (lock.isPresent()) {
                    try (Closeable held = lock.get()) {
                        if (!dryRun) {
                            work.removeTree(SnapshotDirectories.bytes(name));
                        }
                        count++;
                    }
                }
            }
        } catch (NoSuchFileException e) {
            return count; // nothing was ever on its way
        }
        return count;
    }

    private StoreException failure(IOException e) {
        return snapshots.failure("clean up the snapshots", e);
    }
}
