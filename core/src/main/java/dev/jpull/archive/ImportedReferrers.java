// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.ImageDocument;
import dev.jpull.manifest.PlatformMatcher;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.ImageStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What refers to the images of an archive, and is in the store completely. For use by one thread. */
final class ImportedReferrers {
    private final ImageStore store;
    private final Map<Referrer, ImageContent> open = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> required = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();

    ImportedReferrers(ImageStore store) {
        this.store = store;
    }

    /** Adds an entry that says what it refers to; one that lacks content is left out. */
    void add(Referrer referrer) {
        Descriptor root = referrer.descriptor().withoutAnnotations();
        ImageContent content = ImageContent.of(store, root, PlatformMatcher.all());
        if (content.lacking().isEmpty()) {
            open.put(referrer, content);
        } else {
            leftOut.add("the referrer " + root.digest() + ", which lacks " + content.lack());
        }
    }

    /** Adds an entry without a name whose manifest says what it refers to, as oras writes it; false for others. */
    boolean addBySubject(Descriptor entry) {
        if (!entry.mediaType().isManifestOrIndex() || entry.size() > ImageDocument.MAX_SIZE) {
            return false;
        }
        Optional<ImageDocument> document = store.document(entry.digest(), ImageDocument.MAX_SIZE)
                .map(content -> ImageDocument.parse(content, entry.mediaType()));
        Descriptor subject = document.map(ImageDocument::subject).orElse(null);
        if (subject == null) {
            return false;
        }
        add(new Referrer(OciContents.listed(entry), document.get().artifactType(), subject.digest(), ""));
        return true;
    }

    /** Takes out those that refer to an image, directly or by one another. */
    List<Referrer> of(ImageContent image) {
        Set<Digest> subjects = new HashSet<>(image.documents());
        List<Referrer> found = new ArrayList<>();
        int before = -1;
        while (before < found.size()) {
            before = found.size();
            open.entrySet().removeIf(entry -> {
                boolean refers = subjects.contains(entry.getKey().subject());
                if (refers) {
                    subjects.addAll(entry.getValue().documents());
                    take(entry.getKey(), entry.getValue(), found);
                }
                return refers;
            });
        }
        return found;
    }

    private void take(Referrer referrer, ImageContent content, List<Referrer> found) {
        found.add(referrer);
        content.required().forEach(descriptor -> required.put(descriptor.digest(), descriptor));
    }

    /** Takes out those that refer to something else that is in the store. */
    List<Referrer> ofOthers() {
        List<Referrer> others = new ArrayList<>();
        open.forEach((referrer, content) -> {
            if (store.document(referrer.subject(), ImageDocument.MAX_SIZE).isPresent()) {
                take(referrer, content, others);
            } else {
                leftOut.add("the referrer " + referrer.descriptor().digest() + " of " + referrer.subject()
                        + ", which is not in the store");
            }
        });
        open.clear();
        return others;
    }

    /** What those need that were taken out. */
    Collection<Descriptor> required() {
        return required.values();
    }

    /** What was left out, each in words. */
    List<String> leftOut() {
        return leftOut;
    }
}
