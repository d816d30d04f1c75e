// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageConfig;
import dev.jpull.image.ImageDetails;
import dev.jpull.image.ImageDetails.State;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageIndex;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.ConfigJson;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The indexes and manifests of one image with all that they say, each index before what it has. For use by one thread. */
final class ManifestWalk {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_MANIFESTS = 10_000;
    /** How many bytes of documents and configurations are read. */
    private static final long MAX_BYTES = 32L << 20;

    private final ImageStore store;
    private final ContentStates states;
    private final List<Platform> wanted;
    private final List<ImageDetails.Manifest> manifests = new ArrayList<>();
    private final List<Descriptor> documents = new ArrayList<>();
    private final Set<Digest> seen = new HashSet<>();
    private final Set<String> offered = new LinkedHashSet<>();
    private long bytes;

    /**
     * A walk.
     *
     * @param states how much of the content is there
     * @param wanted of an index, the platforms to look at; all when there are none
     */
    ManifestWalk(ImageStore store, ContentStates states, List<Platform> wanted) {
        this.store = store;
        this.states = states;
        this.wanted = wanted;
    }

    /** All indexes and manifests. */
    List<ImageDetails.Manifest> manifests() {
        return manifests;
    }

    /** Those that are no indexes. */
    List<ImageDetails.Manifest> images() {
        return manifests.stream()
                .filter(manifest -> !manifest.descriptor().mediaType().isIndex())
                .toList();
    }

    /** The descriptors of all indexes and manifests. */
    List<Descriptor> documents() {
        return documents;
    }

    /** The platforms of the image, for a message. */
    String offered() {
        return offered.isEmpty() ? "unknown platforms" : ForeignText.line(String.join(", ", offered));
    }

    /** Walks from the root. */
    void from(Descriptor root) {
        walk(root, null, 0);
    }

    private void walk(Descriptor descriptor, @Nullable Digest parent, int depth) {
        if (!seen.add(descriptor.digest())) {
            return;
        }
        if (seen.size() > MAX_MANIFESTS || depth > MAX_DEPTH) {
            throw new IntegrityException("the index is nested more than " + MAX_DEPTH + " deep or has more than "
                    + MAX_MANIFESTS + " manifests: it is not an image");
        }
        Parts parts = read(descriptor);
        if (parts.document instanceof ImageManifest manifest) {
            add(descriptor, parent, manifest, parts);
        } else {
            add(plain(descriptor, parent, parts));
        }
        if (parts.document instanceof ImageIndex index) {
            choose(index).forEach(child -> walk(child, descriptor.digest(), depth + 1));
        }
    }

    /** A document that was read, or why it was not. */
    private record Parts(@Nullable ImageDocument document, String problem) {
        private Map<String, String> annotations() {
            return document == null ? Map.of() : document.annotations();
        }
    }

    private Parts read(Descriptor descriptor) {
        if (!descriptor.mediaType().isManifestOrIndex()) {
            return new Parts(null, "it is no manifest and no index");
        }
        String tooMuch = tooMuch();
        if (!tooMuch.isEmpty()) {
            return new Parts(null, tooMuch);
        }
        try {
            byte[] content = content(descriptor, DocumentJson.MAX_SIZE);
            return content == null
                    ? new Parts(null, states.of(descriptor) == State.ABSENT ? "" : "it is damaged")
                    : new Parts(DocumentJson.parse(content, descriptor.mediaType()), "");
        } catch (IntegrityException | StoreException e) {
            return new Parts(null, String.valueOf(e.getMessage()));
        }
    }

    private byte @Nullable [] content(Descriptor descriptor, int maxSize) {
        byte[] content = store.document(descriptor.digest(), maxSize).orElse(null);
        bytes += content == null ? 0 : content.length;
        return content;
    }

    private String tooMuch() {
        return bytes <= MAX_BYTES
                ? ""
                : "it is not shown: the documents before it have more than " + MAX_BYTES
                        + " bytes together; choose a platform";
    }

    private void add(ImageDetails.Manifest manifest) {
        documents.add(manifest.descriptor());
        manifests.add(manifest);
    }

    private ImageDetails.Manifest plain(Descriptor descriptor, @Nullable Digest parent, Parts parts) {
        ImageDocument document = parts.document;
        Descriptor subject = document == null ? null : document.subject();
        return new ImageDetails.Manifest(
                descriptor,
                parent,
                descriptor.platform(),
                states.of(descriptor),
                document == null ? "" : document.artifactType(),
                subject == null ? null : subject.digest(),
                parts.annotations(),
                null,
                null,
                List.of(),
                parts.problem);
    }

    private void add(Descriptor descriptor, @Nullable Digest parent, ImageManifest manifest, Parts parts) {
        List<Digest> diffIds = List.of();
        Platform platform = descriptor.platform();
        ImageConfig configuration = null;
        String problem = "";
        if (manifest.config().mediaType().isImageConfig()) {
            try {
                problem = tooMuch();
                byte[] content = problem.isEmpty() ? content(manifest.config(), LayerConfig.MAX_SIZE) : null;
                if (content != null) {
                    LayerConfig config = LayerConfig.parse(content);
                    diffIds = config.diffIds();
                    platform = platform == null ? config.platform() : platform;
                    configuration = ConfigJson.parse(content, manifest.layers().size());
                }
            } catch (IntegrityException | StoreException e) {
                problem = String.valueOf(e.getMessage());
            }
        }
        if (parent == null && !isWanted(platform)) {
            return;
        }
        Set<Descriptor> missing = Set.copyOf(store.missing(manifest.layers()));
        List<ImageDetails.Layer> layers = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
            Digest diffId = diffIds.size() == manifest.layers().size() ? diffIds.get(layers.size()) : null;
            layers.add(new ImageDetails.Layer(layer, diffId, !missing.contains(layer)));
        }
        Descriptor subject = manifest.subject();
        add(new ImageDetails.Manifest(
                descriptor,
                parent,
                platform,
                states.of(descriptor),
                manifest.artifactType(),
                subject == null ? null : subject.digest(),
                parts.annotations(),
                manifest.config(),
                configuration,
                layers,
                problem));
    }

    /** Whether a root that is a manifest is for a wanted platform, as far as it says for which it is. */
    private boolean isWanted(@Nullable Platform platform) {
        if (wanted.isEmpty() || platform == null || platform.os().isEmpty()) {
            return true;
        }
        offered.add(platform.formatAll());
        return wanted.stream()
                .anyMatch(each -> PlatformMatcher.only(each, Platform.host()).matches(platform));
    }

    private List<Descriptor> choose(ImageIndex index) {
        index.manifests().stream()
                .filter(entry -> entry.platform() != null && !entry.isAttestation())
                .forEach(entry -> offered.add(entry.platform().formatAll()));
        if (wanted.isEmpty()) {
            return index.manifests();
        }
        Set<Descriptor> chosen = new LinkedHashSet<>();
        for (Platform platform : wanted) {
            chosen.addAll(PlatformMatcher.only(platform, Platform.host()).select(index.manifests(), 1));
        }
        chosen.addAll(index.manifests().stream()
                .filter(entry -> entry.platform() == null && entry.mediaType().isIndex())
                .collect(Collectors.toList()));
        return List.copyOf(chosen);
    }
}
