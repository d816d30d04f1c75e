// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.archive.ArchiveFeed;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.PullException;
import dev.jpull.error.Remedy;
import dev.jpull.error.StoreException;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.pull.PulledContent.PlatformContent;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RetryBudget;
import dev.jpull.resolve.Documents;
import dev.jpull.resolve.PullPlan;
import dev.jpull.resolve.ReferrerGraph;
import dev.jpull.resolve.Referrers;
import dev.jpull.resolve.ResolvedImage;
import dev.jpull.snapshot.PullSnapshots;
import dev.jpull.store.ImageStore;
import dev.jpull.text.ForeignText;
import dev.jpull.transfer.BlobDownload;
import dev.jpull.transfer.BlobOrder;
import dev.jpull.transfer.BlobReport;
import dev.jpull.transfer.TransferPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pull, from the reference to the named image. {@link #pull} has the steps in their order; the methods below it are these
 * steps in the same order, and none of them calls one above it. The reference and its hosts are found before, see
 * {@link CallContext}.
 */
final class ImagePull {
    /** How often the pull completes an image from which a clean-up of the store removes content meanwhile. */
    private static final int MAX_CLEANUPS = 3;

    private final CallContext context;
    private final CallOptions wanted;
    private final PullPlan.Options platforms;
    private final ImageStore store;
    private final TransferPool pool;
    private final PooledTasks tasks;
    private final LayerWork layerWork;
    private final @Nullable PullSnapshots snapshots;
    private final Documents documents;
    private final ImageReference image;
    private final String name;
    /** The name that the image gets in the store. */
    private final String storedAs;

    private final @Nullable ArchiveFeed feed;

    private final PullReporter reporter;
    private final Cancellation cancellation;

    /** Whether the last transfer left no layer unfinished, as it does when a clean-up of the store removes a blob. */
    private boolean layersFinished;

    /**
     * A pull that has not begun.
     *
     * @param context the reference, its hosts and what the requests share
     * @param wanted what is asked for
     * @param store takes the content
     * @param pool the threads that move content
     * @param layerWork what is done with the content of layers
     * @param snapshots makes snapshots of the layers by that work; null for none
     */
    ImagePull(
            CallContext context,
            CallOptions wanted,
            ImageStore store,
            TransferPool pool,
            LayerWork layerWork,
            @Nullable PullSnapshots snapshots) {
        this.context = context;
        this.wanted = wanted;
        this.platforms = wanted.content().plan();
        this.store = store;
        this.pool = pool;
        this.tasks = new PooledTasks(pool, context.pull().cancellation());
        this.layerWork = layerWork;
        this.snapshots = snapshots;
        this.documents = Documents.held(context.pull(), store);
        this.image = context.image();
        this.name = image.toString();
        String other = wanted.entry().name();
        this.storedAs = other == null ? name : other;
        this.feed = wanted.feed();
        this.reporter = context.reporter();
        this.cancellation = context.pull().cancellation();
    }

    /**
     * Pulls the image.
     *
     * @return the image, which is complete and has its name in the store
     * @throws PullException if a step fails
     */
    PulledContent pull() {
        try {
            warn();
            ResolvedImage resolved = resolve();
            PullPlan image = plan(resolved.root());
            ReferrerGraph referrers = referrers(image);
            PullPlan plan = image.with(referrers);
            tellFeed(plan, resolved.root());
            reporter.planned(plan.blobs(), store.missing(plan.blobs()));
            Map<Digest, BlobReport> blobs = transfer(plan);
            boolean damaged = false;
            for (int i = 0; i < MAX_CLEANUPS; i++) {
                Optional<List<PlatformContent>> verified = verify(plan, blobs);
                if (verified.isPresent()
                        && layersFinished
                        && finishSnapshots()
                        && name(plan, resolved.root(), referrers)) {
                    return result(resolved, verified.get(), referrers, blobs);
                }
                damaged = verified.isEmpty() && isThere(plan);
                complete(plan);
            }
            throw incomplete(damaged);
        } catch (PullException e) {
            context.reportNotices();
            throw context.outcome().masked(e);
        }
    }

    /** Warnings about the store and the configuration, before the first request. */
    private void warn() {
        store.accessWarnings().forEach(reporter::warn);
        reporter.findings(context.hosts().findings());
    }

    /** The root: from the store when the reference pins a digest that is there, else from a host. */
    private ResolvedImage resolve() {
        ResolvedImage resolved = pinned().orElseGet(() -> context.resolver().open(documents));
        context.reportNotices();
        reporter.resolved(resolved.root(), resolved.host());
        return resolved;
    }

    private Optional<ResolvedImage> pinned() {
        Digest digest = image.digest();
        if (digest == null || store.document(digest, DocumentJson.MAX_SIZE).isEmpty()) {
            return Optional.empty();
        }
        store.touch(digest);
        return store.index()
                .find(storedAs)
                .filter(root -> root.digest().equals(digest))
                .map(root -> new ResolvedImage(root, ""));
    }

    /** The image graph: index, platform, manifest, configuration and layers. */
    private PullPlan plan(Descriptor root) {
        PullPlan plan = PullPlan.walk(name, root, platforms, new PooledDocuments(documents, tasks));
        for (Descriptor absent : plan.absent()) {
            reporter.warn("no host has the manifest " + absent.digest()
                    + (absent.platform() == null ? "" : " for " + absent.platform())
                    + " that the index lists: it is left out");
        }
        return plan;
    }

    /** Tells the archive that the pull feeds what is about to come. */
    private void tellFeed(PullPlan plan, Descriptor root) {
        if (feed != null) {
            documents.saves().forEach(Runnable::run); // it reads them from the store
            Set<Digest> blobs = new HashSet<>();
            plan.blobs().forEach(blob -> blobs.add(blob.digest()));
            feed.planned(storedAs, root, blobs);
        }
    }

    /** What refers to the image and to its manifests, when it is asked for. */
    private ReferrerGraph referrers(PullPlan image) {
        ReferrerSelection selection = wanted.content().referrers();
        if (selection == null) {
            return ReferrerGraph.NONE;
        }
        ReferrerGraph found = new Referrers(context.pull(), documents, tasks, reporter::headers, reporter::warn)
                .find(image.documents(), selection);
        if (found.all().isEmpty() && !selection.artifactTypes().isEmpty()) {
            reporter.warn("nothing of the types "
                    + ForeignText.line(String.join(", ", selection.artifactTypes())) + " refers to " + name
                    + ": jpull referrers shows what does");
        }
        return found;
    }

    /** Brings the documents and the blobs of the plan into the store, each verified before it has its name there, and works on its layers. */
    private Map<Digest, BlobReport> transfer(PullPlan plan) {
        Cancellation othersCancellation = cancellation.child();
        OtherPlatforms others = othersOf(plan, othersCancellation);
        Map<Digest, BlobReport> reports = new HashMap<>();
        try (LayerPipeline layers = layerWork.start(name, plan, store, cancellation)) {
            List<TransferPool.Task<Optional<BlobReport>>> tasks = new ArrayList<>();
            for (Runnable save : documents.saves()) {
                tasks.add(slot -> {
                    save.run();
                    return Optional.empty();
                });
            }
            for (Descriptor blob : BlobOrder.of(plan.blobs())) {
                BlobDownload download =
                        new BlobDownload(context.pull(), blob, pool.workers(), layers.frontOf(blob.digest()));
                tasks.add(slot -> {
                    BlobReport report = download.into(store, slot);
                    layers.cameIn(blob);
                    if (feed != null) {
                        feed.came(blob.digest());
                    }
                    others.wantedCame();
                    return Optional.of(report);
                });
            }
            store.requireSpace(plan.blobs());
            tasks.addAll(others.tasks());
            for (Optional<BlobReport> came : layers.withFailure(() -> pool.runAll(tasks, cancellation))) {
                came.ifPresent(report -> reports.put(report.descriptor().digest(), report));
            }
            layersFinished = layers.await();
        } finally {
            othersCancellation.end();
        }
        others.warning().ifPresent(reporter::warn);
        return reports;
    }

    /** The metadata of other platforms, which has a cancellation of its own: its limits do not end the pull. */
    private OtherPlatforms othersOf(PullPlan plan, Cancellation own) {
        PullContext part = context.pull().within(own);
        Documents manifests = new Documents(part, store, () -> new RetryBudget(OtherPlatforms.RETRIES));
        return new OtherPlatforms(
                plan,
                cancellation,
                own,
                manifests::read,
                config -> new BlobDownload(part, config, pool.workers()).into(store));
    }

    /** Whether all of the image is there and fits together, with the chain IDs of its platforms; empty when it is not. */
    private Optional<List<PlatformContent>> verify(PullPlan plan, Map<Digest, BlobReport> blobs) {
        return isThere(plan)
                ? new PulledParts(name, store, layerWork.finished()).platforms(plan, blobs)
                : Optional.empty();
    }

    /** Names the snapshots, before the image has its name. */
    private boolean finishSnapshots() {
        if (snapshots != null) {
            snapshots.finish(reporter.waits(cancellation::isCancelled));
        }
        return true;
    }

    private boolean isThere(PullPlan plan) {
        return store.missing(plan.documents()).isEmpty()
                && store.missing(plan.blobs()).isEmpty();
    }

    /**
     * Gives the image its name. A clean-up of the store ignores this pull, so that the content is looked for once more
     * under the lock of the index.
     *
     * @return false when a clean-up has removed content
     */
    private boolean name(PullPlan plan, Descriptor root, ReferrerGraph referrers) {
        Set<Digest> manifests = new LinkedHashSet<>();
        plan.images().forEach(planned -> manifests.add(planned.descriptor().digest()));
        referrers
                .attestations()
                .forEach(attestation -> manifests.add(attestation.descriptor().digest()));
        return store.index(reporter.waits(cancellation::isCancelled))
                .put(
                        storedAs,
                        root,
                        List.copyOf(manifests),
                        wanted.entry().annotations(),
                        referrers.referrers(),
                        () -> isThere(plan) && (snapshots == null || snapshots.areThere()));
    }

    /** Fetches what a clean-up of the store has removed. */
    private void complete(PullPlan plan) {
        new PooledDocuments(documents, tasks).read(plan.documents());
        transfer(plan.withoutOthers());
    }

    private StoreException incomplete(boolean damaged) {
        return damaged
                ? new StoreException(FailureDetails.of("a configuration of " + name + " in the store " + store.root()
                                + " is damaged: repair the store, and pull again")
                        .with(Remedy.REPAIR_STORE))
                : new StoreException("another process removes the blobs of " + name
                        + " repeatedly: do not prune the store " + store.root() + " during a pull");
    }

    private List<PlatformContent> withSnapshots(List<PlatformContent> pulled) {
        return snapshots == null
                ? pulled
                : pulled.stream().map(platform -> platform.with(snapshots)).toList();
    }

    private PulledContent result(
            ResolvedImage resolved,
            List<PlatformContent> pulled,
            ReferrerGraph referrers,
            Map<Digest, BlobReport> blobs) {
        return new PulledContent(
                store.root(),
                storedAs,
                resolved.root(),
                resolved.host().isEmpty() ? null : resolved.host(),
                context.outcome().masked(withSnapshots(pulled)),
                context.outcome().maskedReferrers(referrers.all()),
                blobs.values().stream().mapToLong(BlobReport::bytesFetched).sum(),
                cancellation.requests(),
                reporter.fallbacks(),
                context.events().number());
    }
}
