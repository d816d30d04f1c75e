// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.compression.InflateEngine;
import dev.jpull.diagnose.HostsExplainer;
import dev.jpull.diagnose.HostsProber;
import dev.jpull.error.PullCancelledException;
import dev.jpull.error.PullException;
import dev.jpull.error.ReferenceException;
import dev.jpull.hosts.NamespaceHosts;
import dev.jpull.http.Cancellation;
import dev.jpull.http.TlsMaterial;
import dev.jpull.http.TlsUse;
import dev.jpull.image.ImageReference;
import dev.jpull.image.LockedImage;
import dev.jpull.lockfile.Lockfile;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.posix.Posix;
import dev.jpull.pull.CallOptions;
import dev.jpull.pull.EngineOptions;
import dev.jpull.pull.EngineWarmUp;
import dev.jpull.pull.ExportedPulls;
import dev.jpull.pull.ManyCalls;
import dev.jpull.pull.Operation;
import dev.jpull.pull.OperationWindow;
import dev.jpull.pull.PullEngine;
import dev.jpull.pull.PulledContent;
import dev.jpull.pull.UnpackTarget;
import dev.jpull.pull.UnpackedContent;
import dev.jpull.registry.RegistryEndpoint;
import dev.jpull.sync.SyncRun;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Pulls container images into a store. One puller serves many threads and many pulls at a time; it owns its threads and
 * connections, starts none of them before the first pull, and leaves none when it is closed.
 *
 * <p>Every call that pulls, resolves, probes or reads works on a thread of the puller, and ends with its result or with one
 * {@link PullException}. A thread that is interrupted while it waits in such a call gets a {@link PullCancelledException} as
 * soon as the work has stopped, and stays interrupted. After {@link #close()}, every call but {@code close} and
 * {@link #store()} throws {@code IllegalStateException}.
 *
 * <pre>{@code
 * try (ImagePuller puller = ImagePuller.builder().store(Path.of("build/images")).build()) {
 *     PulledImage image = puller.pull("myregistry.io:5000/img:tag");
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class ImagePuller implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ImagePuller.class.getName());
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final PullEngine engine;

    private final Executor executor;

    ImagePuller(EngineOptions options, Executor executor) {
        this.engine = new PullEngine(options);
        this.executor = executor;
    }

    /** {@return a builder with defaults: host configuration from the usual places, the store of the user} */
    public static ImagePullerBuilder builder() {
        return new ImagePullerBuilder();
    }

    /**
     * Loads and initialises the classes that a first pull needs, which takes some tenths of a second: for a process that pulls
     * as soon as it has started, to be called on a thread of its own while the process prepares itself. Sends nothing and opens
     * no file but those of the Java runtime. Optional; of no use later.
     *
     * @param tls whether a registry will be reached by TLS, so that the certificate authorities of the runtime are read too
     */
    public static void warmUp(boolean tls) {
        EngineWarmUp.run(tls ? TlsUse.RUNTIME_AUTHORITIES : TlsUse.NONE, TlsMaterial::runtimeProvider);
    }

    /**
     * Does what {@link #warmUp(boolean)} does with TLS, for a puller that is given a {@linkplain ImagePullerBuilder#tlsProvider
     * provider of TLS}.
     *
     * @param tlsProvider what the builder of the puller will be given
     * @param runtimeAuthorities whether the certificate authorities of the runtime are read too; without need when the builder will
     *     be given {@linkplain ImagePullerBuilder#certificateAuthority another one}
     */
    public static void warmUp(Supplier<Provider> tlsProvider, boolean runtimeAuthorities) {
        EngineWarmUp.run(
                runtimeAuthorities ? TlsUse.RUNTIME_AUTHORITIES : TlsUse.NAMED_AUTHORITIES,
                Objects.requireNonNull(tlsProvider, "tlsProvider"));
    }

    /**
     * Lets go of the native code that JNA has bound for unpacking and for reading gzip layers, because it keeps the class loader of
     * the library and a thread. For a program that throws that class loader away: to be called when every puller is closed, and
     * no layer is read and no store used any more. The thread "JNA Cleaner" ends within a minute. What needs native code later binds
     * it again.
     */
    public static void releaseNativeCode() {
        Posix.release();
        InflateEngine.release();
    }

    /**
     * Pulls an image for the platform of this machine.
     *
     * @param image a reference, such as {@code busybox} or {@code registry.example:5000/app:1}
     * @return the image, which is complete in the store
     * @throws PullException if it fails; its type says why
     */
    public PulledImage pull(String image) {
        return pull(PullRequest.of(image));
    }

    /**
     * Pulls an image.
     *
     * @param request the image, and what is wanted of it
     * @return the image, which is complete in the store
     * @throws PullException if it fails; its type says why
     */
    public PulledImage pull(PullRequest request) {
        Objects.requireNonNull(request, "request");
        return image(engine.pull(request.options()).await());
    }

    /**
     * Pulls images at the same time. When one fails, the others are cancelled, and what was fetched is kept for the next pull;
     * images that were complete before keep their names.
     *
     * @param requests the images, and what is wanted of each
     * @return the images, in the order of the requests
     * @throws PullException the first failure, when all pulls have ended
     */
    public List<PulledImage> pullAll(Collection<PullRequest> requests) {
        List<PullRequest> wanted = List.copyOf(Objects.requireNonNull(requests, "requests"));
        return engine.pullAll(wanted.stream().map(PullRequest::options).toList()).stream()
                .map(this::image)
                .toList();
    }

    /**
     * Pulls images, and writes an archive of them meanwhile: it is complete soon after the last blob has come, and has the same
     * bytes as a later {@link LocalStore#export}. When a pull or the writing fails, the rest is cancelled, and nothing of the
     * archive is left; what was fetched is kept.
     *
     * @param requests the images; they are pulled one after the other, in the order of the archive
     * @param form what the archive is to be; images that it names are in the store, and exported too
     * @param target as for {@link LocalStore#export}
     * @return the images, and what of them is in the archive
     * @throws PullException the first failure
     */
    public ExportReport.Pulled pullAndExport(Collection<PullRequest> requests, ExportRequest form, Path target) {
        List<PullRequest> wanted = List.copyOf(Objects.requireNonNull(requests, "requests"));
        Objects.requireNonNull(form, "form");
        Objects.requireNonNull(target, "target");
        ExportedPulls done =
                engine.pullAndExport(wanted.stream().map(PullRequest::options).toList(), form.options(), target);
        return new ExportReport.Pulled(
                done.images().stream().map(this::image).toList(), ExportReport.of(done.export()));
    }

    /**
     * Pulls an image without waiting for it.
     *
     * @param request the image, and what is wanted of it
     * @return completes with the image, or exceptionally with a {@link PullException}. However else it is completed, by
     *     {@code cancel}, {@code orTimeout} or its owner, the transfer stops; after {@code cancel}, {@code get} and
     *     {@code join} throw {@link java.util.concurrent.CancellationException}. What depends on it runs on the executor of the
     *     puller. Without one, a thread of the puller runs it, and must not be kept for long: {@link #close(Duration)} waits
     *     for it.
     */
    public CompletableFuture<PulledImage> pullAsync(PullRequest request) {
        Objects.requireNonNull(request, "request");
        return future(engine.pull(request.options()), this::image);
    }

    /**
     * Brings the images of a list into the store. Several of them are worked on at the same time, with the limits that the puller
     * has for one, and a blob that several need is requested once. When the store has an image, its tag is asked for by one
     * request, and nothing is requested for a digest. Images that were not there before get an annotation by which
     * {@link SyncRequest.Builder#prune} knows them.
     *
     * @param request the list, and what is wanted of it
     * @return what was done for each image
     * @throws PullException the first failure, when all have ended; if the request {@linkplain SyncRequest.Builder#keepGoing keeps
     *     going}, only when no image can be worked on
     */
    public SyncReport sync(SyncRequest request) {
        Objects.requireNonNull(request, "request");
        return SyncReport.of(engine.start(
                        "the sync", cancellation -> new SyncRun(engine, request.options(), cancellation).run())
                .await());
    }

    private PulledImage image(PulledContent content) {
        return new PulledImage(content, engine.readingLayers());
    }

    private <T, R> CompletableFuture<R> future(Operation<T> operation, Function<T, R> form) {
        CompletableFuture<R> future = new CompletableFuture<>();
        CompletableFuture<?> unused = future.whenComplete((result, failure) -> operation.cancel("was cancelled"));
        operation.completes(future, form, executor);
        return future;
    }

    /**
     * Resolves a reference to a digest, without pulling the image.
     *
     * @param image a reference, such as {@code busybox} or {@code registry.example:5000/app:1}
     * @return the digest, and the host that answered
     * @throws PullException if it fails; its type says why
     */
    public ResolvedReference resolve(String image) {
        return resolve(PullRequest.of(image));
    }

    /**
     * Does the same with the credentials and the deadline of a request. Nothing else of it counts: its listener gets no event, and the
     * lock file is not read.
     *
     * @param request the image
     * @return the digest, and the host that answered
     * @throws ReferenceException if the request is {@linkplain PullRequest.Builder#offline offline}
     * @throws PullException if it fails; its type says why
     */
    public ResolvedReference resolve(PullRequest request) {
        Objects.requireNonNull(request, "request");
        return new ResolvedReference(engine.resolve(request.options()).await());
    }

    /**
     * Resolves a reference to a digest without waiting for it.
     *
     * @param image a reference, such as {@code busybox} or {@code registry.example:5000/app:1}
     * @return completes as the future of {@link #pullAsync} does
     */
    public CompletableFuture<ResolvedReference> resolveAsync(String image) {
        return resolveAsync(PullRequest.of(image));
    }

    /**
     * Does the same with the credentials and the deadline of a request, as {@link #resolve(PullRequest)} does.
     *
     * @param request the image
     * @return completes as the future of {@link #pullAsync} does
     * @throws ReferenceException if the request is {@linkplain PullRequest.Builder#offline offline}
     */
    public CompletableFuture<ResolvedReference> resolveAsync(PullRequest request) {
        Objects.requireNonNull(request, "request");
        return future(engine.resolve(request.options()), ResolvedReference::new);
    }

    /**
     * Resolves references, several of them at a time. When one fails, the others go on. References that mean the same image are asked
     * for once.
     *
     * @param images references, such as {@code busybox} or {@code registry.example:5000/app:1}
     * @return the outcomes, in the order of the references
     * @throws PullException if the call is interrupted, or the puller is closed meanwhile
     */
    public List<ImageOutcome<ResolvedReference>> resolveAll(String... images) {
        return resolveAll(Stream.of(Objects.requireNonNull(images, "images"))
                .map(PullRequest::of)
                .toList());
    }

    /**
     * Does the same with the credentials and the deadline of each request, as {@link #resolve(PullRequest)} does. Requests for the same
     * image are asked for once when they have the same source of credentials and the same deadline.
     *
     * @param requests the images
     * @return the outcomes, in the order of the requests
     * @throws ReferenceException if one of the requests is {@linkplain PullRequest.Builder#offline offline}; no host has been asked then
     * @throws PullException if the call is interrupted, or the puller is closed meanwhile
     */
    public List<ImageOutcome<ResolvedReference>> resolveAll(Collection<PullRequest> requests) {
        List<PullRequest> wanted = List.copyOf(Objects.requireNonNull(requests, "requests"));
        return outcomes(wanted, new ManyCalls(engine).resolve(options(wanted)), ResolvedReference::new);
    }

    /**
     * {@return the lines of a lock file, sorted by the names of their images}
     *
     * @param lockFile the lock file
     * @throws dev.jpull.error.LockException if it is not there, or cannot be used
     */
    public static List<LockedImage> lockedImages(Path lockFile) {
        return new Lockfile(Objects.requireNonNull(lockFile, "lockFile")).images();
    }

    /**
     * Updates all lines of the lock file, each for the platforms that it has: see {@link #updateLock(Collection)}.
     *
     * @return what each image is now, in the order of the requests
     * @throws dev.jpull.error.LockException if the puller has no lock file, or it is not there or cannot be used
     */
    public List<ImageOutcome<PulledImage>> updateLock() {
        return updateLock(engine.lockedImages().stream()
                .map(line -> PullRequest.of(line.name()))
                .toList());
    }

    /**
     * Pulls images as their tags are now, several of them at a time, and writes what they are into the
     * {@linkplain ImagePullerBuilder#lockFile lock file}, whether it is enforced or not. Lines of other images stay as they are, and
     * so does the line of an image that fails. For a request that names no platform, the platforms of its line are pulled, if there is
     * one. A lock file that is not there is made; an update of requests that are empty does nothing.
     *
     * @param requests the images, and what is wanted of each
     * @return the outcomes, in the order of the requests; {@link PulledImage#lockChange()} says what changed
     * @throws dev.jpull.error.ReferenceException if one of the requests is {@linkplain PullRequest.Builder#offline offline}
     * @throws PullException if the call is interrupted, or the puller is closed meanwhile
     */
    public List<ImageOutcome<PulledImage>> updateLock(Collection<PullRequest> requests) {
        List<PullRequest> wanted = List.copyOf(Objects.requireNonNull(requests, "requests"));
        return outcomes(wanted, new ManyCalls(engine).updateLock(options(wanted)), this::image);
    }

    private static List<CallOptions> options(List<PullRequest> requests) {
        return requests.stream().map(PullRequest::options).toList();
    }

    private static <T, R> List<ImageOutcome<R>> outcomes(
            List<PullRequest> requests, List<OperationWindow.Outcome<T>> outcomes, Function<T, R> form) {
        return IntStream.range(0, requests.size())
                .mapToObj(i -> {
                    T value = outcomes.get(i).value();
                    return new ImageOutcome<R>(
                            requests.get(i).image(),
                            value == null ? null : form.apply(value),
                            outcomes.get(i).failure());
                })
                .toList();
    }

    /**
     * Lists the tags of a repository.
     *
     * @param repository a reference without tag and digest, such as {@code busybox} or {@code registry.example:5000/app}
     * @return the tags, each once, in the order of the registry
     * @throws PullException if no host has a list, or it has more than 500,000 tags
     */
    public List<String> tags(String repository) {
        return tags(repository, Integer.MAX_VALUE);
    }

    /**
     * Lists the first tags of a repository.
     *
     * @param repository a reference without tag and digest, such as {@code busybox} or {@code registry.example:5000/app}
     * @param limit how many tags at most, from 1
     * @return the tags, each once, in the order of the registry
     * @throws PullException if no host has a list, or it has more than 500,000 tags
     */
    public List<String> tags(String repository, int limit) {
        Objects.requireNonNull(repository, "repository");
        if (limit < 1) {
            throw new IllegalArgumentException("the limit must be 1 or more, not " + limit);
        }
        return engine.tags(repository, limit).await();
    }

    /**
     * Lists what refers to an image and, when it is an index, to the manifests in it: signatures, SBOMs, attestations, and what
     * refers to these. Pulls nothing. At most 1,000 artifacts are listed, and four levels of them.
     *
     * @param image a reference, such as {@code busybox} or {@code registry.example:5000/app:1}
     * @param artifactTypes the types of the wanted artifacts; none for all
     * @return the referrers as a tree
     * @throws PullException if the image is not found, no host has the capability {@code referrers}, or there are more artifacts
     */
    public ReferrerTree referrers(String image, String... artifactTypes) {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(artifactTypes, "artifactTypes");
        return referrers(PullRequest.builder(image).referrers(artifactTypes).build());
    }

    /**
     * Does the same for some platforms.
     *
     * @param request the image, its platforms or none for all manifests of its index, and the types of the wanted artifacts;
     *     nothing else of it counts
     * @return the referrers as a tree
     * @throws PullException as {@link #referrers(String, String...)} does
     */
    public ReferrerTree referrers(PullRequest request) {
        CallOptions wanted = Objects.requireNonNull(request, "request").options();
        ReferrerSelection selection = wanted.content().referrers();
        return ReferrerTree.of(engine.referrers(wanted, selection == null ? ReferrerSelection.ALL : selection)
                .await());
    }

    /**
     * Lists the hosts that a pull of an image would ask, in which order and why. Sends no request.
     *
     * @param image a reference, such as {@code busybox} or {@code registry.example:5000/app:1}
     * @return the hosts, and where each setting was written
     * @throws PullException if the configuration cannot be used
     */
    public HostsExplanation explain(String image) {
        Objects.requireNonNull(image, "image");
        return call("the explanation", image, (reference, cancellation) -> {
            EngineOptions options = engine.options();
            return new HostsExplanation(new HostsExplainer(options.http().credentials(), options.upstream())
                    .explain(reference, options.configuration().hostsFor(reference)));
        });
    }

    /**
     * Sends the requests of a pull to every endpoint of an image, step by step, and reports the responses. Fetches no content
     * but manifests and one byte of a blob.
     *
     * @param image a reference, such as {@code busybox} or {@code registry.example:5000/app:1}
     * @return the responses of each endpoint
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
                        what + " of " + engine.nameOf(image),
                        cancellation -> work.apply(engine.reference(image), cancellation))
                .await();
    }

    /**
     * Pulls an image and unpacks it into a directory, which gets the root file system of the image. Layers are verified by their
     * diff IDs and extracted while they are downloaded; the directory has no content before all of them are verified. Nothing is
     * written outside of it, whatever the layers have. The directory is not flushed to the disk, the store is. Needs Linux, and
     * the artifact {@code net.java.dev.jna:jna} at run time.
     *
     * @param request an image for one platform
     * @param directory is made when it is not there
     * @param options how it is done
     * @return what was unpacked
     * @throws PullException if it fails; its type says why. What was extracted is removed again, unless the merging of the
     *     layers had begun
     */
    public UnpackedImage unpack(PullRequest request, Path directory, UnpackOptions options) {
        return unpacked(
                engine.unpack(checked(request), target(directory, options)).await());
    }

    /**
     * Pulls an image and unpacks it without waiting for it.
     *
     * @param request the image, and what is wanted of it
     * @param directory the directory for the root file system; it is made when it is not there
     * @param options how it is done
     * @return completes as the future of {@link #pullAsync} does
     */
    public CompletableFuture<UnpackedImage> unpackAsync(PullRequest request, Path directory, UnpackOptions options) {
        return future(engine.unpack(checked(request), target(directory, options)), this::unpacked);
    }

    private static CallOptions checked(PullRequest request) {
        Objects.requireNonNull(request, "request");
        if (request.allPlatforms() || request.platforms().size() > 1) {
            throw new ReferenceException("an image is unpacked for one platform: ask for one");
        }
        return request.options();
    }

    private static UnpackTarget target(Path directory, UnpackOptions options) {
        return Objects.requireNonNull(options, "options").target(Objects.requireNonNull(directory, "directory"));
    }

    private UnpackedImage unpacked(UnpackedContent content) {
        return UnpackedImage.of(content, engine.readingLayers());
    }

    /**
     * Fetches again what {@link LocalStore#verify} has found damaged or missing, and nothing else. A damaged blob stays until the
     * new one, which is verified, takes its place at once.
     *
     * @param image the reference of an image that needs the content; its hosts are asked
     * @param damages what to repair, all of it {@linkplain LocalStore.Damage#isRepairable() repairable}
     * @throws IllegalArgumentException if a damage is not repairable
     * @throws PullException if the content of a damage cannot be fetched; others may have been repaired
     */
    public void repair(String image, Collection<LocalStore.Damage> damages) {
        Objects.requireNonNull(image, "image");
        List<LocalStore.Damage> wanted = List.copyOf(Objects.requireNonNull(damages, "damages"));
        for (LocalStore.Damage damage : wanted) {
            if (!damage.isRepairable()) {
                throw new IllegalArgumentException("the damage of " + damage.path() + " cannot be repaired by a fetch");
            }
        }
        engine.repair(image, wanted.stream().map(LocalStore.Damage::descriptor).toList());
    }

    /**
     * {@return the image that a reference means, in full: with registry, repository, and tag or digest} A name without a registry
     * is one of Docker Hub, unless the configuration is a registries.conf, which has aliases and registries to look in.
     *
     * @param image a reference as users write it
     * @throws ReferenceException if it is no reference, or may be one of several images
     */
    public String fullName(String image) {
        return engine.reference(Objects.requireNonNull(image, "image")).toString();
    }

    /** {@return the store that images are pulled into} */
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
