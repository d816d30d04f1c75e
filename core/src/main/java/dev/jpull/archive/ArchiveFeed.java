// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes an archive while pulls bring its images: each blob as soon as it is verified, in the order of the archive. What it writes
 * before an image is complete is what the image will have as far as its documents tell; when that turns out to be something else,
 * the archive is written anew from the store at the end, so that it has the same bytes as a later export in any case.
 *
 * <p>{@link #write} runs on a thread of its own; the other methods are called by the threads of the pulls, and do not block on I/O.
 */
public final class ArchiveFeed {
    /** How long a wait lasts at most before the writer looks whether it is cancelled. */
    private static final long WAKE_MILLIS = 100;

    private final ImageStore store;
    private final ExportOptions options;
    private final ArchivePlanner planner;
    private final Path target;
    private final ArchiveKind kind;
    /** Of the thread that writes, and used by no other. */
    private BooleanSupplier cancelled = () -> false;

    private volatile boolean rewritten;

    /** The images on their way, by name, with the blobs that their pulls bring. */
    @GuardedBy("this")
    private final Map<String, Coming> coming = new HashMap<>();

    @GuardedBy("this")
    private final Set<Digest> came = new HashSet<>();

    @GuardedBy("this")
    private final Map<String, Descriptor> complete = new HashMap<>();

    /** An image whose documents are in the store. */
    private record Coming(Descriptor root, Set<Digest> blobs) {}

    /**
     * A feed for an archive.
     *
     * @param options what is exported; its images, which are in the store, beside those that are pulled
     * @throws PullException if no archive can be written there
     */
    public ArchiveFeed(ImageStore store, ExportOptions options, Path target) {
        this.store = store;
        this.options = options;
        this.planner = new ArchivePlanner(store, options);
        this.target = target;
        this.kind = ArchiveKind.of(target, options.format(), options.compression());
        if (kind.format() != ArchiveFormat.OCI) {
            TargetFile unused = TargetFile.at(target, kind.compression()); // fails before anything is pulled
        }
    }

    /**
     * The names of images in the order of the archive: when they are pulled in that order, it is written soonest.
     *
     * @param names the names of the images in the store
     */
    public List<String> order(List<String> names) {
        return names.stream()
                .distinct()
                .sorted(Comparator.comparing(name -> options.renames().apply(name)))
                .toList();
    }

    /** The documents of an image are in the store, and these blobs are being fetched. */
    public synchronized void planned(String name, Descriptor root, Set<Digest> blobs) {
        coming.put(name, new Coming(root, Set.copyOf(blobs)));
        notifyAll();
    }

    /** A blob is verified, and in the store. */
    public synchronized void came(Digest blob) {
        came.add(blob);
        notifyAll();
    }

    /** All of an image is in the store, and has its name there. */
    public synchronized void complete(String name, Descriptor root) {
        complete.put(name, root);
        notifyAll();
    }

    /**
     * Writes the archive; returns when all images are complete and it has its place.
     *
     * @param names the names of the images that are pulled
     * @param stop whether to stop; asked often
     * @throws PullException if it cannot be written; nothing of it is left then
     */
    public ExportResult write(List<String> names, BooleanSupplier stop) {
        cancelled = stop;
        if (kind.format() != ArchiveFormat.OCI_ARCHIVE) {
            names.forEach(this::awaitComplete);
            return new ArchiveExport(store, options, cancelled, selection(names)).to(target);
        }
        TargetFile file = TargetFile.at(target, kind.compression());
        try (PartFile part = file.begin()) {
            List<ArchiveEntry> written = new ArrayList<>();
            try (ArchiveSink sink = ArchiveSink.to(part, kind.compression())) {
                ArchiveWriter writer = new ArchiveWriter(store, sink.output(), options.verify(), cancelled);
                put(writer, ArchivePlan.layout(), written);
                for (String name : order(names)) {
                    follow(name, writer, written);
                }
                ArchivePlan plan = planner.plan(kind.format(), selection(names));
                if (isBeginning(written, plan)) {
                    writer.entries(plan.entries()
                            .subList(written.size(), plan.entries().size()));
                    return result(plan, file.finish(part, sink));
                }
            }
            rewritten = true;
            part.restart();
            ArchivePlan plan = planner.plan(kind.format(), selection(names));
            try (ArchiveSink sink = ArchiveSink.to(part, kind.compression())) {
                new ArchiveWriter(store, sink.output(), options.verify(), cancelled).entries(plan.entries());
                return result(plan, file.finish(part, sink));
            }
        } catch (IOException e) {
            throw ExportFailure.of("write", target, e);
        }
    }

    /** Whether what was written meanwhile was of no use. */
    boolean isRewritten() {
        return rewritten;
    }

    private ExportResult result(ArchivePlan plan, TargetFile.Outcome outcome) {
        return ExportResult.of(kind.format(), plan, outcome);
    }

    /** Writes what an image has: first what its documents tell, then what came beside that, such as referrers. */
    private void follow(String name, ArchiveWriter writer, List<ArchiveEntry> written) throws IOException {
        Set<String> paths = new HashSet<>();
        written.forEach(entry -> paths.add(entry.path()));
        Coming image = awaitPlanned(name);
        if (image != null) {
            for (ArchiveEntry entry : filesOf(new SelectedImage(name, image.root()), image.blobs())) {
                Descriptor blob = entry.blob();
                if (!paths.contains(entry.path()) && (blob == null || awaitBlob(name, image, blob.digest()))) {
                    put(writer, entry, written);
                    paths.add(entry.path());
                }
            }
        }
        for (ArchiveEntry entry : filesOf(new SelectedImage(name, awaitComplete(name)), Set.of())) {
            if (paths.add(entry.path())) {
                put(writer, entry, written);
            }
        }
    }

    private List<ArchiveEntry> filesOf(SelectedImage image, Set<Digest> awaited) {
        List<CarriedImage> carried = planner.carry(List.of(image), awaited, new ArrayList<>());
        // Referrers are known when the image is complete: they may come after its blobs.
        return awaited.isEmpty() ? ArchivePlan.blobs(carried) : carried.get(0).files();
    }

    private static void put(ArchiveWriter writer, ArchiveEntry entry, List<ArchiveEntry> written) throws IOException {
        writer.entry(entry);
        written.add(entry);
    }

    private static boolean isBeginning(List<ArchiveEntry> written, ArchivePlan plan) {
        List<String> paths = written.stream().map(ArchiveEntry::path).toList();
        return plan.entries().stream()
                .limit(paths.size())
                .map(ArchiveEntry::path)
                .toList()
                .equals(paths);
    }

    private List<SelectedImage> selection(List<String> names) {
        Set<SelectedImage> selected = new LinkedHashSet<>();
        synchronized (this) {
            complete.forEach((name, root) -> {
                if (names.contains(name)) {
                    selected.add(new SelectedImage(name, root));
                }
            });
        }
        selected.addAll(planner.select());
        return List.copyOf(selected);
    }

    /** The image when its documents are there; null when it is complete before they were told of. */
    private synchronized @Nullable Coming awaitPlanned(String name) {
        while (!coming.containsKey(name) && !complete.containsKey(name)) {
            await();
        }
        return coming.get(name);
    }

    /** Whether a blob came; false when the image is complete without it. */
    private synchronized boolean awaitBlob(String name, Coming image, Digest blob) {
        while (image.blobs().contains(blob) && !came.contains(blob)) {
            if (complete.containsKey(name)) {
                return false;
            }
            await();
        }
        return true;
    }

    private synchronized Descriptor awaitComplete(String name) {
        Descriptor root = complete.get(name);
        while (root == null) {
            await();
            root = complete.get(name);
        }
        return root;
    }

    @GuardedBy("this")
    @SuppressWarnings("WaitNotInLoop") // the callers have the loops
    private void await() {
        if (cancelled.getAsBoolean()) {
            throw new PullCancelledException("the export was cancelled");
        }
        try {
            wait(WAKE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullCancelledException("the export was interrupted", e);
        }
    }
}
