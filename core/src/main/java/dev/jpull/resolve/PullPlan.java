// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.Remedy;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageIndex;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a pull fetches for an image: the walk from its root over indexes and manifests to configurations and layers
 * (docs/containerd.md section 10.4).
 *
 * @param images the images for the wanted platforms, in order of preference
 * @param documents the manifests and indexes on the way, the root first; all of them have been read and verified by now
 * @param blobs the configurations and layers, each once, configurations of wanted images first
 * @param others the manifests and indexes of other platforms, which nothing depends on: they are not read yet
 * @param absent the manifests and indexes that an index lists, but no host has: the index is sparse
 */
public record PullPlan(
        List<PlannedImage> images,
        List<Descriptor> documents,
        List<Descriptor> blobs,
        List<Descriptor> others,
        List<Descriptor> absent) {
    private static final int MAX_DEPTH = 4;
    private static final int MAX_DOCUMENTS = 10_000;

    /** How large the wanted manifests and indexes may be together: they are held until the image has its name. */
    private static final long MAX_BYTES = 16L << 20;

    /** Copies the lists. */
    public PullPlan {
        images = List.copyOf(images);
        documents = List.copyOf(documents);
        blobs = List.copyOf(blobs);
        others = List.copyOf(others);
        absent = List.copyOf(absent);
    }

    /** The same together with what refers to it. */
    public PullPlan with(ReferrerGraph referrers) {
        Set<Digest> read =
                referrers.documents().stream().map(Descriptor::digest).collect(Collectors.toSet());
        return new PullPlan(
                images,
                together(documents, referrers.documents()),
                together(blobs, referrers.blobs()),
                others.stream().filter(other -> !read.contains(other.digest())).toList(),
                absent);
    }

    private static List<Descriptor> together(List<Descriptor> first, List<Descriptor> second) {
        Map<Digest, Descriptor> all = new LinkedHashMap<>();
        first.forEach(each -> all.putIfAbsent(each.digest(), each));
        second.forEach(each -> all.putIfAbsent(each.digest(), each));
        return List.copyOf(all.values());
    }

    /** The same without what belongs to other platforms. */
    public PullPlan withoutOthers() {
        return new PullPlan(images, documents, blobs, List.of(), absent);
    }

    /** What else belongs to the metadata of another platform: the configuration of an image; its layers do not. */
    public static Optional<Descriptor> metadataOf(ImageDocument document) {
        return document instanceof ImageManifest manifest
                        && manifest.config().mediaType().isImageConfig()
                ? Optional.of(manifest.config())
                : Optional.empty();
    }

    /**
     * An image for one platform.
     *
     * @param descriptor its manifest, with the platform that the index gives it
     * @param manifest the manifest
     */
    public record PlannedImage(Descriptor descriptor, ImageManifest manifest) {}

    /**
     * What is wanted of an index.
     *
     * @param matcher the platforms
     * @param limit how many manifests of an index at most, best first; 0 for all that match, but one for each platform
     * @param metadata whether manifests and configurations of other platforms are wanted too
     */
    public record Options(PlatformMatcher matcher, int limit, boolean metadata) {}

    /** Brings documents, several at a time. */
    @FunctionalInterface
    public interface DocumentReader {
        /** The documents, in order. */
        List<ImageDocument> read(List<Descriptor> descriptors);

        /** The documents that are there, in order; empty for one that no host has, where that can be told. */
        default List<Optional<ImageDocument>> readIfThere(List<Descriptor> descriptors) {
            return read(descriptors).stream().map(Optional::of).toList();
        }
    }

    /**
     * Walks from the root.
     *
     * @param name the image, for messages
     * @throws ImageNotFoundException if there is nothing for the wanted platforms
     */
    public static PullPlan walk(String name, Descriptor root, Options options, DocumentReader reader) {
        Walk walk = new Walk(name, options, reader);
        walk.wanted(List.of(root), 0);
        if (walk.images.isEmpty() && walk.blobs.isEmpty() && !walk.absent.isEmpty()) {
            throw new ImageNotFoundException("no host has any of the " + walk.absent.size()
                    + " manifests that the index of " + name + " lists: push them, or pull another image");
        }
        if (walk.images.isEmpty() && walk.blobs.isEmpty()) {
            throw new ImageNotFoundException(
                    FailureDetails.of(name + " has no manifest for " + options.matcher() + ", only for "
                                    + ForeignText.line(walk.offered.stream()
                                            .map(Platform::formatAll)
                                            .distinct()
                                            .collect(Collectors.joining(", ")))
                                    + ": choose one of these platforms")
                            .with(Remedy.CHOOSE_PLATFORM));
        }
        return walk.plan();
    }

    /** The state of a walk. */
    private static final class Walk {
        private final String name;
        private final Options options;
        private final DocumentReader reader;
        private final List<PlannedImage> images = new ArrayList<>();
        private final List<Descriptor> documents = new ArrayList<>();
        private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
        private final List<Descriptor> others = new ArrayList<>();
        private final List<Descriptor> absent = new ArrayList<>();
        private final List<Platform> offered = new ArrayList<>();
        private final Set<Digest> seen = new HashSet<>();

        private long bytes;

        Walk(String name, Options options, DocumentReader reader) {
            this.name = name;
            this.options = options;
            this.reader = reader;
        }

        void wanted(List<Descriptor> level, int depth) {
            List<Descriptor> fresh = level.stream()
                    .filter(descriptor -> seen.add(descriptor.digest()))
                    .toList();
            if (fresh.isEmpty()) {
                return;
            }
            if (depth > MAX_DEPTH || seen.size() > MAX_DOCUMENTS) {
                throw new IntegrityException("the index is nested more than " + MAX_DEPTH + " deep or has more than "
                        + MAX_DOCUMENTS + " manifests: it is not an image");
            }
            for (Descriptor descriptor : fresh) {
                bytes += Math.min(descriptor.size(), MAX_BYTES); // no overflow: there are at most so many
            }
            if (bytes > MAX_BYTES) {
                throw new IntegrityException(FailureDetails.of("the manifests of " + name + " have more than "
                                + MAX_BYTES + " bytes together, which is too much for an image: choose fewer platforms")
                        .with(Remedy.CHOOSE_PLATFORM));
            }
            List<Descriptor> next = new ArrayList<>();
            List<Optional<ImageDocument>> read = read(fresh, depth);
            for (int i = 0; i < fresh.size(); i++) {
                (read.get(i).isPresent() ? documents : absent).add(fresh.get(i));
                ImageDocument document = read.get(i).orElse(null);
                if (document instanceof ImageManifest manifest) {
                    images.add(new PlannedImage(fresh.get(i), manifest.withoutAnnotations()));
                    addConfig(manifest.config());
                } else if (document instanceof ImageIndex index) {
                    next.addAll(choose(index));
                }
            }
            wanted(next, depth + 1);
        }

        /** An index may be sparse; only a manifest that was not asked for by its platform can be left out. */
        private List<Optional<ImageDocument>> read(List<Descriptor> level, int depth) {
            return depth > 0 && options.matcher().matchesAll()
                    ? reader.readIfThere(level)
                    : reader.read(level).stream().map(Optional::of).toList();
        }

        private List<Descriptor> choose(ImageIndex index) {
            List<Descriptor> chosen = options.limit() > 0
                    ? options.matcher().select(index.manifests(), options.limit())
                    : onePerPlatform(options.matcher().filter(index.manifests()));
            List<Descriptor> next = new ArrayList<>();
            for (Descriptor entry : chosen) {
                if (entry.mediaType().isManifestOrIndex()) {
                    next.add(entry.withoutAnnotations());
                } else {
                    add(entry);
                }
            }
            for (Descriptor entry : index.manifests()) {
                if (entry.platform() != null) {
                    offered.add(entry.platform());
                }
                if (options.metadata()
                        && !chosen.contains(entry)
                        && entry.mediaType().isManifestOrIndex()) {
                    others.add(entry.withoutAnnotations());
                }
            }
            return next;
        }

        /** Of two entries for one platform the first is taken (Q-PLAT-3). */
        private List<Descriptor> onePerPlatform(List<Descriptor> matching) {
            if (options.matcher().matchesAll()) {
                return matching;
            }
            Set<Platform> taken = new HashSet<>();
            return matching.stream()
                    .filter(entry -> entry.platform() == null
                            || taken.add(entry.platform().normalised(Platform.host())))
                    .toList();
        }

        PullPlan plan() {
            images.forEach(image -> image.manifest().layers().forEach(this::add));
            List<Descriptor> unwanted = others.stream()
                    .filter(descriptor -> seen.add(descriptor.digest()))
                    .toList();
            return new PullPlan(images, documents, List.copyOf(blobs.values()), unwanted, absent);
        }

        private void addConfig(Descriptor config) {
            if (config.mediaType().isImageConfig() && config.size() > LayerConfig.MAX_SIZE) {
                throw new IntegrityException("the configuration of " + name + " has " + config.size()
                        + " bytes, but at most " + LayerConfig.MAX_SIZE + " are read");
            }
            add(config);
        }

        private void add(Descriptor blob) {
            blobs.putIfAbsent(blob.digest(), blob.withoutAnnotations());
        }
    }
}
