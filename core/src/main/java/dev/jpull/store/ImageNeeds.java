// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.IntegrityException;
import dev.jpull.error.StoreException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import dev.jpull.manifest.ImageDocument;
import dev.jpull.manifest.ImageIndex;
import dev.jpull.manifest.ImageManifest;
import dev.jpull.manifest.PlatformMatcher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one listed image needs to be complete, as far as the stored documents show. Of an index, these are the manifests
 * that were pulled: the index of the store says which. Without that note, as of other programs, it is enough that one manifest is
 * complete.
 */
final class ImageNeeds {
    private static final String SEPARATOR = " ";

    private final ImageStore store;
    /** Everything that the documents mention, and whether or not it was pulled. */
    private final List<Descriptor> mentioned = new ArrayList<>();

    private final Map<Digest, Descriptor> required = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> manifests = new LinkedHashMap<>();
    private final List<Descriptor> absentIndexes = new ArrayList<>();

    ImageNeeds(ImageStore store, Descriptor root) {
        this.store = store;
        walk(root);
        require(root);
        if (root.mediaType().isIndex()) {
            pulledManifests(root).forEach(this::requireManifest);
        } else {
            requireManifest(root);
        }
    }

    /** Notes which manifests of an index were pulled. */
    static String note(List<Digest> manifests) {
        StringBuilder note = new StringBuilder();
        for (Digest manifest : manifests) {
            note.append(note.isEmpty() ? "" : SEPARATOR).append(manifest);
        }
        return note.toString();
    }

    /** The manifests of a note; what is no digest, as another program may have written, is left out. */
    static List<Digest> noted(String note) {
        List<Digest> manifests = new ArrayList<>();
        for (String digest : note.split(SEPARATOR)) {
            if (Digest.check(digest) == null) {
                manifests.add(Digest.parse(digest));
            }
        }
        return manifests;
    }

    /** All descriptors that the documents of the image have, also of platforms that were not pulled. */
    List<Descriptor> mentioned() {
        return mentioned;
    }

    /** What must be there. */
    List<Descriptor> required() {
        return List.copyOf(required.values());
    }

    private void require(Descriptor descriptor) {
        required.putIfAbsent(descriptor.digest(), descriptor);
    }

    private void walk(Descriptor root) {
        Set<Descriptor> seen = new HashSet<>();
        Deque<Descriptor> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Descriptor next = open.remove();
            if (!seen.add(next)) {
                continue;
            }
            mentioned.add(next);
            if (next.mediaType().isManifest()) {
                manifests.putIfAbsent(next.digest(), next);
            }
            Optional<ImageDocument> document = next.mediaType().isManifestOrIndex() ? document(next) : Optional.empty();
            document.ifPresent(found -> open.addAll(found.children()));
            if (document.isEmpty() && next.mediaType().isIndex()) {
                absentIndexes.add(next);
            }
        }
    }

    private void requireManifest(Descriptor manifest) {
        require(manifest);
        document(manifest).ifPresent(document -> document.children().forEach(this::require));
    }

    private List<Descriptor> pulledManifests(Descriptor index) {
        String note = index.annotations().get(LayoutIndex.PULLED);
        if (note != null) {
            List<Descriptor> pulled = new ArrayList<>();
            for (Digest digest : noted(note)) {
                Descriptor manifest = manifests.get(digest);
                if (manifest != null) {
                    pulled.add(manifest);
                } else {
                    absentIndexes.forEach(this::require); // one of them leads to it
                }
            }
            return pulled;
        }
        if (manifests.isEmpty() || manifests.values().stream().anyMatch(this::isComplete)) {
            return List.of();
        }
        List<Descriptor> all = List.copyOf(manifests.values());
        List<Descriptor> ofThisMachine =
                PlatformMatcher.only(Platform.host(), Platform.host()).select(all, 1);
        return ofThisMachine.isEmpty() ? all.subList(0, 1) : ofThisMachine;
    }

    private boolean isComplete(Descriptor manifest) {
        return document(manifest)
                .filter(document -> document.children().stream().allMatch(store::has))
                .isPresent();
    }

    private Optional<ImageDocument> document(Descriptor descriptor) {
        try {
            return store.document(descriptor.digest(), ImageDocument.MAX_SIZE)
                    .map(content -> ImageDocument.parse(content, descriptor.mediaType()))
                    .filter(document -> document instanceof ImageIndex || document instanceof ImageManifest);
        } catch (IntegrityException e) {
            return Optional.empty(); // another program's: what it needs cannot be told
        } catch (StoreException e) {
            return Optional.empty(); // it cannot be read, which is found when it is hashed
        }
    }
}
