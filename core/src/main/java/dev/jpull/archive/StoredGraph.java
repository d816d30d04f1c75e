// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.IntegrityException;
import dev.jpull.error.Remedy;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageManifest;
import dev.jpull.image.Platform;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.LayerConfig;
import dev.jpull.store.ImageStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the documents of images from a store, and finds out which of their content is there. For use by one thread, for one export:
 * what was found there once counts as there.
 */
final class StoredGraph {
    private static final int MAX_DEPTH = 4;
    private static final int MAX_DOCUMENTS = 10_000;

    /** How large the manifests and indexes of one image may be together: they are held while the archive is planned. */
    private static final long MAX_BYTES = 16L << 20;

    private final ImageStore store;
    private final Set<Digest> awaited;
    private final Map<Digest, Boolean> known = new HashMap<>();

    /**
     * The content of a store.
     *
     * @param awaited blobs that count as there, because a pull brings them
     */
    StoredGraph(ImageStore store, Set<Digest> awaited) {
        this.store = store;
        this.awaited = awaited;
    }

    /**
     * A part of an image: an index, a manifest, or another blob that an index lists.
     *
     * @param descriptor the part, as its parent describes it
     * @param json the same as the parent has it; an empty map for the root
     * @param document the manifest or index; null for another blob, and when it is not in the store
     * @param children the parts of an index
     * @param platform what a manifest is for, as far as it is known
     * @param config the configuration of an image; null for other content
     * @param complete whether all of it is there
     */
    record Part(
            Descriptor descriptor,
            Object json,
            @Nullable ImageDocument document,
            List<Part> children,
            @Nullable Platform platform,
            @Nullable LayerConfig config,
            boolean complete) {
        Part {
            children = List.copyOf(children);
        }

        boolean isIndex() {
            return descriptor.mediaType().isIndex();
        }
    }

    /**
     * Reads the documents of an image.
     *
     * @param name the image, for messages
     * @throws IntegrityException if there are too many, or one is malformed
     */
    Part read(String name, Descriptor root) {
        return new Walk(name).part(root, Map.of(), 0);
    }

    /** A small document from the store; empty when it is not there. */
    Optional<byte[]> content(Descriptor descriptor) {
        return store.document(descriptor.digest(), DocumentJson.MAX_SIZE);
    }

    private boolean areThere(Collection<Descriptor> blobs) {
        List<Descriptor> unknown = blobs.stream()
                .filter(blob -> !awaited.contains(blob.digest()) && !known.containsKey(blob.digest()))
                .toList();
        unknown.forEach(blob -> known.put(blob.digest(), true));
        store.missing(unknown).forEach(blob -> known.put(blob.digest(), false));
        return blobs.stream()
                .allMatch(blob -> awaited.contains(blob.digest()) || known.getOrDefault(blob.digest(), false));
    }

    /** The walk through one image. */
    private final class Walk {
        private final String name;
        private int documents;
        private long bytes;

        Walk(String name) {
            this.name = name;
        }

        Part part(Descriptor descriptor, Object json, int depth) {
            if (!descriptor.mediaType().isManifestOrIndex()) {
                return new Part(
                        descriptor, json, null, List.of(), descriptor.platform(), null, areThere(List.of(descriptor)));
            }
            byte[] content = content(descriptor).orElse(null);
            if (content == null) {
                return new Part(descriptor, json, null, List.of(), descriptor.platform(), null, false);
            }
            bytes += content.length;
            if (++documents > MAX_DOCUMENTS || depth > MAX_DEPTH || bytes > MAX_BYTES) {
                throw new IntegrityException("the index of " + name + " is nested more than " + MAX_DEPTH
                        + " deep, or has more than " + MAX_DOCUMENTS + " manifests or " + MAX_BYTES
                        + " bytes of them: it cannot be exported");
            }
            ImageDocument document = DocumentJson.parse(content, descriptor.mediaType());
            return document instanceof ImageManifest manifest
                    ? manifest(descriptor, json, manifest)
                    : index(descriptor, json, document, content, depth);
        }

        private Part manifest(Descriptor descriptor, Object json, ImageManifest manifest) {
            boolean complete = areThere(manifest.children());
            LayerConfig config = complete ? config(manifest.config()) : null;
            Platform platform = descriptor.platform() != null
                    ? descriptor.platform()
                    : config == null ? null : config.platform().normalised(Platform.host());
            return new Part(descriptor, json, manifest.withoutAnnotations(), List.of(), platform, config, complete);
        }

        private Part index(Descriptor descriptor, Object json, ImageDocument document, byte[] content, int depth) {
            List<Object> entries = entriesOf(content);
            List<Part> children = new ArrayList<>();
            for (int i = 0; i < document.children().size(); i++) {
                children.add(part(document.children().get(i), entries.get(i), depth + 1));
            }
            boolean complete = children.stream().allMatch(Part::complete);
            return new Part(descriptor, json, document, children, descriptor.platform(), null, complete);
        }

        private @Nullable LayerConfig config(Descriptor config) {
            if (!config.mediaType().isImageConfig() || config.size() > LayerConfig.MAX_SIZE) {
                return null;
            }
            Optional<byte[]> content = store.document(config.digest(), LayerConfig.MAX_SIZE);
            if (content.isEmpty() && awaited.contains(config.digest())) {
                return null; // on its way
            }
            return LayerConfig.parse(content.orElseThrow(
                    () -> new IntegrityException(FailureDetails.of("the configuration " + config.digest() + " of "
                                    + name + " is damaged in the store: verify and repair the store")
                            .with(Remedy.REPAIR_STORE))));
        }
    }

    private static List<Object> entriesOf(byte[] index) {
        try {
            JsonValue manifests = JsonValue.parse(index).get("manifests");
            List<Object> entries = new ArrayList<>();
            for (JsonValue entry : manifests == null ? List.<JsonValue>of() : manifests.elements()) {
                entries.add(plain(entry));
            }
            return entries;
        } catch (JsonException e) {
            throw new IntegrityException("the index is not usable: " + e.getMessage());
        }
    }

    private static Object plain(JsonValue entry) {
        Object plain = entry.toPlain();
        return plain == null ? Map.of() : plain;
    }
}
