// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.diagnose.HostsExplainer;
import dev.jpull.diagnose.HostsProber;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.http.Cancellation;
import dev.jpull.image.Descriptor;
import dev.jpull.image.ImageReference;
import dev.jpull.pull.EngineOptions;
import dev.jpull.pull.EngineWarmUp;
import dev.jpull.pull.Operation;
import dev.jpull.pull.PullEngine;
import dev.jpull.pull.PulledContent;
import dev.jpull.registry.RegistryEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

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

    private final PullEngine engine;

    ImagePuller(EngineOptions options) {
        this.engine = new PullEngine(options);
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
        return new PulledImage(
                startPull(Objects.requireNonNull(request, "request")).await());
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
            Operation<PulledContent> operation = startPull(request);
            CompletableFuture<?> unused = future.whenComplete((image, failure) -> operation.cancel("was cancelled"));
            operation.tell(future, PulledImage::new);
        } catch (PullException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    private Operation<PulledContent> startPull(PullRequest request) {
        return engine.pull(request.image(), request.options());
    }

    /**
     * Finds out what a reference stands for, without pulling it.
     *
     * @param image a reference, as people write it
     * @throws PullException if it fails; its type says why
     */
    public ResolvedReference resolve(String image) {
        Objects.requireNonNull(image, "image");
        return new ResolvedReference(engine.resolve(image).await());
    }

    /**
     * Says what would be contacted for an image, in which order and why, without contacting anything.
     *
     * @param image a reference, as people write it
     * @throws PullException if the configuration cannot be used
     */
    public HostsExplanation explain(String image) {
        Objects.requireNonNull(image, "image");
        return call("the explanation", image, (reference, cancellation) -> {
            EngineOptions options = engine.options();
            return new HostsExplanation(new HostsExplainer(options.http().credentials(), options.upstream())
                    .explain(reference, options.configuration().hostsFor(reference.domain())));
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
        return call("the probe", image, (reference, cancellation) -> {
            NamespaceHosts hosts = engine.hostsFor(reference);
            List<RegistryEndpoint> endpoints = hosts.hosts().stream()
                    .map(host -> new RegistryEndpoint(engine.clients().endpoint(host), hosts.namespace()))
                    .toList();
            ProbeReport report =
                    new ProbeReport(reference.toString(), new HostsProber(reference, endpoints, cancellation).probe());
            if (cancellation.isCancelled()) {
                throw new PullCancelledException("the probe was cancelled"); // the report would blame the hosts
            }
            return report;
        });
    }

    private <T> T call(String what, String image, BiFunction<ImageReference, Cancellation, T> work) {
        return engine.start(
                        what + " of " + PullEngine.nameOf(image),
                        cancellation -> work.apply(ImageReference.parse(image), cancellation))
                .await();
    }

    /**
     * An image that is in the store already, without asking anybody and without writing anything.
     *
     * @throws PullException if it is not there, or not all of it
     */
    public PulledImage stored(PullRequest request) {
        Objects.requireNonNull(request, "request");
        return new PulledImage(engine.stored(request.image(), request.options()));
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
        engine.repair(image, wanted);
    }

    /** The store that images are pulled into. */
    public Path store() {
        return engine.options().store();
    }

    /**
     * Closes the puller as {@link #close(Duration)} does, within two seconds. When something is still running after that, it
     * is logged.
     */
    @Override
    public void close() {
        if (!close(CLOSE_LIMIT) && !engine.isCurrentThread()) {
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
        return engine.close(Objects.requireNonNull(limit, "limit"));
    }
}
