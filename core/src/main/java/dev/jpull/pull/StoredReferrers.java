// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.manifest.Attestation;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.Referrer;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.store.ImageStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The referrers that earlier pulls and imports have brought. Sends no request.
 *
 * @param store where they are
 */
public record StoredReferrers(ImageStore store) {
    /**
     * What refers to an image, and to these referrers; each subject comes before what refers to it.
     *
     * @param subjects the manifests and indexes of the image
     */
    public List<Referrer> of(Collection<Descriptor> subjects, ReferrerSelection selection) {
        List<Referrer> all = store.index().referrers();
        Set<Digest> known = new HashSet<>();
        subjects.forEach(subject -> known.add(subject.digest()));
        Set<Digest> level = Set.copyOf(known);
        List<Referrer> found = new ArrayList<>();
        while (!level.isEmpty()) {
            Set<Digest> next = new HashSet<>();
            for (Referrer referrer : all) {
                if (level.contains(referrer.subject())) {
                    found.add(referrer);
                    if (known.add(referrer.descriptor().digest())) {
                        next.add(referrer.descriptor().digest());
                    }
                }
            }
            level = next;
        }
        return selection.withParents(found);
    }

    /** The attestations in the index of an image that were pulled: all of their content is there. */
    public List<Referrer> attestations(Descriptor root) {
        return attestations(List.of(root), ReferrerSelection.ALL, attested -> true);
    }

    /**
     * The attestations of an image that are in the store.
     *
     * @param documents the manifests and indexes of the image
     */
    List<Referrer> attestations(Collection<Descriptor> documents, ReferrerSelection selection) {
        Set<Digest> digests = new HashSet<>();
        documents.forEach(document -> digests.add(document.digest()));
        return attestations(documents, selection, digests::contains);
    }

    private List<Referrer> attestations(
            Collection<Descriptor> documents, ReferrerSelection selection, Predicate<Digest> attested) {
        List<Referrer> found = new ArrayList<>();
        for (Descriptor index : documents) {
            if (index.mediaType().isIndex()) {
                document(index)
                        .map(content -> Attestation.in(content, attested))
                        .orElse(List.of())
                        .forEach(attestation -> document(attestation.descriptor())
                                .filter(manifest -> selection.admitsByLayers(manifest)
                                        && store.missing(manifest.children()).isEmpty())
                                .ifPresent(manifest -> found.add(attestation.asReferrer(manifest))));
            }
        }
        return found;
    }

    private Optional<ImageDocument> document(Descriptor descriptor) {
        return store.document(descriptor.digest(), DocumentJson.MAX_SIZE)
                .map(content -> DocumentJson.parse(content, descriptor.mediaType()));
    }
}
