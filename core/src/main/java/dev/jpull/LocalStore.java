// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.archive.ArchiveExport;
import dev.jpull.archive.ArchiveImport;
import dev.jpull.archive.ArchiveSource;
import dev.jpull.compression.DecodeLimits;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDetails;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.image.Snapshotter;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.pull.CallOptions;
import dev.jpull.pull.StandardLocations;
import dev.jpull.pull.StoredImages;
import dev.jpull.snapshot.SnapshotCleaner;
import dev.jpull.snapshot.SnapshotMount;
import dev.jpull.snapshot.SnapshotRecord;
import dev.jpull.snapshot.Snapshots;
import dev.jpull.store.ImageInspector;
import dev.jpull.store.ImageStore;
import dev.jpull.store.LayoutIndex;
import dev.jpull.store.StoreCleaner;
import dev.jpull.store.StoreListing;
import dev.jpull.store.StoreVerifier;
import dev.jpull.store.WaitControl;
import dev.jpull.text.ForeignText;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The content of a store: its images by name, whether their content is undamaged, and content that no image needs. For use by
 * one thread; pulls into the store may go on meanwhile, also in other processes.
 *
 * @since 0.1.0
 */
public final class LocalStore {
    /** An age that no snapshot has. */
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static final int MAX_DOCUMENT = 8 << 20;

    private final ImageStore store;
    private final WaitControl waiting;

    private LocalStore(ImageStore store, WaitControl waiting) {
        this.store = store;
        this.waiting = waiting;
    }

    /**
     * {@return the store that a puller uses which is given none: {@code $JPULL_STORE}, else {@code jpull} in the data directory of
     * the user}
     *
     * @throws dev.jpull.error.ReferenceException if the variable is blank
     */
    public static Path standardDirectory() {
        return new StandardLocations(System.getenv()).store();
    }

    /**
     * {@return a store that is there}
     *
     * @param directory the directory of the store
     * @throws StoreException if there is none, or it cannot be read
     */
    public static LocalStore open(Path directory) {
        return open(directory, text -> {});
    }

    /**
     * {@return a store that is there}
     *
     * @param notices is told, in words, when another process is waited for
     * @param directory the directory of the store
     * @throws StoreException if there is none, or it cannot be read
     */
    public static LocalStore open(Path directory, Consumer<String> notices) {
        Objects.requireNonNull(notices, "notices");
        return new LocalStore(ImageStore.openExisting(directory), waiting(notices));
    }

    /**
     * {@return a store, which is made when it is not there}
     *
     * @param notices is told, in words, when another process is waited for
     * @param directory the directory of the store
     * @throws StoreException if the directory cannot be used as a store
     */
    public static LocalStore openOrCreate(Path directory, Consumer<String> notices) {
        Objects.requireNonNull(notices, "notices");
        return new LocalStore(ImageStore.open(directory), waiting(notices));
    }

    private static WaitControl waiting(Consumer<String> notices) {
        return new WaitControl() {
            @Override
            public boolean isCancelled() {
                return Thread.currentThread().isInterrupted();
            }

            @Override
            public void waitsFor(String text) {
                notices.accept(text);
            }
        };
    }

    /**
     * An image by name.
     *
     * @param name its name
     * @param root its manifest or index
     * @param bytes how many bytes of it are there, those that it shares with others included
     * @param used when it was pulled last
     * @param referrers how many manifests and indexes refer to it, to its manifests, or to one of these: signatures, SBOMs
     * @param referrerBytes how many bytes the referrers have that the image has not
     */
    public record StoredImage(String name, Descriptor root, long bytes, Instant used, int referrers, long referrerBytes)
            implements Serializable {}

    /**
     * An entry of the index that jpull cannot use, and keeps. Its texts are another program's, and may hold anything.
     *
     * @param name the name, or empty
     * @param digest the digest, or empty
     * @param reason why it cannot be used
     */
    public record UnknownEntry(String name, String digest, String reason) implements Serializable {}

    /** What may be wrong in a store. */
    public enum DamageKind {
        /** The content of a blob has another digest than its name says, or there is something else in its place. */
        DAMAGED,
        /** An image needs a blob that is not there. */
        MISSING,
        /** A blob could not be read, so that it may be right or not. */
        UNREADABLE,
        /** A blob is right, but an image says that it has another size: the image is wrong. */
        IMAGE
    }

    /**
     * Something that is not what it should be.
     *
     * @param kind what is wrong
     * @param descriptor what it should be
     * @param path where the blob is or should be
     * @param reason what is wrong, in words
     * @param images the names of the images that need it
     */
    public record Damage(DamageKind kind, Descriptor descriptor, Path path, String reason, List<String> images) {
        /** Copies the list. */
        public Damage {
            images = List.copyOf(images);
        }

        /** {@return whether it can be mended by fetching the blob again, see {@link ImagePuller#repair}} */
        public boolean isRepairable() {
            return !images.isEmpty() && (kind == DamageKind.DAMAGED || kind == DamageKind.MISSING);
        }
    }

    /**
     * What was deleted, or would be.
     *
     * @param images names of images
     * @param blobs digests of blobs
     * @param snapshots chain IDs of snapshots of this user
     * @param leftovers how many unfinished snapshots ended processes of this user had left
     * @param bytes how many bytes blobs and snapshots have
     */
    public record Removal(List<String> images, List<Digest> blobs, List<Digest> snapshots, int leftovers, long bytes)
            implements Serializable {
        /** Copies the lists. */
        public Removal {
            images = List.copyOf(images);
            blobs = List.copyOf(blobs);
            snapshots = List.copyOf(snapshots);
        }
    }

    /**
     * A snapshot: the unpacked files of a layer, see {@link Snapshotter}.
     *
     * @param snapshotter its form
     * @param chainId names the layer together with those below it
     * @param parent the chain ID of the layers below; null for the base layer
     * @param diffId the digest of the uncompressed layer
     * @param tree the directory of its files
     * @param bytes how many bytes the files of the layer have
     * @param used when it was last needed
     * @param images the names of the images with the layer
     */
    public record StoredSnapshot(
            Snapshotter snapshotter,
            Digest chainId,
            @Nullable Digest parent,
            Digest diffId,
            Path tree,
            long bytes,
            Instant used,
            List<String> images) {
        /** Copies the list. */
        public StoredSnapshot {
            images = List.copyOf(images);
        }
    }

    /** {@return the snapshots of this user, those of the same form one after the other and lower layers first} */
    public List<StoredSnapshot> snapshots() {
        SnapshotCleaner needs = new SnapshotCleaner(store, waiting);
        Map<String, Set<Digest>> byImage = new LinkedHashMap<>();
        for (LayoutIndex.Entry entry : store.index().list()) {
            byImage.put(entry.name(), needs.neededBy(List.of(entry.root())));
        }
        List<StoredSnapshot> list = new ArrayList<>();
        for (Snapshots.Stored stored : new Snapshots(store).inOrder()) {
            SnapshotRecord record = stored.record();
            List<String> images = byImage.entrySet().stream()
                    .filter(image -> image.getValue().contains(record.chainId()))
                    .map(Map.Entry::getKey)
                    .toList();
            list.add(new StoredSnapshot(
                    record.snapshotter(),
                    record.chainId(),
                    record.parent(),
                    record.diffId(),
                    stored.tree(),
                    record.bytes(),
                    stored.used(),
                    images));
        }
        return list;
    }

    /**
     * Deletes snapshots, whether or not an image needs them.
     *
     * @param chainIds the names of the snapshots
     * @return what was deleted
     * @throws StoreException if there is no such snapshot, or another one needs it
     */
    public Removal removeSnapshots(Collection<Digest> chainIds) {
        SnapshotCleaner.Removed removed = new SnapshotCleaner(store, waiting).remove(chainIds);
        return removal(new StoreCleaner.Removed(List.of(), List.of()), removed);
    }

    /**
     * {@return the command that mounts snapshots: a program and its arguments} Only root may run it, or what is root in a
     * namespace.
     *
     * @param chainId the chain ID of the topmost layer
     * @param snapshotter the form of the snapshots; null for the one that is there, overlayfs first
     * @param target where to mount
     * @param changes a directory with directories {@code upper} and {@code work} for changes; null for a mount that cannot be
     *     written to
     * @throws StoreException if a snapshot is not there
     * @throws dev.jpull.error.ReferenceException if there are too many layers for one mount
     */
    public List<String> mountCommand(
            Digest chainId, @Nullable Snapshotter snapshotter, Path target, @Nullable Path changes) {
        return new SnapshotMount(store, chainId, snapshotter)
                .arguments(target.toAbsolutePath(), changes == null ? null : changes.toAbsolutePath());
    }

    /**
     * {@return the images, in the order of the index} What other programs have put there without a name, and which refers to an
     * image, such as a signature, is counted with that image.
     */
    public List<StoredImage> images() {
        return new StoreListing(store)
                .images().stream()
                        .map(image -> new StoredImage(
                                image.name(),
                                image.root(),
                                image.bytes(),
                                image.used(),
                                image.referrers(),
                                image.referrerBytes()))
                        .toList();
    }

    /**
     * An image as a pull of it would return it, found without a puller, without a request and without writing.
     *
     * @param request the image, the platforms and the referrers that are wanted; what it says about the transfer, and about what is
     *     done with layers, has no meaning here
     * @return the image
     * @throws dev.jpull.error.ImageNotFoundException if the store does not have all that is wanted of the image
     * @throws dev.jpull.error.ReferenceException if the image is no reference
     */
    public PulledImage image(PullRequest request) {
        CallOptions wanted = Objects.requireNonNull(request, "request").options();
        return new PulledImage(
                new StoredImages(ImageReference.parse(wanted.image()), store).find(wanted),
                LayerDecoding.within(DecodeLimits.DEFAULT));
    }

    /**
     * As {@link #image(PullRequest)}, for the platform of this machine.
     *
     * @param reference such as {@code docker.io/library/busybox:latest}
     * @return the image
     */
    public PulledImage image(String reference) {
        return image(PullRequest.of(reference));
    }

    /**
     * {@return all that the store knows about an image or artifact}
     *
     * @param image its name, as it is listed or as it is written for a pull, its digest, or the first digits of it, at least four
     * @param platforms of an index, the platforms to look at, such as {@code linux/arm64}; all when there are none
     * @throws dev.jpull.error.ImageNotFoundException if the store has no such image, or the image no such platform
     * @throws dev.jpull.error.ReferenceException if the text is no name and no digest, or the first digits of several, or a
     *     platform is malformed
     * @throws dev.jpull.error.IntegrityException if it has more than 10,000 manifests
     */
    public ImageDetails inspect(String image, List<String> platforms) {
        Objects.requireNonNull(image, "image");
        return new ImageInspector(store)
                .inspect(image, platforms.stream().map(Platform::parse).toList());
    }

    /**
     * {@return the bytes of a manifest, an index or a configuration, with the digest checked}
     *
     * @param digest the digest of the document
     * @throws StoreException if it is not there, is damaged, or has more than 8 MiB
     */
    public byte[] document(Digest digest) {
        return new ImageInspector(store).document(digest, MAX_DOCUMENT);
    }

    /**
     * Exports images into a file or a directory. A file is written beside the target and takes its place when it is complete; one
     * that has the same content is left alone. The same images give the same bytes. An interrupt of the thread ends the export.
     *
     * @param target a file, or a directory for an OCI layout; one that is there already gets the images beside those that it has
     * @param request the images, and the form of the archive
     * @return what was exported
     * @throws dev.jpull.error.ImageNotFoundException if an image is not in the store, or not completely
     * @throws dev.jpull.error.ReferenceException if the request cannot be met in that form
     * @throws StoreException if the store cannot be read or the target not be written
     */
    public ExportReport export(ExportRequest request, Path target) {
        return ExportReport.of(exporter(request).to(Objects.requireNonNull(target, "target")));
    }

    /**
     * Writes an archive with images to a stream, which stays open.
     *
     * @param request the images, and the form of the archive
     * @param target a stream; it is not closed
     * @return what was exported
     * @throws dev.jpull.error.PullException as {@link #export(ExportRequest, Path)} does; when the stream cannot be written to,
     *     its exception is the cause of a {@link StoreException}
     */
    public ExportReport export(ExportRequest request, OutputStream target) {
        return ExportReport.of(exporter(request).to(Objects.requireNonNull(target, "target")));
    }

    private ArchiveExport exporter(ExportRequest request) {
        return new ArchiveExport(
                store, Objects.requireNonNull(request, "request").options(), () -> false);
    }

    /** {@return the entries of the index that are no images, in its order} */
    public List<UnknownEntry> unknownEntries() {
        return store.index().unknown().stream()
                .map(entry -> new UnknownEntry(entry.name(), entry.digest(), entry.reason()))
                .toList();
    }

    /**
     * Hashes every blob again, and looks for what images lack. A blob that an image needs is never deleted.
     *
     * @param remove whether damaged blobs that no image needs are deleted
     * @return what is damaged or missing
     */
    public List<Damage> verify(boolean remove) {
        return new StoreVerifier(store, waiting)
                .verify(remove).stream()
                        .map(bad -> new Damage(
                                DamageKind.valueOf(bad.kind().name()),
                                bad.descriptor(),
                                bad.path(),
                                bad.reason(),
                                bad.images()))
                        .toList();
    }

    /**
     * Deletes the blobs and snapshots that no image needs, and then images that were not pulled for longest until the rest is small
     * enough.
     *
     * @param unused how long a blob or snapshot that no image needs must not have been used
     * @param keepBytes how much may be left, in bytes; {@link Long#MAX_VALUE} to keep all images
     * @param dryRun whether to report only what would be deleted
     * @return what was deleted
     */
    public Removal prune(Duration unused, long keepBytes, boolean dryRun) {
        SnapshotCleaner snapshots = new SnapshotCleaner(store, waiting);
        Set<Digest> needed = snapshots.neededBy(roots());
        StoreCleaner.Removed removed = new StoreCleaner(store, waiting).prune(unused, keepBytes, dryRun);
        return removal(
                removed,
                snapshots.prune(needed, unused, name -> !removed.names().contains(name), dryRun));
    }

    /**
     * Deletes images by name, and the content that only they need.
     *
     * @param names names of images as they are in the store
     * @return what was deleted
     * @throws StoreException if there is no such image
     */
    public Removal remove(Collection<String> names) {
        Set<String> known = new HashSet<>();
        store.index().list().forEach(entry -> known.add(entry.name()));
        store.index().unknown().forEach(entry -> known.add(entry.name()));
        for (String name : names) {
            if (!known.contains(name)) {
                throw new StoreException(
                        FailureDetails.of("there is no image " + ForeignText.line(name) + " in " + store.root())
                                .with(Remedy.LIST_IMAGES));
            }
        }
        SnapshotCleaner snapshots = new SnapshotCleaner(store, waiting);
        Set<Digest> needed = snapshots.neededBy(roots());
        StoreCleaner.Removed removed = new StoreCleaner(store, waiting).remove(names);
        return removal(removed, snapshots.prune(needed, FOREVER, name -> true, false));
    }

    /**
     * Imports the images of an archive: an OCI layout or an archive of {@code docker save}, compressed or not, or a directory with an OCI
     * layout. All content is verified before an image gets its name; when something is wrong, no image gets one. May be interrupted.
     *
     * @param archive a regular file, or a directory
     * @param options how it is done
     * @return the images that were imported
     * @throws dev.jpull.error.IntegrityException if the archive is malformed, goes beyond a limit, contradicts itself, or lacks content
     * @throws dev.jpull.error.ReferenceException if its images have no full names, and the options give none
     * @throws dev.jpull.error.ImageNotFoundException if an image has nothing for the wanted platforms
     * @throws StoreException if the archive cannot be read, the store cannot be written, or an image is to be kept
     * @throws dev.jpull.error.PullCancelledException if the thread was interrupted
     */
    public ImportReport importArchive(Path archive, ImportOptions options) {
        return importArchive(ArchiveSource.of(Objects.requireNonNull(archive, "archive")), options);
    }

    /**
     * Imports the images of an archive from a stream, as {@link #importArchive(Path, ImportOptions)} does.
     *
     * @param archive is read to its end, and not closed
     * @param options how it is done
     * @return the images that were imported
     */
    public ImportReport importArchive(InputStream archive, ImportOptions options) {
        return importArchive(ArchiveSource.of(Objects.requireNonNull(archive, "archive")), options);
    }

    private ImportReport importArchive(ArchiveSource archive, ImportOptions options) {
        Objects.requireNonNull(options, "options");
        return ImportReport.of(new ArchiveImport(archive, store, options.request(), waiting).run());
    }

    private List<Descriptor> roots() {
        return store.index().list().stream().map(LayoutIndex.Entry::root).toList();
    }

    private static Removal removal(StoreCleaner.Removed removed, SnapshotCleaner.Removed snapshots) {
        return new Removal(
                removed.names(),
                removed.blobs().stream().map(StoreCleaner.Blob::digest).toList(),
                snapshots.snapshots().stream()
                        .map(snapshot -> snapshot.record().chainId())
                        .toList(),
                snapshots.leftovers(),
                removed.bytes() + snapshots.bytes());
    }
}
