// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds out what a store holds and what of it is needed, and throws away the rest. A pull that runs meanwhile looks again,
 * before it names its image, whether everything is still there, and nothing is taken away between that look and the
 * naming. For use by one thread; other pulls and processes may go on.
 */
public final class StoreCleaner {
    private static final Pattern PARTIAL = Pattern.compile("[0-9a-f]{64,}(\\.ranges)?");
    private static final Duration DEAD_INGEST = Duration.ofDays(7);

    private final ImageStore store;

    /** A cleaner for a store. */
    public StoreCleaner(ImageStore store) {
        this.store = store;
    }

    /**
     * A blob that has its name.
     *
     * @param size its size in bytes
     * @param used when it was last needed
     */
    public record Blob(Digest digest, Path path, long size, Instant used) {}

    /**
     * What was taken away.
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

    /** All blobs, by digest. */
    public Map<Digest, Blob> blobs() {
        Map<Digest, Blob> blobs = new HashMap<>();
        Path root = store.root().resolve("blobs");
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Path directory = root.resolve(algorithm.label());
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    String text = algorithm.label() + ":" + file.getFileName();
                    if (Digest.check(text) == null) {
                        blob(Digest.parse(text), file).ifPresent(blob -> blobs.put(blob.digest(), blob));
                    }
                }
            } catch (IOException e) {
                throw StoreFiles.failure("list", directory, e);
            }
        }
        return blobs;
    }

    private static Optional<Blob> blob(Digest digest, Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Blob(
                    digest,
                    file,
                    attributes.size(),
                    attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // gone meanwhile
        }
    }

    /** The descriptors of all that some roots need, as far as it can be followed through what is there. */
    public Map<Digest, Descriptor> needed(Collection<Descriptor> roots) {
        Map<Digest, Descriptor> needed = new HashMap<>();
        Deque<Descriptor> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            Descriptor next = open.remove();
            if (needed.putIfAbsent(next.digest(), next) == null
                    && next.mediaType().isManifestOrIndex()) {
                open.addAll(children(next));
            }
        }
        return needed;
    }

    private List<Descriptor> children(Descriptor document) {
        byte[] content =
                store.document(document.digest(), ImageDocument.MAX_SIZE).orElse(null);
        if (content == null) {
            return List.of();
        }
        try {
            return ImageDocument.parse(content, document.mediaType()).children();
        } catch (IntegrityException e) {
            return List.of(); // another program stored it: what it needs is not for us to know
        }
    }

    /**
     * Takes away images by name, and the blobs that nobody else needs.
     *
     * @param names names as they are listed
     */
    public Removed remove(Collection<String> names) {
        List<Blob> gone = new ArrayList<>();
        List<LayoutIndex.Entry> chosen = store.index().list().stream()
                .filter(entry -> names.contains(entry.name()))
                .toList();
        Set<Digest> before =
                needed(chosen.stream().map(LayoutIndex.Entry::root).toList()).keySet();
        store.index().remove(names, left -> {
            Set<Digest> kept = neededBy(left);
            for (Blob blob : blobs().values()) {
                if (before.contains(blob.digest()) && !kept.contains(blob.digest())) {
                    delete(blob, gone);
                }
            }
        });
        return new Removed(chosen.stream().map(LayoutIndex.Entry::name).toList(), gone);
    }

    /**
     * Takes away blobs that no image needs and that were not needed for a while, and then images that were not pulled for
     * longest, until what is left is small enough.
     *
     * @param unused how long a blob must not have been needed
     * @param keepBytes how much may be left; {@link Long#MAX_VALUE} for all images
     * @param dryRun whether to say only what would be taken away
     */
    public Removed prune(Duration unused, long keepBytes, boolean dryRun) {
        Instant before = Instant.now().minus(unused);
        Map<Digest, Blob> all = blobs();
        List<LayoutIndex.Entry> entries = new ArrayList<>(store.index().list());
        entries.sort(Comparator.comparing(entry -> used(all, entry)));
        List<LayoutIndex.Entry> dropped = new ArrayList<>();
        while (!entries.isEmpty() && size(all, neededBy(entries)) > keepBytes) {
            LayoutIndex.Entry oldest = entries.remove(0);
            if (!oldest.name().isEmpty()) { // without a name it is another program's
                dropped.add(oldest);
            }
        }
        List<String> names = dropped.stream().map(LayoutIndex.Entry::name).toList();
        Set<Digest> ofDropped =
                needed(dropped.stream().map(LayoutIndex.Entry::root).toList()).keySet();
        List<Blob> gone = new ArrayList<>();
        if (dryRun) {
            Set<Digest> kept = neededBy(store.index().list().stream()
                    .filter(entry -> !names.contains(entry.name()))
                    .toList());
            all.values().stream()
                    .filter(blob -> isUnneeded(blob, kept, ofDropped, before))
                    .forEach(gone::add);
        } else {
            store.index().remove(names, left -> {
                Set<Digest> kept = neededBy(left);
                for (Blob blob : blobs().values()) {
                    if (isUnneeded(blob, kept, ofDropped, before)) {
                        delete(blob, gone);
                    }
                }
            });
            sweep();
        }
        return new Removed(names, gone);
    }

    private static boolean isUnneeded(Blob blob, Set<Digest> kept, Set<Digest> dropped, Instant before) {
        return !kept.contains(blob.digest())
                && (dropped.contains(blob.digest()) || blob.used().isBefore(before));
    }

    private static Instant used(Map<Digest, Blob> all, LayoutIndex.Entry entry) {
        Blob root = all.get(entry.root().digest());
        return root == null ? Instant.MIN : root.used();
    }

    private static long size(Map<Digest, Blob> all, Set<Digest> digests) {
        return digests.stream()
                .map(all::get)
                .filter(blob -> blob != null)
                .mapToLong(Blob::size)
                .sum();
    }

    private Set<Digest> neededBy(List<LayoutIndex.Entry> entries) {
        return new HashSet<>(
                needed(entries.stream().map(LayoutIndex.Entry::root).toList()).keySet());
    }

    private static void delete(Blob blob, List<Blob> gone) {
        try {
            if (Files.deleteIfExists(blob.path())) {
                gone.add(blob);
            }
        } catch (IOException e) {
            throw StoreFiles.failure("delete", blob.path(), e);
        }
    }

    /** Throws away what dead processes left of blobs and documents a long time ago. */
    void sweep() {
        Path ingest = store.root().resolve("ingest");
        Instant before = Instant.now().minus(DEAD_INGEST);
        List<Path> directories = new ArrayList<>(List.of(ingest));
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            directories.add(ingest.resolve(algorithm.label()));
        }
        for (Path directory : directories) {
            if (Files.isDirectory(directory)) {
                sweep(directory, before);
            }
        }
    }

    private void sweep(Path directory, Instant before) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, Files::isRegularFile)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before) && !name.endsWith(".lock")) {
                    deleteUnlessHeld(file, name);
                }
            }
        } catch (NoSuchFileException e) {
            return; // somebody else sweeps as well
        } catch (IOException e) {
            throw StoreFiles.failure("sweep", directory, e);
        }
    }

    private void deleteUnlessHeld(Path file, String name) throws IOException {
        if (!PARTIAL.matcher(name).matches()) {
            Files.deleteIfExists(file); // a small document, which nobody writes for days
            return;
        }
        Optional<FileMutex> mutex = FileMutex.acquire(store.lockOf(name), () -> true);
        if (mutex.isPresent()) {
            try (FileMutex held = mutex.get()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
