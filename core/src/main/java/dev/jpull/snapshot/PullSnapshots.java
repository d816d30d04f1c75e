// SPDX-License-Identifier: Apache-2.0
package dev.jpull.snapshot;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.PullCancelledException;
import dev.jpull.image.Digest;
import dev.jpull.image.Snapshotter;
import dev.jpull.layer.ExtractOptions;
import dev.jpull.layer.ExtractedLayer;
import dev.jpull.layer.LayerConsumer;
import dev.jpull.layer.LayerConsumers;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.LayerExtractor;
import dev.jpull.layer.LayerRun;
import dev.jpull.layer.LayerVerification;
import dev.jpull.layer.Omission;
import dev.jpull.layer.Ownership;
import dev.jpull.layer.PlannedLayer;
import dev.jpull.layer.VerifiedLayer;
import dev.jpull.posix.OpenDirectory;
import dev.jpull.posix.Posix;
import dev.jpull.store.BlobFront;
import dev.jpull.store.ImageStore;
import dev.jpull.store.WaitControl;
import dev.jpull.tar.TarException;
import dev.jpull.tar.TarLimits;
import dev.jpull.tar.TarReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one pull. Each layer is unpacked while it is downloaded, into a private directory; {@link #finish} names the
 * snapshots when all layers are verified. A layer whose snapshot is there is not read at all, and one that another process
 * unpacks is waited for at the end.
 *
 * <p>No lock is waited for while another is held: during the downloads, locks are only tried. Safe for use by several threads.
 */
public final class PullSnapshots implements LayerConsumers, Closeable {
    /** How long another process is waited for; then the layer is unpacked here too, and the first that is ready gets the name. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final ImageStore store;
    private final Snapshotter form;
    private final LayerDecoding decoding;
    private final @Nullable LayerVerification verification;
    private final Consumer<String> warnings;
    private final Snapshots snapshots;
    private final SnapshotForm trees;
    private final Map<Digest, PlannedSnapshot> planned = new ConcurrentHashMap<>();
    /** The chain IDs of layers by manifest and position, for those above them. */
    private final Map<String, Digest> places = new ConcurrentHashMap<>();

    /**
     * The snapshots of a pull that has not begun.
     *
     * @param decoding how layers are decoded, and what they may become
     * @param verify whether layers are verified whose snapshots are there
     * @param warnings takes lines about what was not possible
     */
    public PullSnapshots(
            ImageStore store, Snapshotter form, LayerDecoding decoding, boolean verify, Consumer<String> warnings) {
        this.store = store;
        this.form = form;
        this.decoding = decoding;
        this.verification = verify ? new LayerVerification(decoding, warnings) : null;
        this.warnings = warnings;
        this.snapshots = new Snapshots(store);
        this.trees = form == Snapshotter.OVERLAYFS ? new OverlayTrees() : new NativeTrees();
    }

    @Override
    public Optional<LayerConsumer> consumerOf(PlannedLayer layer) {
        LayerVerification.requireReadable(layer);
        if (layer.blob().mediaType().layerCompression().isEmpty()) {
            throw new IntegrityException(layer.label() + " has the type "
                    + layer.blob().mediaType() + ", which cannot be unpacked: pull it without --snapshotter");
        }
        places.put(placeOf(layer, layer.position()), layer.chainId());
        Digest parent = layer.position() == 0 ? null : places.get(placeOf(layer, layer.position() - 1));
        PlannedSnapshot snapshot = new PlannedSnapshot(layer, parent);
        boolean known = planned.putIfAbsent(layer.chainId(), snapshot) != null;
        if (known || isThere(layer.chainId())) {
            return verification == null ? Optional.empty() : verification.consumerOf(layer);
        }
        return Optional.of((compressed, cancelled) -> unpack(snapshot, compressed, cancelled));
    }

    private static String placeOf(PlannedLayer layer, int position) {
        return layer.manifest() + " " + position;
    }

    private boolean isThere(Digest chainId) {
        try {
            return snapshots.find(form, chainId).isPresent();
        } catch (IOException e) {
            throw snapshots.failure("read the snapshots", e);
        }
    }

    /** Unpacks a layer, unless another process does. */
    private void unpack(PlannedSnapshot snapshot, InputStream compressed, BooleanSupplier cancelled)
            throws IOException {
        if (!snapshot.isLocked()) {
            Optional<Closeable> lock = snapshots.locks().tryLock(lockOf(snapshot));
            if (lock.isEmpty()) {
                return; // finish() waits for it
            }
            snapshot.lockedBy(lock.get());
        }
        if (!isThere(snapshot.layer().chainId())) { // else it has been made since
            unpackAnew(snapshot, compressed, cancelled);
        }
    }

    private String lockOf(PlannedSnapshot snapshot) {
        return form.label() + "/" + snapshot.layer().chainId();
    }

    private void unpackAnew(PlannedSnapshot snapshot, InputStream compressed, BooleanSupplier cancelled)
            throws IOException {
        snapshot.extracted(null);
        StagedSnapshot staged = snapshot.staged();
        if (staged == null) {
            staged = StagedSnapshot.make(snapshots);
            snapshot.stagedIn(staged);
        }
        try (OpenDirectory tree = staged.emptyTree();
                VerifiedLayer content = VerifiedLayer.open(snapshot.layer(), compressed, decoding)) {
            ExtractedLayer extracted = LayerExtractor.extract(
                    new TarReader(content, TarLimits.DEFAULT),
                    tree,
                    ExtractOptions.forUser(Posix.effectiveUser()),
                    cancelled);
            content.drain(); // to its end, which is reached only with the right diff ID
            trees.unpacked(snapshot, tree, extracted);
            snapshot.extracted(extracted);
        }
    }

    /**
     * Names the snapshots, after all layers are through: those that were unpacked here in one flush. Those that other processes
     * make are waited for.
     *
     * @param wait ends the work and the waiting for other processes, and is told about it
     */
    public void finish(WaitControl wait) {
        List<PlannedSnapshot> inOrder = new ArrayList<>(planned.values());
        inOrder.sort(Comparator.comparingInt(each -> each.layer().position()));
        try {
            List<Snapshots.Finished> ready = new ArrayList<>();
            for (PlannedSnapshot each : inOrder) {
                if (isThere(each.layer().chainId())) {
                    continue;
                }
                if (each.extracted() != null) {
                    ready.add(completed(each, wait::isCancelled));
                } else {
                    snapshots.name(ready);
                    ready.clear();
                    for (PlannedSnapshot other : inOrder) {
                        other.unlock(); // no lock is waited for with another one
                    }
                    makeAlone(each, wait);
                }
            }
            snapshots.name(ready);
            for (PlannedSnapshot each : inOrder) {
                report(each);
                each.close();
                if (isThere(each.layer().chainId())) { // else a clean-up has taken it away, which areThere() finds
                    snapshots.touch(form, each.layer().chainId());
                }
            }
        } catch (IOException e) {
            throw snapshots.failure("make the snapshots", e);
        }
    }

    private Snapshots.Finished completed(PlannedSnapshot snapshot, BooleanSupplier cancelled) throws IOException {
        StagedSnapshot staged = snapshot.requireStaged();
        ExtractedLayer extracted = snapshot.extracted();
        if (extracted == null) {
            throw new IOException(snapshot.layer().label() + " was not unpacked");
        }
        List<OpenDirectory> lower = new ArrayList<>();
        try {
            for (Digest parent : parentsOf(snapshot)) {
                OpenDirectory tree = tree(parent);
                lower.add(tree);
                if (LowerTrees.isOpaque(tree)) {
                    break; // nothing below shows through
                }
            }
            trees.complete(snapshot, extracted, lower, cancelled);
        } catch (TarException e) {
            throw new IntegrityException(FailureDetails.of(
                            snapshot.layer().label() + " does not fit to the layers below it: " + e.getMessage())
                    .causedBy(e));
        } catch (IOException e) {
            throw snapshots.failure("make the snapshot of " + snapshot.layer().label(), e);
        } finally {
            for (OpenDirectory each : lower) {
                each.close();
            }
        }
        return new Snapshots.Finished(staged, record(snapshot, extracted));
    }

    /** The chain IDs below a snapshot, the next one first. */
    private List<Digest> parentsOf(PlannedSnapshot snapshot) {
        List<Digest> parents = new ArrayList<>();
        Digest parent = snapshot.parent();
        while (parent != null) {
            parents.add(parent);
            PlannedSnapshot below = planned.get(parent);
            parent = below == null ? null : below.parent();
        }
        return parents;
    }

    /** Opens the tree of a layer below, which may be waiting for its name. */
    private OpenDirectory tree(Digest chainId) throws IOException {
        PlannedSnapshot below = planned.get(chainId);
        StagedSnapshot staged = below == null || below.extracted() == null ? null : below.staged();
        return staged != null && !staged.isMoved() ? staged.tree() : snapshots.openTree(form, chainId);
    }

    private SnapshotRecord record(PlannedSnapshot snapshot, ExtractedLayer extracted) throws IOException {
        boolean owners =
                ExtractOptions.forUser(Posix.effectiveUser()).ownership().rule() == Ownership.Rule.LAYER
                        && extracted.omissions().stream().noneMatch(each -> each.kind() == Omission.Kind.OWNER);
        return new SnapshotRecord(
                form,
                snapshot.layer().chainId(),
                snapshot.parent(),
                snapshot.layer().diffId(),
                owners,
                trees.usesUserXattrs(),
                extracted.fileBytes());
    }

    private void report(PlannedSnapshot snapshot) {
        ExtractedLayer extracted = snapshot.extracted();
        if (extracted != null) {
            for (Omission omission : extracted.omissions()) {
                warnings.accept(snapshot.layer().label() + ": " + omission.count()
                        + (omission.count() == 1 ? " entry: " : " entries: ")
                        + omission.kind().text() + ", such as " + String.join(", ", omission.examples()));
            }
        }
    }

    /** Waits for another process that unpacks a layer, and unpacks it from the store when that does not end with a snapshot. */
    private void makeAlone(PlannedSnapshot snapshot, WaitControl wait) throws IOException {
        PlannedLayer layer = snapshot.layer();
        Optional<Closeable> lock =
                snapshots.locks().lock(lockOf(snapshot), "the snapshot of " + layer.label(), LONGEST_WAIT, wait);
        if (wait.isCancelled()) {
            lock.orElse(() -> {}).close();
            throw new PullCancelledException("cancelled while waiting for a snapshot of another process");
        }
        try (Closeable held = lock.orElse(() -> {})) {
            if (isThere(layer.chainId())) {
                return;
            }
            BlobFront front = new BlobFront(layer.blob(), () -> {});
            front.present();
            BooleanSupplier cancelled = wait::isCancelled;
            LayerConsumer consumer = (compressed, isOver) -> unpackAnew(snapshot, compressed, isOver);
            if (new LayerRun(layer, consumer, store, front, cancelled, bytes -> {}).run()) {
                snapshots.name(List.of(completed(snapshot, cancelled)));
            }
        }
    }

    /** Whether all snapshots are there; under the lock of the index, none is taken away meanwhile. */
    public boolean areThere() {
        return planned.keySet().stream().allMatch(this::isThere);
    }

    /** Where the tree of a layer is; null for a layer that this pull makes no snapshot of. */
    public @Nullable Path treeOf(@Nullable Digest chainId) {
        return chainId == null || !planned.containsKey(chainId) ? null : snapshots.treeOf(form, chainId);
    }

    /** Deletes what did not become a snapshot. */
    @Override
    public void close() {
        for (PlannedSnapshot each : planned.values()) {
            try {
                each.close();
            } catch (IOException e) {
                throw snapshots.failure("delete an unfinished snapshot", e);
            }
        }
    }
}
