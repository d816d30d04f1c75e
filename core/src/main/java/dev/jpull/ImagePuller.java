// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.hosts.HostConfiguration;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.http.CallScope;
import dev.jpull.http.HttpClients;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.registry.Failover;
import dev.jpull.registry.Hedge;
import dev.jpull.registry.HostHealth;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.store.ImageStore;
import dev.jpull.transfer.TransferPool;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Pulls container images into a store. One puller serves many threads and many pulls at a time; it owns its threads and
 * connections, starts none of them before the first pull, and leaves none when it is closed.
 *
 * <pre>{@code
 * try (ImagePuller puller = ImagePuller.builder().store(Path.of("build/images")).build()) {
 *     PulledImage image = puller.pull("myregistry.io:5000/img:tag");
 * }
 * }</pre>
 */
public final class ImagePuller implements AutoCloseable {
    private final HostConfiguration configuration;
    private final Path storeDirectory;
    private final boolean flushes;
    private final CredentialSource credentials;
    private final boolean upstream;
    private final HttpClients clients;
    private final TransferPool pool;
    private final EventPump events;
    private final Failover.Pauses pauses;
    private final Hedge hedge = new Hedge();
    private final HostHealth health = new HostHealth();
    private volatile @Nullable ImageStore store;
    private final Set<CallScope> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ImagePuller(
            HostConfiguration configuration,
            Path storeDirectory,
            boolean flushes,
            CredentialSource credentials,
            boolean upstream,
            HttpClients clients,
            TransferPool pool,
            EventPump events,
            Failover.Pauses pauses) {
        this.configuration = configuration;
        this.storeDirectory = storeDirectory;
        this.flushes = flushes;
        this.credentials = credentials;
        this.upstream = upstream;
        this.clients = clients;
        this.pool = pool;
        this.events = events;
        this.pauses = pauses;
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
        Preload.run(tls);
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
        return pull(request, new CallScope());
    }

    /**
     * Pulls an image on a thread of its own.
     *
     * @return completes with the image, or exceptionally with a {@link PullException}; cancelling it stops the transfer,
     *     and {@code get} and {@code join} then throw {@link java.util.concurrent.CancellationException}
     */
    public CompletableFuture<PulledImage> pullAsync(PullRequest request) {
        CallScope scope = new CallScope();
        CompletableFuture<PulledImage> future = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                // in this order: whoever waits sees a cancellation, and not sometimes the failure of the pull that it
                // ends
                boolean cancelled = super.cancel(mayInterrupt);
                scope.cancel();
                return cancelled;
            }
        };
        Thread thread = new Thread(
                () -> {
                    try {
                        future.complete(pull(request, scope));
                    } catch (RuntimeException | Error e) {
                        future.completeExceptionally(e);
                    }
                },
                "jpull-pull");
        thread.setDaemon(true);
        thread.start();
        return future;
    }

    /**
     * Finds out what a reference stands for, without pulling it.
     *
     * @param image a reference, as people write it
     * @throws PullException if it fails; its type says why
     */
    public ResolvedReference resolve(String image) {
        ImageReference reference = ImageReference.parse(image);
        CallScope scope = enter(new CallScope());
        try {
            return new PullSession(reference, hostsFor(reference), clients, health, pauses, hedge, events, scope)
                    .resolve();
        } finally {
            running.remove(scope);
            events.drain();
        }
    }

    /**
     * Says what would be contacted for an image, in which order and why, without contacting anything.
     *
     * @param image a reference, as people write it
     * @throws PullException if the configuration cannot be used
     */
    public HostsExplanation explain(String image) {
        ImageReference reference = ImageReference.parse(image);
        return new HostsExplainer(credentials, upstream).explain(reference, configuration.hostsFor(reference.domain()));
    }

    /**
     * Asks every endpoint of an image step by step what a pull would ask it, and says how each of them answers. Fetches no
     * content but manifests and one byte of a blob.
     *
     * @param image a reference, as people write it
     * @throws PullException if the reference or the configuration cannot be used; endpoints that fail are reported
     */
    public ProbeReport probe(String image) {
        ImageReference reference = ImageReference.parse(image);
        CallScope scope = enter(new CallScope());
        try {
            NamespaceHosts hosts = hostsFor(reference);
            List<RegistryEndpoint> endpoints = hosts.hosts().stream()
                    .map(host -> new RegistryEndpoint(clients.endpoint(host), hosts.namespace()))
                    .toList();
            return new HostsProber(reference, endpoints, credentials, scope).probe();
        } finally {
            running.remove(scope);
        }
    }

    /**
     * An image that is in the store already, without asking anybody and without writing anything.
     *
     * @throws PullException if it is not there, or not all of it
     */
    public PulledImage stored(PullRequest request) {
        return new StoredImages(ImageReference.parse(request.image()), ImageStore.openExisting(storeDirectory))
                .find(request);
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
        ImageReference reference = ImageReference.parse(image);
        CallScope scope = enter(new CallScope());
        try {
            new PullSession(reference, hostsFor(reference), clients, health, pauses, hedge, events, scope)
                    .fetch(contents, openStore(), pool);
        } finally {
            running.remove(scope);
            events.drain();
        }
    }

    /** The store that images are pulled into. */
    public Path store() {
        return storeDirectory;
    }

    private PulledImage pull(PullRequest request, CallScope scope) {
        ImageReference reference = ImageReference.parse(request.image());
        enter(scope);
        try {
            return new PullSession(reference, hostsFor(reference), clients, health, pauses, hedge, events, scope)
                    .pull(request, openStore(), pool);
        } finally {
            running.remove(scope);
            events.drain();
        }
    }

    private NamespaceHosts hostsFor(ImageReference reference) {
        NamespaceHosts hosts = configuration.hostsFor(reference.domain());
        return upstream ? hosts : hosts.withoutImplied();
    }

    /** Opened with the first pull: whoever only asks leaves no directory behind. */
    private ImageStore openStore() {
        ImageStore open = store;
        if (open == null) {
            open = ImageStore.open(storeDirectory, flushes);
            store = open;
        }
        return open;
    }

    private CallScope enter(CallScope scope) {
        running.add(scope);
        if (closed) {
            running.remove(scope);
            throw new PullCancelledException("the puller is closed");
        }
        return scope;
    }

    /** Cancels every running pull, keeps what was fetched so far, and ends all threads and connections. */
    @Override
    public void close() {
        closed = true;
        running.forEach(CallScope::cancel);
        pool.close();
        hedge.close();
        clients.close();
        events.close();
    }
}
