// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.Referrer;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds out what a store holds and what of it is needed, and throws away the rest. A pull that runs meanwhile looks again,
 * before it names its image, whether everything is still there, and nothing is deleted between that look and the
 * naming. For use by one thread; other pulls and processes may go on.
 */
public final class StoreCleaner {
    private final ImageStore store;
    private final WaitControl wait;

    /** A cleaner for a store. */
    public StoreCleaner(ImageStore store) {
        this(store, WaitControl.UNLIMITED);
    }

    /**
     * A cleaner for a store.
     *
     * @param wait is told about the wait for the lock of the index
     */
    public StoreCleaner(ImageStore store, WaitControl wait) {
        this.store = store;
        this.wait = wait;
    }

    /**
     * A blob that has its name.
     *
     * @param size its size in bytes
     * @param used when it was last needed
     */
    public record Blob(Digest digest, Path path, long size, Instant used) {}

    /**
     * What was deleted.
     *
     * @param names the images that are no longer listed
     * @param blobs the blobs that are gone
     */
    public record Removed(List<String> names, List<Blob> blobs) {
        /** Copies the lists. */
        public Removed {
            names = List.copyOf(names);
            blobs = List.copyOf(blobs);
        }

        /** How many bytes were freed. */
        public long bytes() {
            return blobs.stream().mapToLong(Blob::size).sum();
        }
    }

    /** All blobs, by digest. What has the name of a blob and is no regular file is none. */
    public Map<Digest, Blob> blobs() {
        Map<Digest, Blob> blobs = new HashMap<>();
        visitFiles((digest, directory, file) -> {
            if (file.isRegularFile()) {
                blobs.put(
                        digest,
                        new Blob(
                                digest,
                                directory.pathOf(digest.hex()),
                                file.size(),
                                file.lastModifiedTime().toInstant()));
            }
        });
        return blobs;
    }

    /** Sees a file that has the name of a blob. */
    interface FileVisitor {
        void visit(Digest digest, StoreDirectory directory, BasicFileAttributes file) throws IOException;
    }

    /** Goes over all that has the name of a blob. */
    void visitFiles(FileVisitor visitor) {
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            visitFiles(algorithm, visitor);
        }
    }

    private void visitFiles(Digest.Algorithm algorithm, FileVisitor visitor) {
        try (StoreDirectory directory = store.tree().blobs(algorithm)) {
            directory.visitNames(name -> {
                String text = algorithm.label() + ":" + name;
                BasicFileAttributes file = Digest.check(text) == null ? directory.attributesIfThere(name) : null;
                if (file != null) { // else it is gone meanwhile, or no blob
                    visitor.visit(Digest.parse(text), directory, file);
                }
            });
        } catch (NoSuchFileException e) {
            return; // there is no blob of this algorithm
        } catch (IOException e) {
            throw StoreFiles.failure(
                    "list", store.root().resolve(StoreLayout.BLOBS).resolve(algorithm.label()), e);
        }
    }

    /**
     * The descriptors of the roots, of their descendants, and of what refers to them, as far as the manifests and indexes between
     * them are stored.
     */
    public Map<Digest, Descriptor> needed(Collection<Descriptor> roots) {
        return needed(roots, store.index().referrers());
    }

    /**
     * The same with other referrers.
     *
     * @param referrers those that count; none for the images alone
     */
    public Map<Digest, Descriptor> needed(Collection<Descriptor> roots, Collection<Referrer> referrers) {
        return StoreGraph.strict(store, referrers).needed(roots);
    }

    /**
     * Deletes images by name, and the blobs that no other image needs.
     *
     * @param names names as they are listed
     */
    public Removed remove(Collection<String> names) {
        List<LayoutIndex.Entry> chosen = store.index().list().stream()
                .filter(entry -> names.contains(entry.name()))
                .toList();
        Dropping dropping = new Dropping(chosen, (blob, ofDropped) -> ofDropped);
        store.index(wait).remove(names, dropping);
        return new Removed(List.copyOf(names), dropping.gone);
    }

    /**
     * Deletes blobs that no image needs and that were not needed for a while, and then images that were not pulled for
     * longest, until what is left is small enough.
     *
     * @param unused how long a blob must not have been needed
     * @param keepBytes how much may be left; {@link Long#MAX_VALUE} for all images
     * @param dryRun whether to report only what would be deleted
     */
    public Removed prune(Duration unused, long keepBytes, boolean dryRun) {
        Instant now = Instant.now();
        Instant before = unused.compareTo(Duration.between(Instant.EPOCH, now)) > 0 ? Instant.EPOCH : now.minus(unused);
        LayoutIndex.Contents contents = store.index().contents();
        List<LayoutIndex.Entry> dropped = keepBytes == Long.MAX_VALUE
                ? List.of()
                : new LeastRecentImages(StoreGraph.strict(store, contents.referrers()), blobs())
                        .beyond(contents.entries(), keepBytes);
        List<String> names = dropped.stream().map(LayoutIndex.Entry::name).toList();
        Dropping dropping = new Dropping(
                dropped, (blob, ofDropped) -> ofDropped || blob.used().isBefore(before));
        if (dryRun) {
            Set<String> going = Set.copyOf(names);
            dropping.keeps(
                    contents.referrers(),
                    contents.entries().stream()
                            .filter(entry -> !going.contains(entry.name()))
                            .toList());
            return new Removed(names, dropping.unneeded());
        }
        store.index(wait).remove(names, dropping);
        new StoreSweeper(store).sweep();
        return new Removed(names, dropping.gone);
    }

    /** Decides whether a blob that no image needs is deleted, by whether one of the deleted images needs it. */
    private interface Choice {
        boolean goes(Blob blob, boolean ofDropped);
    }

    /** Deletes what is not needed without some images. */
    private final class Dropping implements LayoutIndex.Removal {
        private final Set<Digest> roots = new HashSet<>();
        private final Set<Digest> ofDropped;
        private final Choice choice;
        private final List<Blob> gone = new ArrayList<>();
        private Set<Digest> kept = Set.of();

        Dropping(List<LayoutIndex.Entry> dropped, Choice choice) {
            dropped.forEach(entry -> roots.add(entry.root().digest()));
            this.ofDropped = neededBy(dropped);
            this.choice = choice;
        }

        /**
         * What goes, after {@link #keeps}, in the order in which it may go before the index is written: what no image needs; then roots, because without its
         * root an image is known to be incomplete, and what else it needs is not fetched again; then what frees most.
         */
        List<Blob> unneeded() {
            return blobs().values().stream()
                    .filter(blob ->
                            !kept.contains(blob.digest()) && choice.goes(blob, ofDropped.contains(blob.digest())))
                    .sorted(Comparator.comparing((Blob blob) -> ofDropped.contains(blob.digest()))
                            .thenComparing(blob -> !roots.contains(blob.digest()))
                            .thenComparing(Blob::size, Comparator.reverseOrder()))
                    .toList();
        }

        @Override
        public Predicate<Referrer> keeps(List<Referrer> all, List<LayoutIndex.Entry> left) {
            kept = needed(left.stream().map(LayoutIndex.Entry::root).toList(), all)
                    .keySet();
            return referrer -> kept.contains(referrer.subject());
        }

        /**
         * A process that ends between this and the writing of the index leaves an image without its root: listed, reported by
         * {@code verify}, and completed by the next pull of it.
         */
        @Override
        public boolean makeRoom() {
            List<Blob> unneeded = unneeded();
            if (unneeded.isEmpty()) {
                return false;
            }
            delete(unneeded.get(0), gone);
            return true;
        }

        @Override
        public void finish() {
            unneeded().forEach(blob -> delete(blob, gone));
        }
    }

    private Set<Digest> neededBy(List<LayoutIndex.Entry> entries) {
        return new HashSet<>(
                needed(entries.stream().map(LayoutIndex.Entry::root).toList()).keySet());
    }

    private void delete(Blob blob, List<Blob> gone) {
        try (StoreDirectory directory = store.tree().blobs(blob.digest().algorithm())) {
            if (directory.deleteIfExists(blob.digest().hex())) {
                gone.add(blob);
            }
        } catch (IOException e) {
            throw StoreFiles.failure("delete", blob.path(), e);
        }
    }
}
