// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.Referrer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the manifests and indexes of a store point to, and what refers to them. A document is read and verified once, so that
 * hundreds of images that share documents are looked at in little time. It is for one look at the store: a document that
 * comes or goes afterwards is not noticed. For use by one thread.
 */
final class StoreGraph {
    /** How many bytes the documents have of which the content is kept in memory; the others are read each time. */
    private static final long MAX_KEPT = 32L << 20;
    /** How long embedded content is that is kept, in characters: enough for the empty configuration of artifacts. */
    private static final int MAX_DATA = 1_024;

    /**
     * What a document points to.
     *
     * @param children what it has, in order, without annotations
     * @param subject what it refers to, or null
     * @param artifactType the kind of artifact; empty for an image
     */
    record Links(List<Descriptor> children, @Nullable Digest subject, String artifactType) {}

    /** One content as one type: whether it is a document depends on the one that points to it. */
    private record Typed(Digest digest, MediaType mediaType) {
        static Typed of(Descriptor descriptor) {
            return new Typed(descriptor.digest(), descriptor.mediaType());
        }
    }

    private final ImageStore store;
    private final boolean lenient;
    private final Map<Digest, List<Referrer>> bySubject = new HashMap<>();
    private final Map<Typed, Optional<Links>> known = new HashMap<>();
    private final Map<Descriptor, Descriptor> shared = new HashMap<>();
    private long kept;

    private StoreGraph(ImageStore store, Collection<Referrer> referrers, boolean lenient) {
        this.store = store;
        this.lenient = lenient;
        referrers.forEach(this::add);
    }

    /**
     * The graph for a clean-up: a document that cannot be read ends it, because what the document needs must not be deleted.
     *
     * @param referrers what refers to manifests; none for the images alone
     */
    static StoreGraph strict(ImageStore store, Collection<Referrer> referrers) {
        return new StoreGraph(store, referrers, false);
    }

    /**
     * The graph for a report: a document that cannot be read counts as absent.
     *
     * @param referrers what refers to manifests; none for the images alone
     */
    static StoreGraph lenient(ImageStore store, Collection<Referrer> referrers) {
        return new StoreGraph(store, referrers, true);
    }

    /** Adds a referrer. */
    void add(Referrer referrer) {
        bySubject
                .computeIfAbsent(referrer.subject(), subject -> new ArrayList<>())
                .add(referrer);
    }

    /**
     * What a document points to; empty when it is no manifest or index, is not there, or cannot be understood.
     *
     * @throws StoreException if it cannot be read, and the graph is strict
     */
    Optional<Links> links(Descriptor document) {
        if (!document.mediaType().isManifestOrIndex()) {
            return Optional.empty();
        }
        Optional<Links> before = known.get(Typed.of(document));
        return before != null ? before : read(document);
    }

    private Optional<Links> read(Descriptor document) {
        Optional<byte[]> content;
        try {
            content = store.document(document.digest(), DocumentJson.MAX_SIZE);
        } catch (StoreException e) {
            if (!lenient) {
                throw e;
            }
            content = Optional.empty(); // that it cannot be read is reported when it is hashed
        }
        Optional<Links> links = content.flatMap(bytes -> parse(bytes, document.mediaType()));
        kept += content.isPresent() ? content.get().length : 0;
        if (kept <= MAX_KEPT) {
            known.put(Typed.of(document), links);
        }
        return links;
    }

    private Optional<Links> parse(byte[] content, MediaType mediaType) {
        try {
            ImageDocument document = DocumentJson.parse(content, mediaType);
            Descriptor subject = document.subject();
            return Optional.of(new Links(
                    document.children().stream().map(this::slim).toList(),
                    subject == null ? null : subject.digest(),
                    document.artifactType()));
        } catch (IntegrityException e) {
            return Optional.empty(); // another program stored it: what it needs cannot be told
        }
    }

    /** Many documents have the same layers: each descriptor is in memory once, and without what may be long. */
    private Descriptor slim(Descriptor child) {
        String data = child.data();
        Descriptor slim = new Descriptor(
                child.mediaType(),
                child.digest(),
                child.size(),
                child.platform(),
                List.of(),
                Map.of(),
                data != null && data.length() <= MAX_DATA ? data : null);
        if (kept > MAX_KEPT) {
            return slim;
        }
        Descriptor first = shared.putIfAbsent(slim, slim);
        return first == null ? slim : first;
    }

    /** What refers to a manifest or index. */
    List<Referrer> referrersOf(Digest subject) {
        return bySubject.getOrDefault(subject, List.of());
    }

    /** The roots, their descendants, and what refers to them, as far as the documents between them are stored. */
    Map<Digest, Descriptor> needed(Collection<Descriptor> roots) {
        return walk(roots, new LinkedHashMap<>());
    }

    /** The roots and their descendants, without what refers to them. */
    Map<Digest, Descriptor> neededAlone(Collection<Descriptor> roots) {
        return walk(roots, null);
    }

    /** What refers to a root, to its descendants and to these referrers, each content once. */
    List<Referrer> referrersBelow(Descriptor root) {
        Map<Digest, Referrer> found = new LinkedHashMap<>();
        walk(List.of(root), found);
        return List.copyOf(found.values());
    }

    /**
     * Walks from the roots.
     *
     * @param referrers takes the referrers that are met; null to leave them out
     */
    private Map<Digest, Descriptor> walk(Collection<Descriptor> roots, @Nullable Map<Digest, Referrer> referrers) {
        Map<Digest, Descriptor> needed = new LinkedHashMap<>();
        Set<Typed> seen = new HashSet<>();
        Deque<Descriptor> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            Descriptor next = open.remove();
            if (!seen.add(Typed.of(next))) {
                continue;
            }
            boolean isNew = needed.putIfAbsent(next.digest(), next) == null;
            if (isNew && referrers != null) {
                for (Referrer referrer : referrersOf(next.digest())) {
                    referrers.putIfAbsent(referrer.descriptor().digest(), referrer);
                    open.add(referrer.descriptor());
                }
            }
            links(next).ifPresent(links -> open.addAll(links.children()));
        }
        return needed;
    }
}
