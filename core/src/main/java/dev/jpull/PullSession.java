// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.error.Attempt;
import dev.jpull.error.PullException;
import dev.jpull.error.StoreException;
import dev.jpull.event.PullEvent;
import dev.jpull.finding.Finding;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.hosts.RegistryHost;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.http.HttpResponse;
import dev.jpull.http.WarningHeader;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.Platform;
import dev.jpull.manifest.ImageDocument;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.registry.EventSink;
import dev.jpull.registry.Failover;
import dev.jpull.registry.Hedge;
import dev.jpull.registry.HostStates;
import dev.jpull.registry.ImageEndpoints;
import dev.jpull.registry.PullContext;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.RetryBudget;
import dev.jpull.registry.Sleeper;
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
final class PullSession {
    private static final int MAX_CLEANUPS = 3;

    private final ImageReference image;
    private final String name;
    private final NamespaceHosts hosts;
    private final PullContext context;
    private final MaskedOutcome outcome;
    private final CallEvents call;
    private final EventSink events;
    private final Cancellation cancellation;
    private final List<Attempt> fallbacks = Collections.synchronizedList(new ArrayList<>());

    PullSession(
            ImageReference image,
            NamespaceHosts hosts,
            HttpClients clients,
            HostStates hostStates,
            Sleeper sleeper,
            Hedge hedge,
            CallEvents call,
            Cancellation cancellation) {
        this.image = image;
        this.name = image.toString();
        this.hosts = hosts;
        this.outcome = new MaskedOutcome(clients.mask());
        this.call = call;
        this.events = outcome.before(call);
        this.cancellation = cancellation;
        List<RegistryEndpoint> all = new ArrayList<>();
        for (RegistryHost host : hosts.hosts()) {
            all.add(new RegistryEndpoint(clients.endpoint(host), hosts.namespace()));
        }
        this.context = new PullContext(
                image,
                new ImageEndpoints(all),
                new Failover(hostStates, sleeper, this::fellBack, cancellation, hedge),
                cancellation,
                events);
    }

    ResolvedReference resolve() {
        try {
            reportFindings();
            ResolvedImage resolved = resolver().resolve();
            Descriptor root = resolved.root();
            return new ResolvedReference(
                    name, root.digest(), outcome.masked(root.mediaType()), root.size(), resolved.host());
        } catch (PullException e) {
            throw outcome.masked(e);
        } finally {
            reportNotices();
        }
    }

    PulledImage pull(PullRequest request, ImageStore store, TransferPool pool) {
        try {
            store.accessWarnings().forEach(this::warn);
            reportFindings();
            PullPlan.Options options = options(request);
            ResolvedImage resolved = root(store);
            PullPlan plan = PullPlan.walk(name, resolved.root(), options, new Reader(store, pool));
            Map<Digest, BlobReport> blobs = transfer(plan, store, pool);
            List<PulledPlatform> platforms = name(plan, resolved.root(), options, request, store, pool, blobs);
            return new PulledImage(
                    name,
                    resolved.root().digest(),
                    resolved.root().mediaType(),
                    resolved.host(),
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
    void fetch(List<Descriptor> contents, ImageStore damaged, TransferPool pool) {
        ImageStore store =
                damaged.distrusting(contents.stream().map(Descriptor::digest).toList());
        Documents documents = new Documents(context, store);
        List<TransferPool.Task<Descriptor>> tasks = new ArrayList<>();
        for (Descriptor content : contents) {
            BlobDownload download = download(content, pool);
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
    private List<PulledPlatform> name(
            PullPlan plan,
            Descriptor root,
            PullPlan.Options options,
            PullRequest request,
            ImageStore store,
            TransferPool pool,
            Map<Digest, BlobReport> blobs) {
        boolean unreadable = false;
        for (int i = 0; i < MAX_CLEANUPS; i++) {
            if (isThere(plan, store)) {
                Optional<List<PulledPlatform>> platforms = new PulledParts(name, store).platforms(plan, blobs);
                if (platforms.isPresent()
                        && store.index(waiting())
                                .put(name, root, pulled(plan), request.annotations(), () -> isThere(plan, store))) {
                    warnOfOtherPlatform(options, root, platforms.get());
                    return platforms.get();
                }
                unreadable = platforms.isEmpty() && isThere(plan, store);
            }
            new Reader(store, pool).read(plan.documents());
            transfer(plan.withoutOthers(), store, pool);
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

    static PullPlan.Options options(PullRequest request) {
        Platform host = Platform.host();
        if (request.allPlatforms()) {
            return new PullPlan.Options(PlatformMatcher.all(), 0, true);
        }
        if (request.platforms().isEmpty()) {
            return new PullPlan.Options(PlatformMatcher.only(host, host), 1, request.metadata());
        }
        List<Platform> wanted =
                request.platforms().stream().map(Platform::parse).toList();
        return new PullPlan.Options(PlatformMatcher.ordered(wanted, host), 0, request.metadata());
    }

    private BlobDownload download(Descriptor blob, TransferPool pool) {
        return new BlobDownload(context, blob, pool.workers());
    }

    private Map<Digest, BlobReport> transfer(PullPlan plan, ImageStore store, TransferPool pool) {
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
            BlobDownload download = download(blob, pool);
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
    private void warnOfOtherPlatform(PullPlan.Options options, Descriptor root, List<PulledPlatform> platforms) {
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
        private final TransferPool pool;

        Reader(ImageStore store, TransferPool pool) {
            this.documents = new Documents(context, store);
            this.pool = pool;
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
