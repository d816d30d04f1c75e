// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.credentials.CredentialSource;
import dev.jpull.error.ReferenceException;
import dev.jpull.event.PullListener;
import dev.jpull.file.SerialForm;
import dev.jpull.image.ImageReference;
import dev.jpull.image.LockedImage;
import dev.jpull.image.Platform;
import dev.jpull.image.Snapshotter;
import dev.jpull.lockfile.LockRules;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.pull.CallOptions;
import dev.jpull.pull.CallTerms;
import dev.jpull.pull.GuardedCredentials;
import dev.jpull.pull.LayerUse;
import dev.jpull.pull.StoreEntry;
import dev.jpull.pull.WantedContent;
import dev.jpull.store.LayoutIndex;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What to pull, and how. Immutable. {@link #toBuilder()} gives a changed copy. The serialized form has neither the listener nor the
 * credentials.
 *
 * @since 0.1.0
 */
public final class PullRequest implements Serializable {
    private static final long serialVersionUID = 1;

    /** Serialized by {@link Serialized}. */
    private final transient CallOptions options;

    private PullRequest(CallOptions options) {
        this.options = options;
    }

    /**
     * {@return an image for the platform of this machine}
     *
     * @param image a reference: {@code busybox} or {@code registry.example:5000/app@sha256:…}; checked by the pull
     */
    public static PullRequest of(String image) {
        return builder(image).build();
    }

    /**
     * {@return a request for the image of a line of a lock file, with the platforms that the line has}
     *
     * @param image a line of a lock file
     */
    public static PullRequest of(LockedImage image) {
        Builder request = builder(Objects.requireNonNull(image, "image").name());
        image.manifests().keySet().forEach(request::platform);
        return request.build();
    }

    /**
     * {@return a builder of a request for the platform of this machine}
     *
     * @param image a reference: {@code busybox} or {@code registry.example:5000/app@sha256:…}; checked by the pull
     */
    public static Builder builder(String image) {
        return new Builder(image);
    }

    /**
     * {@return a builder that starts with the values of this request} {@link Builder#platform} and {@link Builder#annotation} add to
     * those of the request; every other method sets its value anew, and {@link Builder#platforms} replaces all platforms.
     */
    public Builder toBuilder() {
        return new Builder(options);
    }

    /** {@return the reference as it was given} */
    public String image() {
        return options.image();
    }

    /**
     * {@return the platforms in the order in which they were added; all of them are pulled} Empty for the one of this machine, or
     * what it can run.
     */
    public List<Platform> platforms() {
        return options.content().platforms();
    }

    /** {@return whether every platform is wanted, even if {@link #platforms()} is not empty} */
    public boolean allPlatforms() {
        return options.content().allPlatforms();
    }

    /** {@return whether manifests and configurations of other platforms are wanted too} */
    public boolean metadata() {
        return options.content().metadata();
    }

    /** {@return whether the uncompressed content of the layers is compared with their diff IDs} */
    public boolean verifyLayers() {
        return options.layers().verify();
    }

    /** {@return the annotations of the image in the index of the store, in the order in which they were given} */
    public Map<String, String> annotations() {
        return options.entry().annotations();
    }

    /** {@return the form of the snapshots that are made of the layers; null for none} */
    public @Nullable Snapshotter snapshotter() {
        return options.layers().snapshotter();
    }

    /**
     * {@return the types of the artifacts that refer to the image and are pulled with it, such as signatures; empty for all types,
     * null for no referrers}
     */
    public @Nullable Set<String> referrers() {
        ReferrerSelection referrers = options.content().referrers();
        return referrers == null ? null : referrers.artifactTypes();
    }

    /** {@return the name that the image gets in the store; null for the reference in full} */
    public @Nullable String storedAs() {
        return options.entry().name();
    }

    /** {@return how long the pull may take, zero for no limit; null for the deadline of the puller} */
    public @Nullable Duration deadline() {
        return options.terms().deadline();
    }

    /** {@return whether the lock file of the puller is enforced for this pull; null for what the puller does} */
    public @Nullable Boolean locked() {
        LockRules.Mode lock = options.terms().lock();
        return lock == null ? null : Boolean.valueOf(lock == LockRules.Mode.ENFORCED);
    }

    /** {@return whether the image is taken from the store alone} */
    public boolean offline() {
        return options.terms().offline();
    }

    /**
     * {@return the same request with a limit on the time that it may take} When the time is up, the transfer stops, what was
     * fetched is kept, and the pull fails with a {@code RegistryUnavailableException}; {@code orTimeout} on a future that depends
     * on that of {@link ImagePuller#pullAsync} ends the wait alone. The limit is the same as that of {@link Builder#deadline}. When
     * the work cannot stop, because a credential source or proxy selector does not return, the call fails two seconds later.
     *
     * @param limit zero for no limit
     */
    public PullRequest withTimeout(Duration limit) {
        return toBuilder().deadline(limit).build();
    }

    /** The request as the engine takes it. */
    CallOptions options() {
        return options;
    }

    /** {@return what is written instead} */
    private Object writeReplace() {
        return new Serialized(this);
    }

    /**
     * Fails: only the form that {@code writeReplace} gives is read.
     *
     * @param in where it would be read from
     * @throws InvalidObjectException always
     */
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a request is serialized by its proxy");
    }

    /** The reference, the platforms if any were added, and whether the pull is offline; for messages, not to be parsed. */
    @Override
    public String toString() {
        String wanted = allPlatforms()
                ? " for all platforms"
                : platforms().isEmpty()
                        ? ""
                        : platforms().stream().map(Platform::toString).collect(Collectors.joining(", ", " for ", ""));
        return image() + wanted + (offline() ? ", offline" : "");
    }

    /**
     * The serialized form of a request, which has types of the Java runtime alone. What is read goes through the builder, so that
     * it is checked as any other request.
     *
     * @param image the reference
     * @param platforms the platforms, each as it is written
     * @param allPlatforms as in the request
     * @param metadata as in the request
     * @param referrers as in the request
     * @param storedAs as in the request
     * @param annotations as in the request
     * @param verifyLayers as in the request
     * @param snapshotter the name of the form, or null
     * @param deadline as in the request
     * @param locked as in the request
     * @param offline as in the request
     */
    @SuppressWarnings("serial") // the collections that are written are those of the constructor
    private record Serialized(
            String image,
            List<String> platforms,
            boolean allPlatforms,
            boolean metadata,
            @Nullable Set<String> referrers,
            @Nullable String storedAs,
            Map<String, String> annotations,
            boolean verifyLayers,
            @Nullable String snapshotter,
            @Nullable Duration deadline,
            @Nullable Boolean locked,
            boolean offline)
            implements Serializable {
        private static final long serialVersionUID = 1;

        Serialized(PullRequest request) {
            this(
                    request.image(),
                    request.platforms().stream().map(Object::toString).toList(),
                    request.allPlatforms(),
                    request.metadata(),
                    copyOf(request.referrers()),
                    request.storedAs(),
                    new LinkedHashMap<>(request.annotations()),
                    request.verifyLayers(),
                    request.snapshotter() == null ? null : request.snapshotter().name(),
                    request.deadline(),
                    request.locked(),
                    request.offline());
        }

        private static @Nullable Set<String> copyOf(@Nullable Set<String> types) {
            return types == null ? null : new TreeSet<>(types);
        }

        private Object readResolve() throws InvalidObjectException {
            return SerialForm.read("a request", this::request);
        }

        private PullRequest request() {
            PullRequest.Builder builder = PullRequest.builder(image)
                    .allPlatforms(allPlatforms)
                    .metadata(metadata)
                    .verifyLayers(verifyLayers)
                    .offline(offline);
            platforms.forEach(builder::platform);
            annotations.forEach(builder::annotation);
            if (referrers != null) {
                builder.referrers(referrers.toArray(String[]::new));
            }
            if (storedAs != null) {
                builder.storedAs(storedAs);
            }
            if (snapshotter != null) {
                builder.snapshotter(Snapshotter.valueOf(snapshotter));
            }
            if (deadline != null) {
                builder.deadline(deadline);
            }
            if (locked != null) {
                builder.locked(locked);
            }
            return builder.build();
        }
    }

    /** Builds a {@link PullRequest}. No method but {@link #platforms} resets what another one has set. For use by one thread. */
    public static final class Builder {
        private final String image;
        private final List<Platform> platforms;
        private boolean allPlatforms;
        private boolean metadata;
        private boolean verifyLayers;
        private boolean offline;
        private @Nullable Snapshotter snapshotter;
        private final Map<String, String> annotations;
        private PullListener listener = PullListener.NONE;
        private @Nullable Duration deadline;
        private @Nullable CredentialSource credentials;
        private @Nullable ReferrerSelection referrers;
        private @Nullable String storedAs;
        private LockRules.@Nullable Mode lock;

        private Builder(String image) {
            this.image = Objects.requireNonNull(image, "image");
            this.platforms = new ArrayList<>();
            this.annotations = new LinkedHashMap<>();
        }

        private Builder(CallOptions options) {
            this.image = options.image();
            this.platforms = new ArrayList<>(options.content().platforms());
            this.allPlatforms = options.content().allPlatforms();
            this.metadata = options.content().metadata();
            this.referrers = options.content().referrers();
            this.storedAs = options.entry().name();
            this.annotations = new LinkedHashMap<>(options.entry().annotations());
            this.verifyLayers = options.layers().verify();
            this.snapshotter = options.layers().snapshotter();
            this.listener = options.terms().listener();
            this.deadline = options.terms().deadline();
            this.credentials = options.terms().credentials();
            this.lock = options.terms().lock();
            this.offline = options.terms().offline();
        }

        /**
         * Adds a platform, after those that were added before. Without one, the platform of this machine is pulled, or the best
         * one that it can run.
         *
         * @param platform such as {@code linux/arm64}
         * @return this builder
         * @throws ReferenceException if that is no platform
         */
        public Builder platform(String platform) {
            platforms.add(Platform.parse(Objects.requireNonNull(platform, "platform")));
            return this;
        }

        /**
         * The platforms, instead of those that were added before.
         *
         * @param wanted such as {@code linux/arm64}; empty for the default, the platform of this machine
         * @return this builder
         * @throws ReferenceException if one of them is no platform; the builder is as it was then
         */
        public Builder platforms(Collection<String> wanted) {
            List<Platform> parsed = Objects.requireNonNull(wanted, "wanted").stream()
                    .map(each -> Platform.parse(Objects.requireNonNull(each, "platform")))
                    .toList();
            platforms.clear();
            platforms.addAll(parsed);
            return this;
        }

        /**
         * Whether every platform is pulled, even if {@link #platform} was called; not by default.
         *
         * @param wanted whether every platform is pulled
         * @return this builder
         */
        public Builder allPlatforms(boolean wanted) {
            allPlatforms = wanted;
            return this;
        }

        /**
         * Whether manifests and configurations of other platforms are pulled too, as far as they are available. Not by default;
         * the command {@code jpull} does it, as {@code ctr} does, unless it gets {@code --skip-metadata}.
         *
         * @param wanted whether the documents of other platforms are pulled
         * @return this builder
         */
        public Builder metadata(boolean wanted) {
            metadata = wanted;
            return this;
        }

        /**
         * Whether the uncompressed content of the layers is compared with the diff IDs in the configuration of the image, those of
         * layers that are in the store already included; a pull with a layer that differs fails with an
         * {@code IntegrityException}. Not by default, because the digests of the compressed layers are always compared.
         *
         * @param wanted whether the content is compared
         * @return this builder
         */
        public Builder verifyLayers(boolean wanted) {
            verifyLayers = wanted;
            return this;
        }

        /**
         * Adds an annotation of the image in the index of the store, or replaces the one of the same key.
         *
         * @param key the name of the annotation
         * @param value its value
         * @return this builder
         * @throws ReferenceException if the store writes the annotation itself
         */
        public Builder annotation(String key, String value) {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(value, "value");
            if (key.equals(LayoutIndex.REF_NAME) || key.equals(LayoutIndex.PULLED)) {
                throw new ReferenceException("the annotation " + key + " cannot be given, because the store writes it"
                        + (key.equals(LayoutIndex.REF_NAME)
                                ? ": it is the name of the image, pull the image under the name that it should have"
                                : ": leave it out"));
            }
            annotations.put(key, value);
            return this;
        }

        /**
         * Gets the events of this pull, beside the listener of the puller. It has a thread of its own, so that neither of the two
         * waits for the other.
         *
         * @param wanted gets the events
         * @return this builder
         */
        public Builder listener(PullListener wanted) {
            listener = Objects.requireNonNull(wanted, "wanted");
            return this;
        }

        /**
         * How long the pull, or the resolution of the reference, may take; then it fails with a {@code RegistryUnavailableException}, and
         * what was fetched is kept. The default is the deadline of the puller. {@link PullRequest#withTimeout} does the same for a request
         * that is there.
         *
         * @param limit zero for no limit
         * @return this builder
         */
        public Builder deadline(Duration limit) {
            deadline = ImagePullerBuilder.checked(Objects.requireNonNull(limit, "limit"), "the deadline");
            return this;
        }

        /**
         * Where credentials for this pull come from, before those of the puller. Tokens that were granted to them are not used by
         * other pulls.
         *
         * @param source the source of credentials
         * @return this builder
         */
        public Builder credentials(CredentialSource source) {
            credentials = new GuardedCredentials(Objects.requireNonNull(source, "source"));
            return this;
        }

        /**
         * Unpacks each layer into a snapshot in the store, while it is downloaded; not by default. Snapshots are named by chain ID
         * and shared between images: a layer whose snapshot is there is not unpacked again. All others are compared with their diff
         * IDs. Linux only, and with JNA on the class path; without root, files belong to the user. A pull that
         * is {@linkplain #offline offline} makes none.
         *
         * @param wanted the form of the snapshots
         * @return this builder
         */
        public Builder snapshotter(Snapshotter wanted) {
            snapshotter = Objects.requireNonNull(wanted, "wanted");
            return this;
        }

        /**
         * Pulls what refers to the image and to its manifests as well, such as signatures, SBOMs and attestations; not by default.
         * A host is asked for them when it has the capability {@code referrers}.
         *
         * @param artifactTypes the types of the wanted artifacts; none for all
         * @return this builder
         */
        public Builder referrers(String... artifactTypes) {
            referrers = new ReferrerSelection(
                    new LinkedHashSet<>(List.of(Objects.requireNonNull(artifactTypes, "artifactTypes"))));
            return this;
        }

        /**
         * The name that the image gets in the store, instead of the reference by which it is pulled.
         *
         * @param name a reference; the registry in it need not exist
         * @return this builder
         * @throws ReferenceException if it is no reference
         */
        public Builder storedAs(String name) {
            storedAs =
                    ImageReference.parse(Objects.requireNonNull(name, "name")).toString();
            return this;
        }

        /**
         * Whether the lock file is enforced for this pull, as {@link ImagePullerBuilder#locked} does for all pulls of the puller,
         * which must have a {@linkplain ImagePullerBuilder#lockFile lock file}: otherwise the pull fails with a
         * {@code LockException}. The default is what the puller does.
         *
         * @param wanted whether the lock file is enforced
         * @return this builder
         */
        public Builder locked(boolean wanted) {
            lock = wanted ? LockRules.Mode.ENFORCED : LockRules.Mode.FOLLOWED;
            return this;
        }

        /**
         * Whether the image is taken from the store alone; not by default. Such a pull sends no request, looks up no name of a host
         * and reads no configuration of one, and writes nothing to the store, so that it makes no snapshots and sets no
         * annotations. It fails with an {@code ImageNotFoundException} when the image, or a part of it, is not there.
         *
         * @param wanted whether the network is left alone
         * @return this builder
         */
        public Builder offline(boolean wanted) {
            offline = wanted;
            return this;
        }

        /** {@return the request} The builder can be used again, and does not change the request any more. */
        public PullRequest build() {
            return new PullRequest(new CallOptions(
                    image,
                    new WantedContent(platforms, allPlatforms, metadata, referrers),
                    new StoreEntry(storedAs, annotations),
                    new LayerUse(verifyLayers, snapshotter, null),
                    new CallTerms(listener, deadline, credentials, lock, offline),
                    null));
        }
    }
}
