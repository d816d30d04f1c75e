// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.diagnose.HostsExplainer;
import dev.jpull.diagnose.HostsProber;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.event.PullListener;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.http.Cancellation;
import dev.jpull.http.HttpClients;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.Hedge;
import dev.jpull.registry.HostStates;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.registry.Sleeper;
import dev.jpull.store.ImageStore;
import dev.jpull.text.ForeignText;
import dev.jpull.transfer.TransferPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Pulls container images into a store. One puller serves many threads and many pulls at a time; it owns its threads and
 * connections, starts none of them before the first pull, and leaves none when it is closed.
 *
 * <p>Every call that pulls, resolves, probes or reads works on a thread of the puller, and ends with its result or with one
 * {@link PullException}. A thread that is interrupted while it waits in such a call gets a {@link PullCancelledException} as
 * soon as the work has stopped, and stays interrupted. After {@link #close()}, every call throws
 * {@code PullCancelledException}.
 *
 * <pre>{@code
 * try (ImagePuller puller = ImagePuller.builder().store(Path.of("build/images")).build()) {
 *     PulledImage image = puller.pull("myregistry.io:5000/img:tag");
 * }
 * }</pre>
 */
public final class ImagePuller implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ImagePuller.class.getName());
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final Duration LONGEST_CLOSE_LIMIT = Duration.ofDays(365);

    private final HostConfiguration configuration;
    private final Path storeDirectory;
    private final boolean flushes;
    private final CredentialSource credentials;
    private final boolean upstream;
    private final HttpClients clients;
    private final TransferPool pool;
    private final EngineThreads threads;
    private final EventPump events;
    private final Operations operations;
    private final Sleeper sleeper;
    private final Duration progressTimeout;
    private final Hedge hedge;
    private final HostStates hostStates = new HostStates();
    private final AtomicLong calls = new AtomicLong();
    private volatile @Nullable ImageStore store;

    ImagePuller(
            HostConfiguration configuration,
            Path storeDirectory,
            boolean flushes,
            CredentialSource credentials,
            boolean upstream,
            HttpClients clients,
            TransferPool pool,
            EngineThreads threads,
            PullListener listener,
            Sleeper sleeper,
            Duration progressTimeout) {
        this.configuration = configuration;
        this.storeDirectory = storeDirectory;
        this.flushes = flushes;
        this.credentials = credentials;
        this.upstream = upstream;
        this.clients = clients;
        this.pool = pool;
        this.threads = threads;
        this.events = new EventPump(listener, threads);
        this.operations = new Operations(threads, events);
        this.hedge = new Hedge(threads);
        this.sleeper = sleeper;
        this.progressTimeout = progressTimeout;
    }

    /** A builder with defaults: host configuration from the usual places, the store of the user. */
    public static ImagePullerBuilder builder() {
        return new ImagePullerBuilder();
    }

    /**
     * Loads and initialises what every pull needs, for a process that is started just to pull: call it first, on a thread
     * of its own, while options are read. It opens nothing and asks nobody. Optional.
     *
     * @param tls whether TLS will be needed, whose authorities take long to read
     */
    public static void preload(boolean tls) {
        EngineWarmUp.run(tls);
    }

    /**
     * Pulls an image for the platform of this machine.
     *
     * @param image a reference, as people write it
     * @throws PullException if it fails; its type says why
     */
    public PulledImage pull(String image) {
        return pull(PullRequest.of(image));
    }

    /**
     * Pulls an image.
     *
     * @throws PullException if it fails; its type says why
     */
    public PulledImage pull(PullRequest request) {
        return startPull(Objects.requireNonNull(request, "request")).await();
    }

    /**
     * Pulls an image without waiting for it.
     *
     * @return completes with the image, or exceptionally with a {@link PullException}. However else it is completed, by
     *     {@code cancel}, {@code orTimeout} or its owner, the transfer stops; after {@code cancel}, {@code get} and
     *     {@code join} throw {@link java.util.concurrent.CancellationException}. What depends on it is run by a thread of the
     *     puller, which must not be kept for long: {@link #close(Duration)} waits for it.
     */
    public CompletableFuture<PulledImage> pullAsync(PullRequest request) {
        Objects.requireNonNull(request, "request");
        CompletableFuture<PulledImage> future = new CompletableFuture<>();
        try {
            Operation<PulledImage> operation = startPull(request);
            CompletableFuture<?> unused = future.whenComplete((image, failure) -> operation.cancel("was cancelled"));
            operation.tell(future);
        } catch (PullException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    private Operation<PulledImage> startPull(PullRequest request) {
        String name = nameOf(request.image());
        CallEvents told = nextCall(name);
        Operation<PulledImage> operation = new Operation<>("the pull of " + name, told::failed);
        operations.enter(operation);
        told.started();
        operations.start(operation, cancellation -> {
            if (!progressTimeout.isZero()) {
                threads.start("jpull-watch", new ProgressWatch(operation, progressTimeout));
            }
            ImageReference reference = ImageReference.parse(request.image());
            PulledImage pulled = session(reference, told, cancellation).pull(request, openStore(), pool);
            told.completed(pulled.digest());
            return pulled;
        });
        return operation;
    }

    /** The name in full; for events that tell of a reference that is none, what was written. */
    private static String nameOf(String image) {
        try {
            return ImageReference.parse(image).toString();
        } catch (ReferenceException e) {
            return ForeignText.line(image);
        }
    }

    private CallEvents nextCall(String name) {
        return new CallEvents(events, calls.incrementAndGet(), name);
    }

    private PullSession session(ImageReference reference, CallEvents told, Cancellation cancellation) {
        return new PullSession(reference, hostsFor(reference), clients, hostStates, sleeper, hedge, told, cancellation);
    }

    /** Runs a call that is no pull. */
    private <T> T call(String what, Operation.Work<T> work) {
        Operation<T> operation = new Operation<>(what, failure -> {});
        operations.enter(operation);
        operations.start(operation, work);
        return operation.await();
    }

    /**
     * Finds out what a reference stands for, without pulling it.
     *
     * @param image a reference, as people write it
     * @throws PullException if it fails; its type says why
     */
    public ResolvedReference resolve(String image) {
        Objects.requireNonNull(image, "image");
        return call(
                "the resolution of " + nameOf(image),
                cancellation -> session(ImageReference.parse(image), nextCall(nameOf(image)), cancellation)
                        .resolve());
    }

    /**
     * Says what would be contacted for an image, in which order and why, without contacting anything.
     *
     * @param image a reference, as people write it
     * @throws PullException if the configuration cannot be used
     */
    public HostsExplanation explain(String image) {
        Objects.requireNonNull(image, "image");
        return call("the explanation of " + nameOf(image), cancellation -> {
            ImageReference reference = ImageReference.parse(image);
            return new HostsExplanation(new HostsExplainer(credentials, upstream)
                    .explain(reference, configuration.hostsFor(reference.domain())));
        });
    }

    /**
     * Asks every endpoint of an image step by step what a pull would ask it, and says how each of them answers. Fetches no
     * content but manifests and one byte of a blob.
     *
     * @param image a reference, as people write it
     * @throws PullException if the reference or the configuration cannot be used; endpoints that fail are reported
     */
    public ProbeReport probe(String image) {
        Objects.requireNonNull(image, "image");
        return call("the probe of " + nameOf(image), cancellation -> {
            ImageReference reference = ImageReference.parse(image);
            NamespaceHosts hosts = hostsFor(reference);
            List<RegistryEndpoint> endpoints = hosts.hosts().stream()
                    .map(host -> new RegistryEndpoint(clients.endpoint(host), hosts.namespace()))
                    .toList();
            ProbeReport report =
                    new ProbeReport(reference.toString(), new HostsProber(reference, endpoints, cancellation).probe());
            if (cancellation.isCancelled()) {
                throw new PullCancelledException("the probe was cancelled"); // the report would accuse the hosts
            }
            return report;
        });
    }

    /**
     * An image that is in the store already, without asking anybody and without writing anything.
     *
     * @throws PullException if it is not there, or not all of it
     */
    public PulledImage stored(PullRequest request) {
        Objects.requireNonNull(request, "request");
        return call(
                "the search for " + nameOf(request.image()),
                cancellation -> new StoredImages(
                                ImageReference.parse(request.image()), ImageStore.openExisting(storeDirectory))
                        .find(request));
    }

    /**
     * Fetches again what is damaged or missing in the store. What is there stays until what is fetched, which is verified, takes
     * its place at once.
     *
     * @param image a reference whose content it is
     * @param contents what to fetch
     * @throws PullException if it cannot be had
     */
    public void fetch(String image, List<Descriptor> contents) {
        Objects.requireNonNull(image, "image");
        List<Descriptor> wanted = List.copyOf(Objects.requireNonNull(contents, "contents"));
        call("the repair of " + nameOf(image), cancellation -> {
            session(ImageReference.parse(image), nextCall(nameOf(image)), cancellation)
                    .fetch(wanted, openStore(), pool);
            return wanted;
        });
    }

    /** The store that images are pulled into. */
    public Path store() {
        return storeDirectory;
    }

    private NamespaceHosts hostsFor(ImageReference reference) {
        NamespaceHosts hosts = configuration.hostsFor(reference.domain());
        return upstream ? hosts : hosts.withoutImplied();
    }

    /** Opened with the first pull: a puller that only asks hosts leaves no directory behind. */
    private ImageStore openStore() {
        ImageStore open = store;
        if (open == null) {
            open = ImageStore.open(storeDirectory, flushes);
            store = open;
        }
        return open;
    }

    /**
     * Closes the puller as {@link #close(Duration)} does, within two seconds. When something is still running after that, it
     * is logged.
     */
    @Override
    public void close() {
        if (!close(CLOSE_LIMIT) && !threads.isCurrent()) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the puller was closed, but a thread of it is still running after {0} ms",
                    CLOSE_LIMIT.toMillis());
        }
    }

    /**
     * Cancels everything that runs, keeps what was fetched so far, and ends all threads and connections. Transfers stop within
     * a tenth of a second as a rule; a listener gets what is left of its events for half a second at most, and none after this
     * method has returned, but for the one that it is still working on. Closing again, also by several threads, does the same.
     * An interrupt does not shorten the waiting, and is kept.
     *
     * @param limit how long to wait for the threads; with zero or less, they are told to end and not waited for
     * @return whether all of them have ended, so that nothing is written or delivered any more. False when the limit was too
     *     short, and always when a thread of the puller itself calls, such as the one of the listener, because that thread
     *     ends later
     */
    public boolean close(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        Duration bounded = limit.isNegative()
                ? Duration.ZERO
                : limit.compareTo(LONGEST_CLOSE_LIMIT) < 0 ? limit : LONGEST_CLOSE_LIMIT;
        long deadline = System.nanoTime() + bounded.toNanos();
        operations.close();
        pool.close();
        hedge.close();
        clients.cancelAll();
        if (threads.isCurrent()) { // what waited for its own end would wait for ever
            clients.close();
            events.close(System.nanoTime());
            return false;
        }
        operations.awaitEnd(deadline);
        clients.close();
        events.close(deadline);
        return threads.join(deadline);
    }
}
