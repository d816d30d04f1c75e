// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.archive.CarriedImage.CarriedReferrer;
import dev.jpull.archive.StoredGraph.Part;
import dev.jpull.image.Digest;
import dev.jpull.manifest.Referrer;
import dev.jpull.manifest.ReferrerSelection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the referrers in a store that are carried with an image. */
final class ReferrerCarrier {
    private final StoredGraph graph;
    private final ReferrerSelection selection;
    private final Map<Digest, List<Referrer>> bySubject = new HashMap<>();

    /**
     * A carrier of referrers.
     *
     * @param stored those of the index of the store
     * @param selection which are wanted; null for none
     */
    ReferrerCarrier(StoredGraph graph, Collection<Referrer> stored, @Nullable ReferrerSelection selection) {
        this.graph = graph;
        this.selection = selection == null ? ReferrerSelection.ALL : selection;
        for (Referrer referrer : stored) {
            if (selection != null) {
                bySubject
                        .computeIfAbsent(referrer.subject(), subject -> new ArrayList<>())
                        .add(referrer);
            }
        }
    }

    /**
     * What refers to an image, to its manifests, and to these referrers, ordered by digest. Those of other types are carried when
     * one of a wanted type refers to them.
     *
     * @param image the name of the image
     * @param subjects the documents of the image
     * @param leftOut is told of referrers that are not in the store completely
     */
    List<CarriedReferrer> of(String image, Set<Digest> subjects, List<LeftOut> leftOut) {
        Map<Referrer, Part> all = new LinkedHashMap<>();
        List<String> absent = new ArrayList<>();
        Set<Digest> seen = new HashSet<>(subjects);
        Set<List<Digest>> pairs = new HashSet<>(); // another program may have written an entry again and again
        List<Digest> next = new ArrayList<>(subjects);
        while (!next.isEmpty()) {
            List<Digest> found = new ArrayList<>();
            for (Digest subject : next) {
                for (Referrer referrer : bySubject.getOrDefault(subject, List.of())) {
                    Digest digest = referrer.descriptor().digest();
                    // What belongs to the image is no referrer of it, whatever the index of the store says.
                    if (subjects.contains(digest) || !pairs.add(List.of(digest, subject))) {
                        continue;
                    }
                    Part part = graph.read(image, referrer.descriptor());
                    if (!part.complete()) {
                        if (selection.admits(referrer.artifactType())) {
                            absent.add(referrer.descriptor().digest().toString());
                        }
                        continue;
                    }
                    all.put(referrer, part);
                    documents(part).stream().filter(seen::add).forEach(found::add);
                }
            }
            next = found;
        }
        if (!absent.isEmpty()) {
            leftOut.add(new LeftOut(
                    image,
                    LeftOut.Reason.REFERRER_NOT_IN_STORE,
                    absent.stream().sorted().toList()));
        }
        Set<Referrer> kept = Set.copyOf(selection.withParents(all.keySet()));
        return all.entrySet().stream()
                .filter(each -> kept.contains(each.getKey()))
                .map(each -> new CarriedReferrer(each.getKey(), ImageCarrier.filesOf(each.getValue())))
                .sorted(Comparator.comparing((CarriedReferrer each) ->
                                each.referrer().descriptor().digest().toString())
                        .thenComparing(each -> each.referrer().subject().toString()))
                .toList();
    }

    private static List<Digest> documents(Part part) {
        List<Digest> documents = new ArrayList<>();
        if (part.document() != null) {
            documents.add(part.descriptor().digest());
        }
        part.children().forEach(child -> documents.addAll(documents(child)));
        return documents;
    }
}
