// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.archive.CarriedImage.CarriedReferrer;
import dev.jpull.archive.StoredGraph.Part;
import dev.jpull.error.FailureDetails;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.Remedy;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Decides what of one image is carried, and in which order. For use by one thread. */
final class ImageCarrier {
    private final StoredGraph graph;
    private final ReferrerCarrier referrers;
    private final List<Platform> platforms;
    private final PlatformMatcher matcher;
    private final boolean keepIndex;
    private final List<LeftOut> leftOut;

    /**
     * A carrier of images.
     *
     * @param referrers finds what refers to them
     * @param leftOut is told what is left out
     */
    ImageCarrier(StoredGraph graph, ReferrerCarrier referrers, ExportOptions options, List<LeftOut> leftOut) {
        this.graph = graph;
        this.referrers = referrers;
        this.platforms = options.platforms();
        this.matcher =
                platforms.isEmpty() ? PlatformMatcher.all() : PlatformMatcher.ordered(platforms, Platform.host());
        this.keepIndex = options.keepIndex();
        this.leftOut = leftOut;
    }

    /**
     * What is carried of an image.
     *
     * @param name its name in the archive
     * @param image the image
     * @throws ImageNotFoundException if nothing of it is in the store completely, or nothing for a wanted platform
     */
    CarriedImage carry(String name, SelectedImage image) {
        Descriptor root = image.root();
        Part read = graph.read(name, root);
        List<Part> leaves = new ArrayList<>();
        collectLeaves(read, leaves);
        Set<Part> carried = wanted(leaves, image.manifests());
        requireSomething(name, read, leaves, carried);
        List<Part> content = leaves.stream().filter(carried::contains).toList();
        boolean whole = !read.isIndex() || read.complete() && carried.containsAll(leaves);
        List<Part> manifests = content.stream()
                .filter(part -> part.descriptor().mediaType().isManifest())
                .toList();
        List<ArchiveEntry> documents = new ArrayList<>();
        Descriptor entry = plain(root);
        if (!whole && !keepIndex && content.size() == 1 && manifests.size() == 1) {
            entry = plain(manifests.get(0).descriptor());
        } else if (!whole && !keepIndex) {
            byte[] reduced = ReducedIndex.of(graph.content(root).orElseThrow(), read, carried);
            entry = Descriptor.forContent(root.mediaType(), reduced);
            documents.add(ArchiveEntry.made(ArchivePaths.blob(entry.digest()), reduced));
        }
        if (image.manifests().isEmpty()) {
            noteAbsent(name, leaves);
        }
        Map<Digest, ArchiveEntry> files = new LinkedHashMap<>();
        Set<Digest> subjects = new HashSet<>();
        put(files, root);
        documents.forEach(made -> files.put(Digest.sha256(made.content()), made));
        indexesOf(read).forEach(index -> put(files, index.descriptor()));
        manifests.forEach(manifest -> put(files, manifest.descriptor()));
        subjects.addAll(files.keySet());
        putContent(files, content);
        List<CarriedReferrer> referring = referrers.of(name, subjects, leftOut);
        return new CarriedImage(name, plain(root), entry, manifests, List.copyOf(files.values()), referring);
    }

    /** The manifests and other blobs below an index; of a manifest, itself. */
    private static void collectLeaves(Part part, List<Part> leaves) {
        if (part.isIndex() && part.document() != null) {
            part.children().forEach(child -> collectLeaves(child, leaves));
        } else {
            leaves.add(part);
        }
    }

    private Set<Part> wanted(List<Part> leaves, Set<Digest> chosen) {
        Set<Part> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<String> digests = new HashSet<>();
        for (Part leaf : leaves) {
            if (leaf.complete() && isWanted(leaf, chosen) && !leaf.descriptor().isAttestation()) {
                wanted.add(leaf);
                digests.add(leaf.descriptor().digest().toString());
            }
        }
        for (Part leaf : leaves) { // attestations go with what they are about
            String about = leaf.descriptor().annotations().get("vnd.docker.reference.digest");
            if (leaf.complete() && leaf.descriptor().isAttestation() && (about == null || digests.contains(about))) {
                wanted.add(leaf);
            }
        }
        return wanted;
    }

    private boolean isWanted(Part leaf, Set<Digest> chosen) {
        if (!chosen.isEmpty() && leaf.descriptor().mediaType().isManifest()) {
            return chosen.contains(leaf.descriptor().digest());
        }
        return matcher.matchesAll() || leaf.platform() == null || matcher.matches(leaf.platform());
    }

    private void requireSomething(String name, Part root, List<Part> leaves, Set<Part> carried) {
        if (!carried.isEmpty() || root.complete() && leaves.isEmpty()) {
            return;
        }
        boolean complete = leaves.stream().anyMatch(Part::complete);
        throw new ImageNotFoundException(
                complete
                        ? FailureDetails.of(name + " is not in the store for " + matcher
                                        + ": pull it for that platform, or choose another one")
                                .with(Remedy.CHOOSE_PLATFORM)
                        : FailureDetails.of("content of " + ForeignText.line(name.isEmpty() ? "an image" : name)
                                        + " is not in the store: pull it again")
                                .with(Remedy.PULL_IMAGE));
    }

    private void noteAbsent(String name, List<Part> leaves) {
        List<String> absent = leaves.stream()
                .filter(part -> !part.complete())
                .map(ImageCarrier::describe)
                .distinct()
                .toList();
        if (!absent.isEmpty() && platforms.isEmpty()) {
            leftOut.add(new LeftOut(name, LeftOut.Reason.NOT_IN_STORE, absent));
        }
    }

    private static String describe(Part part) {
        if (part.descriptor().isAttestation()) {
            return "attestation";
        }
        return part.platform() == null
                ? part.descriptor().digest().toString()
                : part.platform().formatAll();
    }

    private List<Part> indexesOf(Part root) {
        List<Part> indexes = new ArrayList<>();
        for (Part child : root.children()) {
            if (child.isIndex() && child.document() != null) {
                indexes.add(child);
                indexes.addAll(indexesOf(child));
            }
        }
        return indexes;
    }

    /** Configurations first: a reader that reads along knows the diff IDs before the layers come. */
    private static void putContent(Map<Digest, ArchiveEntry> files, List<Part> content) {
        for (Part part : content) {
            if (part.document() instanceof ImageManifest manifest) {
                put(files, manifest.config());
            }
        }
        for (Part part : content) {
            if (part.document() instanceof ImageManifest manifest) {
                manifest.layers().forEach(layer -> put(files, layer));
            } else {
                put(files, part.descriptor());
            }
        }
    }

    static void put(Map<Digest, ArchiveEntry> files, Descriptor blob) {
        files.putIfAbsent(blob.digest(), ArchiveEntry.stored(ArchivePaths.blob(blob.digest()), blob));
    }

    private static Descriptor plain(Descriptor descriptor) {
        return new Descriptor(descriptor.mediaType(), descriptor.digest(), descriptor.size());
    }

    /** The files of a whole artifact, the root first. */
    static List<ArchiveEntry> filesOf(Part root) {
        List<Part> leaves = new ArrayList<>();
        collectLeaves(root, leaves);
        Map<Digest, ArchiveEntry> files = new LinkedHashMap<>();
        put(files, root.descriptor());
        documentsBelow(root).forEach(document -> put(files, document));
        putContent(files, leaves);
        return List.copyOf(files.values());
    }

    private static List<Descriptor> documentsBelow(Part root) {
        List<Descriptor> documents = new ArrayList<>();
        for (Part child : root.children()) {
            if (child.document() != null) {
                documents.add(child.descriptor());
            }
            documents.addAll(documentsBelow(child));
        }
        return documents;
    }
}
