// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.Attempt;
import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import dev.jpull.event.PullEvent;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpResponse;
import dev.jpull.http.WarningHeader;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.manifest.ImageDocument;
import dev.jpull.registry.EventSink;
import dev.jpull.registry.Failover;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import dev.jpull.resolve.Documents;
import dev.jpull.resolve.PullPlan;
import dev.jpull.resolve.ResolvedImage;
import dev.jpull.resolve.Resolver;
import dev.jpull.store.ImageStore;
import dev.jpull.store.WaitControl;
import dev.jpull.transfer.BlobDownload;
import dev.jpull.transfer.BlobReport;
import dev.jpull.transfer.TransferPool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One pull, from the reference to the named image. The steps stand in {@link #pull} in their order. */
final class ImagePull {
    private static final int MAX_CLEANUPS = 3;

    private final ImageReference image;
    private final String name;
    private final NamespaceHosts hosts;
    private final PullContext context;
    private final MaskedOutcome outcome;
    private final TransferPool pool;
    private final CallEvents call;
    private final EventSink events;
    private final Cancellation cancellation;
    private final List<Attempt> fallbacks = Collections.synchronizedList(new ArrayList<>());

    ImagePull(
            ImageReference image,
            NamespaceHosts hosts,
            EngineResources resources,
            CallEvents call,
            Cancellation cancellation) {
        this.image = image;
        this.name = image.toString();
        this.hosts = hosts;
        this.pool = resources.pool();
        this.outcome = new MaskedOutcome(resources.clients().mask());
        this.call = call;
        this.events = outcome.before(call);
        this.cancellation = cancellation;
        List<RegistryEndpoint> all = new ArrayList<>();
        for (RegistryHost host : hosts.hosts()) {
            all.add(new RegistryEndpoint(resources.clients().endpoint(host), hosts.namespace()));
        }
        this.context = new PullContext(
                image,
                new ImageEndpoints(all),
                new Failover(
                        resources.hostStates(), resources.sleeper(), this::fellBack, cancellation, resources.hedge()),
                cancellation,
                events);
    }

    Resolution resolve() {
        try {
            reportFindings();
            ResolvedImage resolved = resolver().resolve();
            Descriptor root = resolved.root();
            return new Resolution(
                    name,
                    new Descriptor(outcome.masked(root.mediaType()), root.digest(), root.size()),
                    resolved.host());
        } catch (PullException e) {
            throw outcome.masked(e);
        } finally {
            reportNotices();
        }
    }

    PulledContent pull(CallOptions request, ImageStore store) {
        try {
            store.accessWarnings().forEach(this::warn);
            reportFindings();
            PullPlan.Options options = request.plan();
            ResolvedImage resolved = root(store);
            PullPlan plan = PullPlan.walk(name, resolved.root(), options, new Reader(store));
            Map<Digest, BlobReport> blobs = transfer(plan, store);
            List<PulledContent.PlatformContent> platforms = name(plan, resolved.root(), options, request, store, blobs);
            return new PulledContent(
                    name,
                    resolved.root(),
                    resolved.host().isEmpty() ? null : resolved.host(),
                    outcome.masked(platforms),
                    blobs.values().stream().mapToLong(BlobReport::bytesFetched).sum(),
                    cancellation.requests(),
                    List.copyOf(fallbacks),
                    call.number());
        } catch (PullException e) {
            reportNotices();
            throw outcome.masked(e);
        }
    }

    /** Fetches some contents of the image again, instead of what the store has under their names. */
    void repair(List<Descriptor> contents, ImageStore damaged) {
        ImageStore store =
                damaged.distrusting(contents.stream().map(Descriptor::digest).toList());
        Documents documents = new Documents(context, store);
        List<TransferPool.Task<Descriptor>> tasks = new ArrayList<>();
        for (Descriptor content : contents) {
            BlobDownload download = download(content);
            tasks.add(slot -> {
                if (content.mediaType().isManifestOrIndex()) {
                    documents.read(content);
                } else {
                    download.into(store, slot);
                }
                return content;
            });
        }
        try {
            pool.runAll(tasks, cancellation);
        } catch (PullException e) {
            throw outcome.masked(e);
        }
    }

    /**
     * Gives the image its name. Whoever cleans the store up does not know of this pull: what is needed is looked for again
     * before.
     */
    private List<PulledContent.PlatformContent> name(
            PullPlan plan,
            Descriptor root,
            PullPlan.Options options,
            CallOptions request,
            ImageStore store,
            Map<Digest, BlobReport> blobs) {
        boolean unreadable = false;
        for (int i = 0; i < MAX_CLEANUPS; i++) {
            if (isThere(plan, store)) {
                Optional<List<PulledContent.PlatformContent>> platforms =
                        new PulledParts(name, store).platforms(plan, blobs);
                if (platforms.isPresent()
                        && store.index(waiting())
                                .put(name, root, pulled(plan), request.annotations(), () -> isThere(plan, store))) {
                    warnOfOtherPlatform(options, root, platforms.get());
                    return platforms.get();
                }
                unreadable = platforms.isEmpty() && isThere(plan, store);
            }
            new Reader(store).read(plan.documents());
            transfer(plan.withoutOthers(), store);
        }
        throw new StoreException(
                unreadable
                        ? "a configuration of " + name + " in the store " + store.root()
                                + " is damaged: run jpull store verify --repair, and pull again"
                        : "somebody takes the blobs of " + name + " away again and again: let nobody prune the store "
                                + store.root() + " meanwhile");
    }

    private static List<Digest> pulled(PullPlan plan) {
        return plan.images().stream()
                .map(planned -> planned.descriptor().digest())
                .toList();
    }

    private WaitControl waiting() {
        return new WaitControl() {
            @Override
            public boolean isCancelled() {
                return cancellation.isCancelled();
            }

            @Override
            public void waitsFor(String text) {
                warn(text);
            }
        };
    }

    private static boolean isThere(PullPlan plan, ImageStore store) {
        return store.missing(plan.documents()).isEmpty()
                && store.missing(plan.blobs()).isEmpty();
    }

    /** The root: from the store when the reference pins a digest that is there, else from a host. */
    private ResolvedImage root(ImageStore store) {
        ResolvedImage resolved = stored(store).orElseGet(() -> resolver().open(store));
        reportNotices();
        store.touch(resolved.root().digest());
        events.emit(header -> new PullEvent.Resolved(
                header, resolved.root().digest(), resolved.root().mediaType(), resolved.host()));
        return resolved;
    }

    private Optional<ResolvedImage> stored(ImageStore store) {
        Digest pinned = image.digest();
        if (pinned == null || store.document(pinned, ImageDocument.MAX_SIZE).isEmpty()) {
            return Optional.empty();
        }
        return store.index()
                .find(name)
                .filter(root -> root.digest().equals(pinned))
                .map(root -> new ResolvedImage(root, ""));
    }

    private BlobDownload download(Descriptor blob) {
        return new BlobDownload(context, blob, pool.workers());
    }

    private Map<Digest, BlobReport> transfer(PullPlan plan, ImageStore store) {
        Cancellation othersCancellation = cancellation.child();
        PullContext othersContext = context.within(othersCancellation);
        Documents documents = new Documents(othersContext, store, () -> new RetryBudget(OtherPlatforms.RETRIES));
        OtherPlatforms others = new OtherPlatforms(
                plan,
                cancellation,
                othersCancellation,
                documents::read,
                config -> new BlobDownload(othersContext, config, pool.workers()).into(store));
        List<TransferPool.Task<Optional<BlobReport>>> tasks = new ArrayList<>();
        for (Descriptor blob : plan.blobs()) {
            BlobDownload download = download(blob);
            tasks.add(slot -> {
                BlobReport report = download.into(store, slot);
                others.wantedCame();
                return Optional.of(report);
            });
        }
        store.requireSpace(plan.blobs());
        tasks.addAll(others.tasks());
        Map<Digest, BlobReport> reports = new HashMap<>();
        try {
            for (Optional<BlobReport> came : pool.runAll(tasks, cancellation)) {
                came.ifPresent(report -> reports.put(report.descriptor().digest(), report));
            }
        } finally {
            othersCancellation.end();
        }
        others.warning().ifPresent(this::warn);
        return reports;
    }

    /** An image that is no index is pulled whatever its platform is, as containerd does; its owner should know. */
    private void warnOfOtherPlatform(
            PullPlan.Options options, Descriptor root, List<PulledContent.PlatformContent> platforms) {
        if (!root.mediaType().isManifest() || platforms.isEmpty()) {
            return;
        }
        Platform platform = platforms.get(0).platform();
        if (platform != null
                && !platform.os().isEmpty()
                && !platform.architecture().isEmpty()
                && !options.matcher().matches(platform)) {
            warn("the image is for " + platform + " only, not for " + options.matcher());
        }
    }

    private Resolver resolver() {
        return new Resolver(context, this::reportWarnings);
    }

    private void reportWarnings(HttpResponse response) {
        for (String header : response.headers("Warning")) {
            WarningHeader.text(header)
                    .map(response::masked)
                    .filter(text -> !text.isBlank())
                    .ifPresent(text -> warn("the registry says: " + text));
        }
        String remaining = response.header("RateLimit-Remaining");
        if (remaining != null && remaining.matches("[0-9](;.*)?")) {
            warn("the registry allows only " + remaining.charAt(0) + " more pulls for now: log in to be allowed more");
        }
    }

    private void reportNotices() {
        context.endpoints().takeNotices().forEach(this::warn);
    }

    private void reportFindings() {
        for (Finding finding : hosts.findings()) {
            if (finding.severity() != Finding.Severity.INFO) {
                warn(finding.toString());
            }
        }
    }

    private void warn(String text) {
        events.emit(header -> new PullEvent.Warning(header, text));
    }

    private void fellBack(Attempt attempt) {
        fallbacks.add(attempt);
        events.emit(header -> new PullEvent.Fallback(header, attempt));
    }

    /** Reads documents with the threads of the transfer pool. */
    private final class Reader implements PullPlan.DocumentReader {
        private final Documents documents;

        Reader(ImageStore store) {
            this.documents = new Documents(context, store);
        }

        @Override
        public List<ImageDocument> read(List<Descriptor> descriptors) {
            if (descriptors.size() == 1) {
                return List.of(documents.read(descriptors.get(0)));
            }
            List<TransferPool.Task<ImageDocument>> tasks = new ArrayList<>();
            descriptors.forEach(descriptor -> tasks.add(slot -> documents.read(descriptor)));
            return pool.runAll(tasks, cancellation);
        }
    }
}
