// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.archive.ArchiveFeed;
import dev.jpull.archive.ExportOptions;
import dev.jpull.archive.ExportResult;
import dev.jpull.archive.ExportTarget;
import dev.jpull.compression.InflateEngine;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.event.PullListener;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.LockedImage;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.LayerWorkers;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.registry.Hedge;
import dev.jpull.registry.HostStates;
import dev.jpull.snapshot.PullSnapshots;
import dev.jpull.store.ImageStore;
import dev.jpull.store.StoreSession;
import dev.jpull.text.ForeignText;
import dev.jpull.transfer.ConnectionBudget;
import dev.jpull.transfer.TransferPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs pulls, each on a thread of its own, and owns what they share: threads, connections and the store. Starts nothing
 * before the first call. Safe for use by several threads.
 */
public final class PullEngine {
    private static final Duration LONGEST_CLOSE_LIMIT = Duration.ofDays(365);

    private final EngineOptions options;
    private final References references;
    private final EngineThreads threads;
    private final EngineResources resources;
    private final EventPump events;
    private final Operations operations;
    /** The queues of listeners of single calls. */
    private final Set<EventPump> callPumps = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean credentialsClosed = new AtomicBoolean();
    private final EngineLock lock;
    private final AtomicLong calls = new AtomicLong();
    private volatile @Nullable ImageStore store;

    /** An engine that has started nothing yet. */
    public PullEngine(EngineOptions options) {
        this.options = options;
        this.threads = new EngineThreads(options.given().threads());
        this.references =
                new References(options.configuration(), options.given().chooser());
        EngineOptions.Transfers transfers = options.transfers();
        this.resources = new EngineResources(
                new HttpClients(options.http(), threads),
                new HostStates(),
                options.sleeper(),
                new Hedge(threads),
                new TransferPool(
                        new ConnectionBudget(
                                transfers.connections(), transfers.connectionsPerHost(), transfers.downloads()),
                        transfers.spread(),
                        threads),
                new LayerWorkers(options.layers().workers(), threads));
        this.lock = new EngineLock(options.lock());
        this.events = new EventPump(
                options.given().listener(), threads, options.given().clock());
        this.operations = new Operations(threads);
    }

    /** What the engine was built with. */
    public EngineOptions options() {
        return options;
    }

    /** The connections of the engine. */
    public HttpClients clients() {
        return resources.clients();
    }

    /**
     * Starts the pull of an image.
     *
     * @throws IllegalStateException if the engine is closed
     */
    public Operation<PulledContent> pull(CallOptions call) {
        CallOptions wanted = references.complete(call);
        return startPull(wanted, (pull, context, root) -> pull.apply(wanted));
    }

    /**
     * Starts the pull of an image that is unpacked into a directory.
     *
     * @throws IllegalStateException if the engine is closed
     */
    public Operation<UnpackedContent> unpack(CallOptions call, UnpackTarget target) {
        CallOptions wanted = references.complete(call);
        return startPull(
                wanted,
                (pull, context, root) -> target.unpack(
                        wanted, layerDecoding(), pull, context.pull().cancellation()));
    }

    /**
     * Starts the pull of an image for a list: nothing is fetched when the store has what the reference names now.
     *
     * @throws IllegalStateException if the engine is closed
     */
    public Operation<UpdatedContent> update(CallOptions call) {
        CallOptions wanted = references.complete(call);
        return startPull(wanted, (pull, context, root) -> {
            boolean locked = lock.of(wanted, context.image()) != null;
            UpdatedContent updated =
                    new ImageUpdate(context, wanted, openStore(), search(wanted, context), locked).run(pull);
            root.set(updated.image().root().digest());
            return updated;
        });
    }

    /**
     * Starts the search for what {@link #update} would fetch. Asks for manifests only, and writes nothing.
     *
     * @param budget how many blobs the plan may have, with the plans of other images
     */
    public Operation<PlannedContent> plan(CallOptions wanted, BlobBudget budget) {
        return start("the plan of " + nameOf(wanted.image()), cancellation -> {
            CallContext context = contextOf(wanted, nextCall(wanted.image()), cancellation);
            return new PlanQuery(
                            context,
                            wanted,
                            existingStore(),
                            search(wanted, context),
                            new PooledTasks(resources.pool(), cancellation),
                            budget)
                    .ask();
        });
    }

    /** Looks for the image of a call in a store. */
    private StoreSearch search(CallOptions wanted, CallContext context) {
        return (from, root, planned) -> {
            try (StoreSession session = from.session()) {
                return new StoredImages(context.image(), session.store())
                        .find(
                                wanted,
                                root,
                                planned,
                                layerWork(wanted, context.reporter()),
                                context.pull().cancellation());
            }
        };
    }

    /** A pull with what is done before and after it. */
    private interface PullSteps<T> {
        /**
         * Runs them.
         *
         * @param root takes the digest of the image when it was not pulled
         */
        T run(Function<CallOptions, PulledContent> pull, CallContext context, AtomicReference<Digest> root);
    }

    private <T> Operation<T> startPull(CallOptions wanted, PullSteps<T> steps) {
        String name = nameOf(wanted.image());
        List<EventPump> pumps = pumpsFor(wanted);
        CallEvents told = new CallEvents(pumps, calls.incrementAndGet(), name);
        Operation<T> operation = new Operation<>("the pull of " + name, told::failed);
        operations.enter(operation);
        endWith(operation, pumps);
        told.started();
        operations.start(operation, pumps, cancellation -> {
            watch(operation, wanted);
            CallContext context = contextOf(wanted, told, cancellation);
            AtomicReference<Digest> root = new AtomicReference<>();
            T result = steps.run(
                    options -> {
                        CallContext own =
                                options.image().equals(wanted.image()) ? context : contextOf(options, context);
                        PulledContent pulled =
                                options.terms().offline() ? fromStore(own, options) : fromHosts(own, options);
                        root.set(pulled.root().digest());
                        return own.warned(pulled, options.content().plan().matcher());
                    },
                    context,
                    root);
            told.completed(root.get());
            return result;
        });
        return operation;
    }

    /**
     * The images of the lock file, sorted by name.
     *
     * @throws dev.jpull.error.LockException if there is none, or it cannot be used
     */
    public List<LockedImage> lockedImages() {
        return lock.images();
    }

    /** The lock file may refuse what the store has. */
    private PulledContent fromStore(CallContext context, CallOptions wanted) {
        if (ImageStore.isAbsent(options.store())) {
            throw StoredImages.missing(context.image().toString(), options.store());
        }
        ImageStore there = ImageStore.openExisting(options.store());
        PulledContent found = new StorePull(context, wanted, there, layerWork(wanted, context.reporter())).pull();
        LockedName locked = lock.of(wanted, context.image());
        return locked == null ? found : locked.found(found);
    }

    private PulledContent fromHosts(CallContext context, CallOptions given) {
        LockedName locked = lock.of(given, context.image());
        CallOptions wanted = locked == null ? given : locked.complete(given);
        Function<CallOptions, PulledContent> unlocked =
                each -> pull(each.image().equals(wanted.image()) ? context : contextOf(each, context), each);
        return locked == null
                ? unlocked.apply(wanted)
                : new LockedPull(
                                locked,
                                options.given().clock().instant(),
                                context,
                                wanted,
                                Optional.ofNullable(store).or(() -> ImageStore.ifThere(options.store())),
                                search(wanted, context))
                        .run(unlocked);
    }

    /**
     * Starts pulls that fail together: when one fails, the others are cancelled.
     *
     * @return their results in the order of the requests
     */
    public List<PulledContent> pullAll(List<CallOptions> wanted) {
        operations.requireOpen();
        PullGroup<PulledContent> group = new PullGroup<>();
        for (CallOptions each : wanted) {
            if (group.hasFailed()) {
                break;
            }
            group.add(pull(each));
        }
        return group.await();
    }

    /**
     * Pulls images, and writes an archive of them meanwhile.
     *
     * @param form what the archive is to be; its images are exported too
     * @return the images in the order of the requests, with what the archive has
     */
    public ExportedPulls pullAndExport(List<CallOptions> wanted, ExportOptions form, Path target) {
        operations.requireOpen();
        ExportTarget.require(target, form, options.store()); // before a store is made for it
        List<CallOptions> complete = wanted.stream().map(references::complete).toList();
        List<String> names = complete.stream().map(CallOptions::storeName).toList();
        ArchiveFeed feed = new ArchiveFeed(openStore(), form, target);
        Operation<ExportResult> archive = start(
                "the export to " + ForeignText.line(target.toString()),
                cancellation -> feed.write(names, cancellation::isCancelled));
        return new PullExport(feed, archive, this::pull).run(complete);
    }

    /** How layers are decoded that are read later, when the engine and its threads may be closed. */
    public LayerDecoding readingLayers() {
        LayerDecoding decoding = layerDecoding();
        return new LayerDecoding(decoding.limits(), decoding.engine(), null);
    }

    /** How the engine decodes layers. */
    public LayerDecoding layerDecoding() {
        EngineOptions.Layers layers = options.layers();
        return new LayerDecoding(layers.limits(), () -> InflateEngine.of(layers.inflater()), resources.layers());
    }

    private PulledContent pull(CallContext context, CallOptions wanted) {
        try (StoreSession session = openStore().session()) {
            return pull(context, wanted, session.store());
        }
    }

    private PulledContent pull(CallContext context, CallOptions wanted, ImageStore target) {
        PullReporter reporter = context.reporter();
        if (wanted.layers().snapshotter() == null) {
            return new ImagePull(context, wanted, target, resources.pool(), layerWork(wanted, reporter), null).pull();
        }
        try (PullSnapshots snapshots = new PullSnapshots(
                target,
                wanted.layers().snapshotter(),
                layerDecoding(),
                wanted.layers().verify(),
                reporter::warn)) {
            LayerWork work = layerWork(wanted.with(snapshots), reporter);
            return new ImagePull(context, wanted, target, resources.pool(), work, snapshots).pull();
        }
    }

    private LayerWork layerWork(CallOptions wanted, PullReporter reporter) {
        return new LayerWork(wanted, resources.layers(), layerDecoding(), reporter);
    }

    private void watch(Operation<?> operation, CallOptions wanted) {
        watchDeadline(operation, wanted);
        if (!options.progressTimeout().isZero()) {
            threads.start("jpull-watch", new ProgressWatch(operation, options.progressTimeout()));
        }
    }

    private void watchDeadline(Operation<?> operation, CallOptions wanted) {
        Duration deadline = wanted.terms().deadline() == null
                ? options.deadline()
                : wanted.terms().deadline();
        if (!deadline.isZero()) {
            threads.start("jpull-deadline", new DeadlineWatch(operation, deadline));
        }
    }

    /** The listener of a call has a queue and a thread of its own: the one of the engine does not wait for it. */
    private List<EventPump> pumpsFor(CallOptions wanted) {
        return PullListener.NONE.equals(wanted.terms().listener())
                ? List.of(events)
                : List.of(
                        events,
                        new EventPump(
                                wanted.terms().listener(),
                                threads,
                                options.given().clock()));
    }

    /** Ends the queues of a call with the call. They are known until then, so that closing the engine closes them. */
    private void endWith(Operation<?> operation, List<EventPump> pumps) {
        callPumps.removeIf(EventPump::isOver);
        List<EventPump> own = pumps.stream().filter(each -> each != events).toList();
        callPumps.addAll(own);
        CompletableFuture<?> unused =
                operation.outcome().whenComplete((result, failure) -> own.forEach(EventPump::end));
    }

    /**
     * Starts the resolution of the reference of a call, with its credentials and its deadline.
     *
     * @throws ReferenceException if the call is to send no request
     */
    public Operation<Resolution> resolve(CallOptions wanted) {
        wanted.terms().requireOnline("a resolution");
        Operation<Resolution> operation = new Operation<>("the resolution of " + nameOf(wanted.image()), failure -> {});
        return start(operation, cancellation -> {
            watchDeadline(operation, wanted);
            return contextOf(wanted, nextCall(wanted.image()), cancellation).resolve();
        });
    }

    /**
     * Starts the listing of the tags of a repository.
     *
     * @param repository the name as it was given
     * @param limit how many tags are wanted at most
     */
    public Operation<List<String>> tags(String repository, int limit) {
        ImageReference.parseRepository(repository); // without tag and digest
        ImageReference image = reference(repository);
        return start("the list of the tags of " + image.name(), cancellation -> {
            CallContext context = contextOf(CallOptions.of(image.toString()), nextCall(image.toString()), cancellation);
            return context.tags(limit);
        });
    }

    /**
     * Starts the search for what refers to an image.
     *
     * @param wanted the image, and of an index the platforms; all when none is named
     */
    public Operation<ReferrerAnswer> referrers(CallOptions wanted, ReferrerSelection selection) {
        return start("the search for what refers to " + nameOf(wanted.image()), cancellation -> {
            CallContext context = contextOf(wanted, nextCall(wanted.image()), cancellation);
            return new ReferrerQuery(context, new PooledTasks(resources.pool(), cancellation)).ask(wanted, selection);
        });
    }

    /**
     * Fetches contents of an image again, instead of what the store has under their names.
     *
     * @param image the reference as it was given
     * @throws PullException if one of them cannot be fetched
     */
    public void repair(String image, List<Descriptor> contents) {
        start("the repair of " + nameOf(image), cancellation -> {
                    CallContext context = contextOf(CallOptions.of(image), nextCall(image), cancellation);
                    new ContentRepair(context, openStore(), resources.pool()).repair(contents);
                    return contents;
                })
                .await();
    }

    /**
     * Starts a call that is no pull.
     *
     * @param what for messages: "the probe of docker.io/library/busybox:latest"
     */
    public <T> Operation<T> start(String what, Operation.Work<T> work) {
        return start(new Operation<>(what, failure -> {}), work);
    }

    private <T> Operation<T> start(Operation<T> operation, Operation.Work<T> work) {
        operations.enter(operation);
        operations.start(operation, List.of(events), work);
        return operation;
    }

    /**
     * The image that a reference means in the configuration.
     *
     * @throws ReferenceException if it is none, or may be one of several images
     */
    public ImageReference reference(String image) {
        return references.of(image);
    }

    /** The reference in full; what was written when it is none, for messages about that. */
    public String nameOf(String image) {
        try {
            return reference(image).toString();
        } catch (ReferenceException e) {
            return ForeignText.line(image);
        }
    }

    /** The hosts of an image, in the order of the configuration. */
    public NamespaceHosts hostsFor(ImageReference reference) {
        NamespaceHosts hosts = options.configuration().hostsFor(reference);
        return options.upstream() ? hosts : hosts.withoutImplied();
    }

    private CallEvents nextCall(String image) {
        return new CallEvents(List.of(events), calls.incrementAndGet(), nameOf(image));
    }

    private CallContext contextOf(CallOptions wanted, CallEvents told, Cancellation cancellation) {
        ImageReference reference = reference(wanted.image());
        return CallContext.of(
                reference, hostsFor(reference, wanted), wanted.terms().credentials(), resources, told, cancellation);
    }

    private CallContext contextOf(CallOptions wanted, CallContext call) {
        ImageReference reference = reference(wanted.image());
        return call.ofOther(
                reference, hostsFor(reference, wanted), wanted.terms().credentials(), resources);
    }

    private NamespaceHosts hostsFor(ImageReference reference, CallOptions wanted) {
        return wanted.terms().offline() ? NamespaceHosts.none(reference.domain()) : hostsFor(reference);
    }

    /** The store when it is there; it is neither made nor written to. */
    public Optional<ImageStore> existingStore() {
        return Files.isDirectory(options.store())
                ? Optional.of(ImageStore.openExisting(options.store()))
                : Optional.empty();
    }

    /** Opened with the first pull: an engine that only asks hosts leaves no directory behind. */
    private ImageStore openStore() {
        ImageStore open = store;
        if (open == null) {
            open = ImageStore.open(
                    options.store(), options.flushes(), options.given().clock());
            store = open;
        }
        return open;
    }

    /** Whether the calling thread is one of the engine. */
    public boolean isCurrentThread() {
        return threads.isCurrent();
    }

    /**
     * Cancels everything that runs, and ends all threads and connections.
     *
     * @param limit how long to wait for the threads
     * @return whether all threads have ended; false always on a thread of the engine
     */
    public boolean close(Duration limit) {
        Duration bounded = limit.isNegative()
                ? Duration.ZERO
                : limit.compareTo(LONGEST_CLOSE_LIMIT) < 0 ? limit : LONGEST_CLOSE_LIMIT;
        long deadline = System.nanoTime() + bounded.toNanos();
        operations.close();
        resources.pool().close();
        resources.layers().close();
        resources.hedge().close();
        resources.clients().cancelAll();
        if (threads.isCurrent()) { // a thread cannot wait for its own end
            resources.clients().close();
            closeCredentials();
            closePumps(System.nanoTime());
            return false;
        }
        operations.awaitEnd(deadline);
        resources.clients().close();
        closeCredentials();
        closePumps(deadline);
        return threads.join(deadline);
    }

    /** On a thread of its own: a source of the program may take long, and the wait for it ends with the others. */
    private void closeCredentials() {
        List<CredentialSource> sources = options.given().sources();
        if (!sources.isEmpty() && credentialsClosed.compareAndSet(false, true)) {
            threads.start("jpull-credentials", () -> sources.forEach(CredentialSource::close));
        }
    }

    private void closePumps(long deadline) {
        events.close(deadline);
        callPumps.forEach(each -> each.close(deadline));
    }
}
