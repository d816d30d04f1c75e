// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.error.Attempt;
import dev.jpull.file.SerialForm;
import dev.jpull.file.SerialPath;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.LockChange;
import dev.jpull.image.Platform;
import dev.jpull.layer.LayerDecoding;
import dev.jpull.layer.PlannedLayer;
import dev.jpull.layer.StoredLayer;
import dev.jpull.manifest.Referrer;
import dev.jpull.snapshot.PullSnapshots;
import dev.jpull.text.ForeignText;
import dev.jpull.transfer.BlobReport;
import java.io.InvalidObjectException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pulled image: complete, verified and named in the store.
 *
 * @param store the directory of the store
 * @param name the reference in full
 * @param root its manifest or index
 * @param resolvedBy the origin that resolved the reference, or null when the store did
 * @param platforms the platforms that were pulled, the preferred one first
 * @param referrers what refers to the image, as far as it was asked for
 * @param bytesFetched how many bytes of blobs were fetched
 * @param requests how many requests were made for it, redirects and token requests included
 * @param fallbacks the attempts at hosts that failed, after which another host was asked
 * @param pull the number of the pull, as its events have it; 0 for an image that was in the store
 * @param lock what the pull did to its line in the lock file; null without a lock file, or when it needs no line
 * @param warnings the texts of the first warnings of the pull, {@link #MAX_WARNINGS} at most, without secrets
 */
public record PulledContent(
        Path store,
        String name,
        Descriptor root,
        @Nullable String resolvedBy,
        List<PlatformContent> platforms,
        List<Referrer> referrers,
        long bytesFetched,
        int requests,
        List<Attempt> fallbacks,
        long pull,
        @Nullable LockChange lock,
        List<String> warnings)
        implements Serializable {
    /** How many warnings are kept. */
    static final int MAX_WARNINGS = 100;

    /** The same of a pull without a lock file and warnings. */
    public PulledContent(
            Path store,
            String name,
            Descriptor root,
            @Nullable String resolvedBy,
            List<PlatformContent> platforms,
            List<Referrer> referrers,
            long bytesFetched,
            int requests,
            List<Attempt> fallbacks,
            long pull) {
        this(
                store,
                name,
                root,
                resolvedBy,
                platforms,
                referrers,
                bytesFetched,
                requests,
                fallbacks,
                pull,
                null,
                List.of());
    }

    /** Copies the lists, and escapes control characters in warnings. */
    public PulledContent {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(root, "root");
        platforms = List.copyOf(platforms);
        referrers = List.copyOf(referrers);
        fallbacks = List.copyOf(fallbacks);
        warnings =
                warnings.stream().limit(MAX_WARNINGS).map(ForeignText::message).toList();
    }

    private Object writeReplace() {
        return new Form(
                SerialPath.of(store),
                name,
                root,
                resolvedBy,
                platforms,
                referrers,
                bytesFetched,
                requests,
                fallbacks,
                pull,
                lock,
                warnings);
    }

    /** The same with what the pull did to its line in the lock file. */
    PulledContent with(LockChange change) {
        return new PulledContent(
                store,
                name,
                root,
                resolvedBy,
                platforms,
                referrers,
                bytesFetched,
                requests,
                fallbacks,
                pull,
                change,
                warnings);
    }

    /** The same with the warnings of the pull. */
    PulledContent withWarnings(List<String> texts) {
        return new PulledContent(
                store,
                name,
                root,
                resolvedBy,
                platforms,
                referrers,
                bytesFetched,
                requests,
                fallbacks,
                pull,
                lock,
                texts);
    }

    /**
     * The same as the result of a call that made requests before.
     *
     * @param host the origin that resolved the reference, or null when the store did
     */
    PulledContent in(CallContext call, @Nullable String host) {
        List<Attempt> all = call.reporter().fallbacks();
        int made = call.pull().cancellation().requests();
        long number = call.events().number();
        return new PulledContent(
                store, name, root, host, platforms, referrers, bytesFetched, made, all, number, lock, warnings);
    }

    /** The serialized form: paths are not serializable. */
    private record Form(
            SerialPath store,
            String name,
            Descriptor root,
            @Nullable String resolvedBy,
            List<PlatformContent> platforms,
            List<Referrer> referrers,
            long bytesFetched,
            int requests,
            List<Attempt> fallbacks,
            long pull,
            @Nullable LockChange lock,
            List<String> warnings)
            implements Serializable {
        private Object readResolve() throws InvalidObjectException {
            return SerialForm.read(
                    "an image",
                    () -> new PulledContent(
                            store.toPath(),
                            name,
                            root,
                            resolvedBy,
                            platforms,
                            referrers,
                            bytesFetched,
                            requests,
                            fallbacks,
                            pull,
                            lock,
                            warnings));
        }
    }

    /** The same as the result of a pull with a number. */
    PulledContent numbered(long number) {
        return new PulledContent(
                store, name, root, resolvedBy, platforms, referrers, bytesFetched, requests, fallbacks, number);
    }

    /**
     * The image for one platform.
     *
     * @param platform the platform that it was built for, or null for an artifact that is no image
     * @param manifest its manifest
     * @param config its configuration
     * @param chainId the chain ID of its layers, or null for an artifact or an image without layers
     * @param layers its layers, base first
     */
    public record PlatformContent(
            @Nullable Platform platform,
            Descriptor manifest,
            Descriptor config,
            @Nullable Digest chainId,
            List<LayerContent> layers)
            implements Serializable {
        /** Copies the list. */
        public PlatformContent {
            Objects.requireNonNull(manifest, "manifest");
            Objects.requireNonNull(config, "config");
            layers = List.copyOf(layers);
        }

        /** The same platform with the snapshots of its layers. */
        PlatformContent with(PullSnapshots snapshots) {
            return new PlatformContent(
                    platform,
                    manifest,
                    config,
                    chainId,
                    layers.stream()
                            .map(layer -> layer.with(snapshots.treeOf(layer.chainId())))
                            .toList());
        }

        /**
         * The layers with their places in the image; empty for an artifact.
         *
         * @param image the image, for messages
         * @param decoding how they are decoded
         */
        public List<StoredLayer> storedLayers(String image, LayerDecoding decoding) {
            List<StoredLayer> stored = new ArrayList<>();
            for (LayerContent layer : layers) {
                Digest diffId = layer.diffId();
                Digest chain = layer.chainId();
                if (diffId == null || chain == null) {
                    return List.of();
                }
                stored.add(new StoredLayer(
                        new PlannedLayer(
                                image, manifest.digest(), stored.size(), layers.size(), layer.blob(), diffId, chain),
                        layer.path(),
                        decoding));
            }
            return stored;
        }
    }

    /**
     * A layer.
     *
     * @param path its file in the store, as it was served, usually compressed
     * @param blob its type, digest and size
     * @param diffId the digest of its uncompressed content, or null for a blob of an artifact
     * @param chainId names it together with the layers below it, or null for a blob of an artifact
     * @param diffIdVerified whether the uncompressed content was compared with the diff ID
     * @param report how it came into the store
     * @param snapshot the tree of its snapshot, or null when none was asked for
     */
    public record LayerContent(
            Path path,
            Descriptor blob,
            @Nullable Digest diffId,
            @Nullable Digest chainId,
            boolean diffIdVerified,
            BlobReport report,
            @Nullable Path snapshot)
            implements Serializable {
        /** Checks that the parts are there. */
        public LayerContent {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(blob, "blob");
            Objects.requireNonNull(report, "report");
        }

        private Object writeReplace() {
            return new LayerForm(
                    SerialPath.of(path),
                    blob,
                    diffId,
                    chainId,
                    diffIdVerified,
                    report,
                    snapshot == null ? null : SerialPath.of(snapshot));
        }

        /** The same layer with a snapshot. */
        LayerContent with(@Nullable Path tree) {
            return new LayerContent(path, blob, diffId, chainId, diffIdVerified, report, tree);
        }
    }

    /** The serialized form of a layer. */
    private record LayerForm(
            SerialPath path,
            Descriptor blob,
            @Nullable Digest diffId,
            @Nullable Digest chainId,
            boolean diffIdVerified,
            BlobReport report,
            @Nullable SerialPath snapshot)
            implements Serializable {
        private Object readResolve() throws InvalidObjectException {
            return SerialForm.read(
                    "a layer",
                    () -> new LayerContent(
                            path.toPath(),
                            blob,
                            diffId,
                            chainId,
                            diffIdVerified,
                            report,
                            snapshot == null ? null : snapshot.toPath()));
        }
    }
}
