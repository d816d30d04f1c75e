// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.IntegrityException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.store.ImageStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of an image is in a store: an index may lack some of its manifests. Limits are those of a pull.
 *
 * @param root the manifest or index
 * @param complete the manifests of which everything is there
 * @param platforms their platforms, as far as they are known
 * @param required what must stay there, so that the image is complete
 * @param lacking what is not there of the wanted platforms; the first few
 * @param documents the digests of the manifests and indexes that the image mentions
 */
record ImageContent(
        Descriptor root,
        List<Descriptor> complete,
        List<Platform> platforms,
        List<Descriptor> required,
        List<Descriptor> lacking,
        Set<Digest> documents) {
    private static final int MAX_DEPTH = 4;
    private static final int MAX_DOCUMENTS = 10_000;
    /** How large the manifests and indexes of an image may be together. */
    private static final long MAX_BYTES = 16L << 20;

    private static final int SHOWN = 3;

    /** Whether the image can have a name: one of its manifests is complete, or it is an index that has none. */
    boolean isUsable() {
        return !complete.isEmpty() || lacking.isEmpty();
    }

    /** The manifests of an index that are there, as the store notes them. */
    List<Digest> pulled() {
        return root.mediaType().isIndex()
                ? complete.stream().map(Descriptor::digest).toList()
                : List.of();
    }

    /** What is not there, in words. */
    String lack() {
        String digests = String.join(
                ", ",
                lacking.stream().limit(SHOWN).map(d -> d.digest().toString()).toList());
        return lacking.size() > SHOWN ? digests + " and more" : digests;
    }

    /**
     * Looks at an image.
     *
     * @throws IntegrityException if a document of it is malformed or beyond a limit
     */
    static ImageContent of(ImageStore store, Descriptor root, PlatformMatcher matcher) {
        Walk walk = new Walk(store, matcher);
        walk.level(List.of(root), 0);
        return new ImageContent(
                root,
                List.copyOf(walk.complete.values()),
                List.copyOf(walk.platforms),
                List.copyOf(walk.required.values()),
                List.copyOf(walk.lacking),
                Set.copyOf(walk.seen));
    }

    private static final class Walk {
        private final ImageStore store;
        private final PlatformMatcher matcher;
        private final Set<Digest> seen = new LinkedHashSet<>();
        private final Map<Digest, Descriptor> complete = new LinkedHashMap<>();
        private final Set<Platform> platforms = new LinkedHashSet<>();
        private final Map<Digest, Descriptor> required = new LinkedHashMap<>();
        private final List<Descriptor> lacking = new ArrayList<>();
        private long bytes;

        Walk(ImageStore store, PlatformMatcher matcher) {
            this.store = store;
            this.matcher = matcher;
        }

        void level(List<Descriptor> documents, int depth) {
            List<Descriptor> next = new ArrayList<>();
            for (Descriptor descriptor : documents) {
                if (!seen.add(descriptor.digest())) {
                    continue;
                }
                if (depth > MAX_DEPTH || seen.size() > MAX_DOCUMENTS) {
                    throw new IntegrityException("the index is nested more than " + MAX_DEPTH
                            + " deep or has more than " + MAX_DOCUMENTS + " manifests: it is not an image");
                }
                Optional<ImageDocument> document = document(descriptor);
                if (document.isEmpty()) {
                    lack(descriptor);
                } else if (document.get() instanceof ImageManifest manifest) {
                    manifest(descriptor, manifest);
                } else {
                    require(descriptor);
                    next.addAll(children(document.get()));
                }
            }
            if (!next.isEmpty()) {
                level(next, depth + 1);
            }
        }

        private Optional<ImageDocument> document(Descriptor descriptor) {
            if (!descriptor.mediaType().isManifestOrIndex()) {
                throw new IntegrityException(descriptor.digest() + " has the media type " + descriptor.mediaType()
                        + ", which is neither a manifest nor an index");
            }
            if (descriptor.size() > DocumentJson.MAX_SIZE) {
                throw new IntegrityException("the document " + descriptor.digest() + " has " + descriptor.size()
                        + " bytes, but at most " + DocumentJson.MAX_SIZE + " are read");
            }
            bytes += descriptor.size();
            if (bytes > MAX_BYTES) {
                throw new IntegrityException("its manifests have more than " + MAX_BYTES
                        + " bytes together, which is too much for an image");
            }
            return isThere(descriptor)
                    ? store.document(descriptor.digest(), DocumentJson.MAX_SIZE)
                            .map(content -> parse(content, descriptor))
                    : Optional.empty();
        }

        private static ImageDocument parse(byte[] content, Descriptor descriptor) {
            try {
                return DocumentJson.parse(content, descriptor.mediaType());
            } catch (IntegrityException e) {
                throw new IntegrityException(descriptor.digest() + ": " + e.getMessage());
            }
        }

        /** The manifests and indexes of an index that are wanted; other content is noted. */
        private List<Descriptor> children(ImageDocument index) {
            List<Descriptor> children = new ArrayList<>();
            for (Descriptor child : matcher.filter(index.children())) {
                Descriptor plain = child.withoutAnnotations();
                if (child.mediaType().isManifestOrIndex()) {
                    children.add(plain);
                } else if (isThere(plain)) {
                    require(plain);
                } else {
                    lack(plain);
                }
            }
            return children;
        }

        private void manifest(Descriptor descriptor, ImageManifest manifest) {
            Descriptor config = manifest.config();
            if (config.mediaType().isImageConfig() && config.size() > LayerConfig.MAX_SIZE) {
                throw new IntegrityException("the configuration " + config.digest() + " has " + config.size()
                        + " bytes, but at most " + LayerConfig.MAX_SIZE + " are read");
            }
            List<Descriptor> absent = store.missing(manifest.children()).stream()
                    .filter(child -> !isThere(child))
                    .toList();
            if (!absent.isEmpty()) {
                absent.forEach(this::lack);
                return;
            }
            require(descriptor);
            manifest.children().forEach(child -> require(child.withoutAnnotations()));
            complete.put(descriptor.digest(), descriptor);
            platform(descriptor, config).ifPresent(platforms::add);
        }

        private Optional<Platform> platform(Descriptor descriptor, Descriptor config) {
            if (descriptor.platform() != null) {
                return Optional.of(descriptor.platform());
            }
            return config.mediaType().isImageConfig()
                    ? store.document(config.digest(), LayerConfig.MAX_SIZE)
                            .map(content -> LayerConfig.parse(content).platform())
                    : Optional.empty();
        }

        /** Whether content is in the store; content that its author embedded is put there. */
        private boolean isThere(Descriptor descriptor) {
            if (store.has(descriptor)) {
                return true;
            }
            Optional<byte[]> embedded = descriptor.embeddedData();
            embedded.ifPresent(content -> store.putDocument(descriptor.digest(), content));
            return embedded.isPresent();
        }

        private void lack(Descriptor descriptor) {
            if (lacking.size() <= SHOWN) {
                lacking.add(descriptor.withoutAnnotations());
            }
        }

        private void require(Descriptor descriptor) {
            required.putIfAbsent(descriptor.digest(), descriptor);
        }
    }
}
