// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.compression.DecodeLimits;
import dev.jpull.compression.InflateEngine;
import dev.jpull.credentials.Credential;
import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ConfigurationException;
import dev.jpull.error.PullException;
import dev.jpull.event.PullListener;
import dev.jpull.hosts.ProgramMirrors;
import dev.jpull.http.HttpOptions;
import dev.jpull.layer.LayerWorkers;
import dev.jpull.lockfile.LockRules;
import dev.jpull.pull.ChosenConfiguration;
import dev.jpull.pull.ConfigurationChoice;
import dev.jpull.pull.EngineDefaults;
import dev.jpull.pull.EngineOptions;
import dev.jpull.pull.GuardedCredentials;
import dev.jpull.pull.NetworkSettings;
import dev.jpull.pull.SettingChecks;
import dev.jpull.pull.StandardLocations;
import dev.jpull.registry.Sleeper;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link ImagePuller}. For use by one thread.
 *
 * @since 0.1.0
 */
public final class ImagePullerBuilder {
    /** How many connections fetch blobs when nothing is said. */
    public static final int DEFAULT_CONNECTIONS = 24;

    private static final int MAX_CONCURRENT_DOWNLOADS = EngineDefaults.MAX_CONCURRENT_DOWNLOADS;
    private static final int MAX_CONNECTIONS = 256;

    /** Whether content that has its name in the store survives a crash of the machine. */
    public enum Durability {
        /**
         * Content and its directory are on the disk before the content has its name; after a crash the store has the old state or
         * the new one. The default.
         */
        SYNCED,
        /**
         * The operating system chooses when it writes content. A process that is killed does no harm, but a crash of the
         * machine can leave blobs that count as verified and are not; {@link LocalStore#verify} finds them. For throw-away
         * stores and measurements.
         */
        UNSYNCED
    }

    /** What inflates gzip layers that are verified, read or unpacked. */
    public enum Inflater {
        /** ISA-L if the machine has it, else the JDK. The default. */
        AUTO,
        /** The JDK. */
        JAVA,
        /** ISA-L, a library in C of about twice the speed; needs {@code libisal.so.2} and {@code net.java.dev.jna:jna}. */
        ISAL;

        private String setting() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a mirror is asked for. */
    public enum Capability {
        /** Content by its digest: manifests and blobs. */
        PULL(dev.jpull.hosts.Capability.PULL),
        /** Which digest a tag has. */
        RESOLVE(dev.jpull.hosts.Capability.RESOLVE),
        /** What refers to an image, such as signatures. */
        REFERRERS(dev.jpull.hosts.Capability.REFERRERS);

        private final dev.jpull.hosts.Capability ofHost;

        Capability(dev.jpull.hosts.Capability ofHost) {
            this.ofHost = ofHost;
        }
    }

    private static final int AUTO = EngineDefaults.AUTO_DOWNLOADS;

    private final NetworkSettings network = new NetworkSettings();
    private final List<Path> hostsDirectories = new ArrayList<>();
    private final List<ProgramMirrors.Mirror> mirrors = new ArrayList<>();
    private @Nullable Path configuration;
    private @Nullable EngineDefaults described;
    private @Nullable Path store;
    /** The number of concurrent downloads; 0 when it is not set, {@link #AUTO} when it follows the hosts. */
    private int maxConcurrentDownloads;

    private DecodeLimits limits = DecodeLimits.DEFAULT;
    private Inflater inflater = Inflater.AUTO;
    private int layerWorkers = LayerWorkers.defaultCount();
    private int maxConnections = DEFAULT_CONNECTIONS;
    private int maxConnectionsPerHost = MAX_CONNECTIONS;
    private PullListener listener = PullListener.NONE;
    private CredentialSource credentials = CredentialSource.ANONYMOUS;
    private CredentialSource userCredentials = CredentialSource.ANONYMOUS;
    private ThreadFactory threads = EngineDefaults.THREADS;
    private Clock clock = Clock.systemUTC();
    private Durability durability = Durability.SYNCED;
    private boolean upstream = true;
    private BiFunction<String, List<String>, Optional<String>> shortNameChooser = (name, images) -> Optional.empty();
    private boolean spread;
    private Sleeper sleeper = (pause, cancellation) -> cancellation.sleep(pause);
    private @Nullable Duration progressTimeout;
    private Duration deadline = Duration.ZERO;
    private @Nullable Path lockFile;
    private boolean locked;
    private @Nullable Duration lockMaxAge;
    private Executor executor = Runnable::run;

    ImagePullerBuilder() {}

    /**
     * A directory with host configuration, such as {@code /etc/containerd/certs.d}; may be given several times, the first
     * that has something for a registry wins. It must exist when the puller is built. Without it and without {@link
     * #configuration}, the registry configuration of this machine counts, see {@link #registryConfiguration}.
     *
     * @param directory a directory with one directory for each registry
     * @return this builder
     */
    public ImagePullerBuilder hostsDirectory(Path directory) {
        hostsDirectories.add(Objects.requireNonNull(directory, "directory"));
        return this;
    }

    /**
     * The registry configuration of a container runtime: a hosts directory; a containerd config.toml, whose CRI tables say
     * where hosts directories or deprecated mirrors are; a registries.yaml of k3s or RKE2; a registries.conf of podman; or a
     * daemon.json of docker. Told by its name and content. Instead of {@link #hostsDirectory}, and never beside it. Credentials
     * in it come after those of {@link #credentials}.
     *
     * @param path a file or a directory
     * @return this builder
     */
    public ImagePullerBuilder configuration(Path path) {
        configuration = Objects.requireNonNull(path, "path");
        return this;
    }

    /**
     * Adds a mirror of a registry. Mirrors are asked in the order of these calls, before the hosts that the configuration has for the
     * registry, whichever configuration that is; {@link ImagePuller#explain} lists them as given by the program. They stay when
     * {@link #upstream} is false.
     *
     * <p>The address is that of a host in a hosts.toml: {@code https} or {@code http}, a host, an optional port and an optional path,
     * to which {@code /v2} is added unless it ends with it. {@code https://mirror.example/proxy} is asked at {@code
     * https://mirror.example/proxy/v2/…}. The settings of TLS of this builder count for it, and credentials are looked up by its host.
     *
     * @param namespace the registry that the mirror stands in for, as references name it: {@code docker.io} or {@code
     *     registry.example:5000}
     * @param host the address of the mirror, without user, query and fragment
     * @param capabilities what the mirror is asked for; none for all
     * @return this builder
     * @throws IllegalArgumentException if the namespace is no registry, or the address cannot be used
     */
    public ImagePullerBuilder mirror(String namespace, URI host, Capability... capabilities) {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(host, "host");
        Set<dev.jpull.hosts.Capability> wanted = List.of(Objects.requireNonNull(capabilities, "capabilities")).stream()
                .map(capability -> capability.ofHost)
                .collect(Collectors.toUnmodifiableSet());
        mirrors.add(ProgramMirrors.Mirror.of(namespace, host.toString(), wanted));
        return this;
    }

    /**
     * The directory to pull into; an OCI image layout. The default is the one of the user.
     *
     * @param directory a directory; it is made when it is not there
     * @return this builder
     */
    public ImagePullerBuilder store(Path directory) {
        store = Objects.requireNonNull(directory, "directory");
        return this;
    }

    /**
     * How many blobs are downloaded at once, over all pulls of this puller. Without it, and without a number in the CRI
     * configuration, it follows what the hosts answer and send, see {@link #autoConcurrentDownloads}; the last call of both wins.
     * {@link #maxConnections} does not lower a fixed number.
     *
     * @param count from 1 to 256
     * @return this builder
     */
    public ImagePullerBuilder maxConcurrentDownloads(int count) {
        if (count < 1 || count > MAX_CONCURRENT_DOWNLOADS) {
            throw new IllegalArgumentException(
                    "the number of concurrent downloads must be from 1 to " + MAX_CONCURRENT_DOWNLOADS);
        }
        maxConcurrentDownloads = count;
        return this;
    }

    /**
     * As many blobs are downloaded at once as makes it faster: few from a host that answers at once, up to
     * {@link #maxConnections} from a host that is far away, and no more than a host accepts that refuses requests. The default,
     * unless the file of {@link #configuration} has a number.
     *
     * @return this builder
     */
    public ImagePullerBuilder autoConcurrentDownloads() {
        maxConcurrentDownloads = AUTO;
        return this;
    }

    /**
     * How many connections fetch blobs at once, over all pulls of this puller. While fewer downloads run, large blobs are
     * fetched over several connections, as long as that makes it faster. With 1, no blob is.
     *
     * @param count from 1 to 256
     * @return this builder
     */
    public ImagePullerBuilder maxConnections(int count) {
        maxConnections = connections(count);
        return this;
    }

    /**
     * How many of the connections may go to one host.
     *
     * @param count from 1 to 256
     * @return this builder
     */
    public ImagePullerBuilder maxConnectionsPerHost(int count) {
        maxConnectionsPerHost = connections(count);
        return this;
    }

    private static int connections(int count) {
        if (count < 1 || count > MAX_CONNECTIONS) {
            throw new IllegalArgumentException("the number of connections must be from 1 to " + MAX_CONNECTIONS);
        }
        return count;
    }

    /**
     * Whether large blobs are fetched from all capable hosts at once, those that are faster sending more. The default is that
     * the order of the hosts is policy, and the next one is asked only when the one before it fails.
     *
     * @param wanted whether large blobs are spread
     * @return this builder
     */
    public ImagePullerBuilder spread(boolean wanted) {
        spread = wanted;
        return this;
    }

    /**
     * How many bytes a layer may have when it is uncompressed, for pulls that verify or unpack layers; a larger one fails with an
     * {@code IntegrityException}. Without a limit of the program, that is a TiB, and from a GiB on 200 times the compressed size.
     *
     * @param bytes at least 1
     * @return this builder
     */
    public ImagePullerBuilder maxLayerSize(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("the size of a layer must be at least 1 byte, not " + bytes);
        }
        limits = DecodeLimits.DEFAULT.withMaxBytes(bytes);
        return this;
    }

    /**
     * Whether content that has its name in the store survives a crash of the machine; the default is that it does.
     *
     * @param wanted what is synchronized to the disk
     * @return this builder
     */
    public ImagePullerBuilder durability(Durability wanted) {
        durability = Objects.requireNonNull(wanted, "wanted");
        return this;
    }

    /**
     * Gets the events of every pull; {@link PullRequest.Builder#listener} gets those of one.
     *
     * @param wanted gets the events
     * @return this builder
     */
    public ImagePullerBuilder listener(PullListener wanted) {
        listener = Objects.requireNonNull(wanted, "wanted");
        return this;
    }

    /**
     * Where credentials come from before anything else is looked at; the default has none.
     *
     * <p>The source is {@linkplain CredentialSource#close closed} with the first puller that it was given to. A source that several pullers
     * share needs a wrapper around it whose {@code close} does nothing.
     *
     * @param source the source of credentials
     * @return this builder
     */
    public ImagePullerBuilder credentials(CredentialSource source) {
        credentials = Objects.requireNonNull(source, "source");
        return this;
    }

    /**
     * Where credentials come from after {@link #credentials} and after those of the CRI configuration; the default knows
     * none. {@link CredentialSource#ofUser} has those of the user. The source is closed as that of {@link #credentials} is.
     *
     * @param source the source of credentials
     * @return this builder
     */
    public ImagePullerBuilder userCredentials(CredentialSource source) {
        userCredentials = Objects.requireNonNull(source, "source");
        return this;
    }

    /**
     * How long a pull may go on without a byte from the hosts that are being asked; then it fails. The default is what the
     * CRI configuration says ({@code image_pull_progress_timeout}, five minutes when it says nothing), and no limit without
     * one: single hosts are given up much earlier anyway.
     *
     * @param limit zero for no limit
     * @return this builder
     */
    public ImagePullerBuilder progressTimeout(Duration limit) {
        progressTimeout = checked(Objects.requireNonNull(limit, "limit"), "the progress timeout");
        return this;
    }

    /**
     * How long a pull, or the resolution of a reference, may take that has no {@linkplain PullRequest.Builder#deadline deadline of its
     * own}; then it fails with a {@code RegistryUnavailableException}, and what was fetched is kept. The default is no limit.
     *
     * @param limit zero for no limit
     * @return this builder
     */
    public ImagePullerBuilder deadline(Duration limit) {
        deadline = checked(Objects.requireNonNull(limit, "limit"), "the deadline");
        return this;
    }

    static Duration checked(Duration limit, String what) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException(what + " must not be negative");
        }
        return limit;
    }

    /**
     * Completes the futures of {@link ImagePuller#pullAsync} and {@link ImagePuller#resolveAsync}, so that what depends on them
     * runs there. The pulls themselves run on threads of the puller, because an interrupt of a thread that pulls would close the
     * files and sockets that it uses. The default is that a thread of the puller completes the futures; it also does when the
     * executor refuses.
     *
     * @param wanted completes the futures; it is not shut down
     * @return this builder
     */
    public ImagePullerBuilder executor(Executor wanted) {
        executor = Objects.requireNonNull(wanted, "wanted");
        return this;
    }

    /**
     * Makes the threads of the puller, for example with the class loader or the priority that the program wants for them. The puller
     * names them after what they do, such as {@code jpull-pull}, makes them daemons, starts them, and waits for their end when it is
     * closed. Virtual threads work from Java 24 on; before, a thread that waits in a monitor holds its carrier. Threads that decode a
     * layer which is read from a result, or flush a file, are not made by it. When it fails, the calls that are under way end with a
     * {@link ConfigurationException}, on threads that the puller makes without it.
     *
     * @param factory makes a new thread at each call, which is not started; from several threads
     * @return this builder
     */
    public ImagePullerBuilder threadFactory(ThreadFactory factory) {
        threads = Objects.requireNonNull(factory, "factory");
        return this;
    }

    /**
     * What has the time of events, the dates at which content of the store was used, by which {@link LocalStore#prune} decides, and
     * the dates of lines in the {@linkplain #lockFile lock file}, with which {@link #lockMaxAge} compares it. Waits, limits and the lives of tokens do not follow it. The default is that of the system.
     *
     * @param wanted asked by several threads; must not throw
     * @return this builder
     */
    public ImagePullerBuilder clock(Clock wanted) {
        clock = Objects.requireNonNull(wanted, "wanted");
        return this;
    }

    /**
     * Chooses the proxy of each connection, before the variables of the environment, and after a proxy that the configuration has for
     * a single host. An empty list leaves the choice to the environment. HTTP proxies without authentication and direct connections
     * are supported; with a SOCKS proxy, and when the selector throws, the connection fails.
     *
     * @param selector asked by several threads, when a connection is made; returns at once
     * @return this builder
     */
    public ImagePullerBuilder proxySelector(ProxySelector selector) {
        network.proxySelector(Objects.requireNonNull(selector, "selector"));
        return this;
    }

    /**
     * Authorities and client keys for TLS, instead of the authorities of the Java runtime. A host with settings of TLS in its
     * configuration is contacted with those alone, and never with the context; every other host is contacted with the context, also
     * the targets of redirects and token servers, so that each of them may ask for the client certificate that the context has. Host
     * names are verified in any case. Hosts of plain HTTP are not concerned.
     *
     * <p>Excludes {@link #certificateAuthority}, {@link #clientCertificate} and {@link #skipVerify}; {@link #tlsProvider} counts for
     * hosts with settings of their own then.
     *
     * @param context initialised by the program
     * @return this builder
     */
    public ImagePullerBuilder sslContext(SSLContext context) {
        network.sslContext(Objects.requireNonNull(context, "context"));
        return this;
    }

    /**
     * Where proxies and standard directories are looked up instead of the environment of this process.
     *
     * @param variables variables by their names
     * @return this builder
     */
    public ImagePullerBuilder environment(Map<String, String> variables) {
        network.environment(Objects.requireNonNull(variables, "variables"));
        return this;
    }

    /**
     * Certificate authorities to trust instead of those of the Java runtime, for all hosts; those that the configuration of a host
     * names come on top. Read when a host is reached.
     *
     * @param file certificates in PEM
     * @return this builder
     */
    public ImagePullerBuilder certificateAuthority(Path file) {
        network.certificateAuthority(Objects.requireNonNull(file, "file"));
        return this;
    }

    /**
     * A client certificate for every host without one in its configuration. Read when a host is reached.
     *
     * @param certificate the certificate and its chain in PEM
     * @param key its key in PEM; may be the same file
     * @return this builder
     */
    public ImagePullerBuilder clientCertificate(Path certificate, Path key) {
        network.clientCertificate(
                Objects.requireNonNull(certificate, "certificate"), Objects.requireNonNull(key, "key"));
        return this;
    }

    /**
     * Whether certificates are accepted unverified, except where the configuration of a host says otherwise; not by default.
     *
     * @param wanted whether certificates are accepted unverified
     * @return this builder
     */
    public ImagePullerBuilder skipVerify(boolean wanted) {
        network.skipVerify(wanted);
        return this;
    }

    /**
     * What speaks TLS; the default is the provider of the Java runtime (JSSE). A native one, such as that of Conscrypt, needs less
     * processor time in a young process, because nothing has to be compiled first. The provider is used for connections
     * alone and need not be registered: which certificates and host names are trusted does not depend on it.
     *
     * <p>With {@code org.conscrypt:conscrypt-openjdk} and the library for the system, the supplier keeps and returns what {@code
     * Conscrypt.newProviderBuilder().provideTrustManager(false).build()} made. From Java 24 on it needs {@code
     * --enable-native-access}. A supplier that fails, with a {@link LinkageError} too, or returns null, makes the pull fail with a
     * {@link dev.jpull.error.ConfigurationException}: a program that prefers the TLS of Java to that catches the error in its supplier
     * and returns {@code SSLContext.getInstance("TLS").getProvider()}.
     *
     * @param supplier asked when connections over TLS to a host are set up, by several threads and more than once, so that the
     *     provider is loaded only when it is needed; returns the same one each time, never null
     * @return this builder
     */
    public ImagePullerBuilder tlsProvider(Supplier<Provider> supplier) {
        network.tlsProvider(Objects.requireNonNull(supplier, "supplier"));
        return this;
    }

    /**
     * Whether registries that are not configured are contacted by plain HTTP; never docker.io.
     *
     * @param wanted whether plain HTTP is used
     * @return this builder
     */
    public ImagePullerBuilder plainHttp(boolean wanted) {
        network.plainHttp(wanted);
        return this;
    }

    /**
     * Decides which image a name without a registry means, such as {@code busybox}, when a registries.conf names several registries
     * to look in. The function gets the name and the images in full, and returns one of these, or nothing so that the call fails.
     * It is asked once for a name, by the thread that calls the puller or by one of its threads, and may ask people. Without it, a
     * call with such a name fails with a {@link dev.jpull.error.ReferenceException} that lists the images.
     *
     * @param chooser takes the name and the images that it may mean, and returns one of them
     * @return this builder
     */
    public ImagePullerBuilder shortNameChooser(BiFunction<String, List<String>, Optional<String>> chooser) {
        shortNameChooser = Objects.requireNonNull(chooser, "chooser");
        return this;
    }

    /**
     * Whether the registry itself may be asked where the configuration does not name it, as containerd does. Without it,
     * mirrors and a written {@code server} are all there is.
     *
     * @param wanted whether the registry may be asked
     * @return this builder
     */
    public ImagePullerBuilder upstream(boolean wanted) {
        upstream = wanted;
        return this;
    }

    /**
     * The host of a token server that may have passwords although it is of another site than the registry that names it.
     * Of the same site are hosts below the same registered domain; some well-known pairs are trusted as well.
     *
     * @param host a host, with a port or for any port
     * @return this builder
     */
    public ImagePullerBuilder trustRealm(String host) {
        network.trustRealm(Objects.requireNonNull(host, "host"));
        return this;
    }

    /**
     * Asks token servers for identity tokens, which can be kept instead of passwords, and hands them on with the host of the
     * registry. Must be safe for use by several threads. Without it, none are asked for.
     *
     * @param keeper takes a token and the host that it is for
     * @return this builder
     */
    public ImagePullerBuilder identityTokens(BiConsumer<String, Credential> keeper) {
        network.identityTokens(Objects.requireNonNull(keeper, "keeper"));
        return this;
    }

    /**
     * Whether a blob that no host has may be fetched from the {@code urls} of its descriptor, as the layers of old Windows
     * images; without credentials and headers, and within the bounds of a redirect. The default is that it may not.
     *
     * @param wanted whether such URLs may be used
     * @return this builder
     */
    public ImagePullerBuilder foreignUrls(boolean wanted) {
        network.foreignUrls(wanted);
        return this;
    }

    /** How hosts are found and reached; for tests. */
    ImagePullerBuilder network(HttpOptions.Network wanted) {
        network.network(wanted);
        return this;
    }

    /**
     * What inflates gzip layers.
     *
     * @param wanted what inflates
     * @return this builder
     */
    public ImagePullerBuilder inflater(Inflater wanted) {
        inflater = Objects.requireNonNull(wanted, "wanted");
        return this;
    }

    /** What may be missing is looked for by the first layer, unless it was asked for by name. */
    private String checkedInflater() {
        if (inflater == Inflater.ISAL) {
            try {
                return InflateEngine.of(inflater.setting()).toString();
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException(String.valueOf(e.getMessage()), e);
            }
        }
        return inflater.setting();
    }

    /** How many layers are worked on at once; for tests. */
    ImagePullerBuilder layerWorkers(int count) {
        layerWorkers = count;
        return this;
    }

    /** How pauses before a retry pass, and how long a host may be silent; for tests. */
    ImagePullerBuilder waits(Sleeper wanted, Duration stall) {
        sleeper = wanted;
        network.stallTimeout(stall);
        return this;
    }

    /**
     * Takes every request and answer with their headers, and the beginnings of JSON bodies, without secrets. Must be safe
     * for use by several threads. What it throws is logged and otherwise ignored.
     *
     * @param lines takes each line
     * @return this builder
     */
    public ImagePullerBuilder httpDump(Consumer<String> lines) {
        network.dump(Objects.requireNonNull(lines, "lines"));
        return this;
    }

    /**
     * A lock file, such as {@code jpull.lock}: which digest each image had when it was pulled first. An image that it has is pulled
     * by that digest, and its tag is not asked for; when the store has it too, nothing is requested. Another image is added to
     * the file. docs/embedding.md has the format and all cases.
     *
     * @param file the lock file; it need not be there yet
     * @return this builder
     */
    public ImagePullerBuilder lockFile(Path file) {
        lockFile = Objects.requireNonNull(file, "file");
        return this;
    }

    /**
     * Whether the {@linkplain #lockFile lock file} is enforced: a pull of an image that is not in it, or whose tag stands for another
     * digest now, fails with a {@code LockException}, and the file is not written. A tag is asked for when the store does not have
     * the locked image. Not by default. Without a lock file, {@link #build} fails with a {@code ConfigurationException}.
     *
     * @param wanted whether the lock file is enforced
     * @return this builder
     */
    public ImagePullerBuilder locked(boolean wanted) {
        locked = wanted;
        return this;
    }

    /**
     * How old a line of the {@linkplain #lockFile lock file} may be: the tag of an older one is asked for again, and the line gets
     * what a host says, unless the file is {@linkplain #locked enforced}; the tag of a younger one is not asked for. By default, a
     * line is never too old.
     *
     * @param age from zero
     * @return this builder
     */
    public ImagePullerBuilder lockMaxAge(Duration age) {
        lockMaxAge = checked(Objects.requireNonNull(age, "age"), "the age of a lock");
        return this;
    }

    private @Nullable LockRules lockRules() {
        if (lockFile == null) {
            if (locked || lockMaxAge != null) {
                throw new ConfigurationException("locked and lockMaxAge need a lock file: name one with lockFile");
            }
            return null;
        }
        return new LockRules(lockFile, locked ? LockRules.Mode.ENFORCED : LockRules.Mode.FOLLOWED, lockMaxAge);
    }

    /**
     * Takes a line for every event of every connection. Must be safe for use by several threads; what it throws is logged and ignored.
     *
     * @param lines takes each line
     * @return this builder
     */
    public ImagePullerBuilder httpTrace(Consumer<String> lines) {
        network.trace(Objects.requireNonNull(lines, "lines"));
        return this;
    }

    private static CredentialSource guarded(CredentialSource source) {
        return CredentialSource.ANONYMOUS.equals(source) ? source : new GuardedCredentials(source);
    }

    /** The sources that are closed with the puller; one that was given as both is closed once. */
    @SuppressWarnings("ReferenceEquality") // two sources that are equal are both closed
    private List<CredentialSource> sources() {
        return (credentials == userCredentials ? Stream.of(credentials) : Stream.of(credentials, userCredentials))
                .filter(source -> !CredentialSource.ANONYMOUS.equals(source))
                .map(ImagePullerBuilder::guarded)
                .toList();
    }

    private ConfigurationChoice choice() {
        return new ConfigurationChoice(
                hostsDirectories, configuration, new StandardLocations(network.environment()), network.hostDefaults());
    }

    /**
     * {@return the registry configuration that the puller will have, and why} Its files are read for that, and not again by {@link
     * #build} unless a setting that it depends on is changed. Without {@link #hostsDirectory} and {@link #configuration} it is that
     * of this machine.
     *
     * @throws PullException if it cannot be used
     */
    public RegistryConfiguration registryConfiguration() {
        described = EngineDefaults.read(choice());
        ChosenConfiguration chosen = described.configuration();
        return new RegistryConfiguration(chosen.dialect().description(), chosen.paths(), chosen.reason());
    }

    /**
     * {@return the puller} What can be known of the settings is checked here, and the failure names the setting; files are not read
     * before they are needed.
     *
     * @throws PullException if the registry configuration cannot be used, stands beside a hosts directory, or a hosts
     *     directory is none; if the store is a file; if a certificate file cannot be read; or if settings contradict each other
     */
    public ImagePuller build() {
        network.check();
        Path directory =
                SettingChecks.store(store == null ? new StandardLocations(network.environment()).store() : store);
        ConfigurationChoice choice = choice();
        EngineDefaults defaults =
                described != null && described.choice().equals(choice) ? described : EngineDefaults.read(choice);
        HttpOptions options = network.options(defaults.credentials(guarded(credentials), guarded(userCredentials)));
        return new ImagePuller(
                new EngineOptions(
                        mirrors.isEmpty()
                                ? defaults.hosts()
                                : new ProgramMirrors(defaults.hosts(), choice.defaults(), mirrors),
                        upstream,
                        directory,
                        durability == Durability.SYNCED,
                        options,
                        new EngineOptions.Transfers(
                                defaults.downloads(maxConcurrentDownloads),
                                maxConnections,
                                maxConnectionsPerHost,
                                spread),
                        new EngineOptions.Layers(layerWorkers, limits, checkedInflater()),
                        new EngineOptions.Given(listener, shortNameChooser, threads, clock, sources()),
                        sleeper,
                        defaults.progressTimeout(progressTimeout),
                        deadline,
                        lockRules()),
                executor);
    }
}
