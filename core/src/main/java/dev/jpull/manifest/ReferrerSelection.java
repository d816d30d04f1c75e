// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which referrers of an image are wanted.
 *
 * @param artifactTypes the wanted types of artifacts; empty for all
 */
public record ReferrerSelection(Set<String> artifactTypes) {
    /** All referrers. */
    public static final ReferrerSelection ALL = new ReferrerSelection(Set.of());

    /** Copies the set. */
    public ReferrerSelection {
        artifactTypes = Collections.unmodifiableSet(new LinkedHashSet<>(artifactTypes));
    }

    /** Whether artifacts of a type are wanted. */
    public boolean admits(String artifactType) {
        return artifactTypes.isEmpty() || artifactTypes.contains(artifactType);
    }

    /** Whether an artifact is wanted by its own type or by that of any of its layers, see {@link Referrer#typeByLayers}. */
    public boolean admitsByLayers(ImageDocument document) {
        return admits(document.artifactType())
                || document.children().stream()
                        .anyMatch(child -> admits(child.mediaType().value()));
    }

    /**
     * The referrers that are wanted, and those of other types to which these refer, directly or through others: without them, a
     * signature of an SBOM would refer to nothing.
     *
     * @param all referrers, of which the order is kept
     */
    public List<Referrer> withParents(Collection<Referrer> all) {
        return artifactTypes.isEmpty()
                ? List.copyOf(all)
                : withParents(all, referrer -> admits(referrer.artifactType()));
    }

    /**
     * The same with another choice.
     *
     * @param wanted whether a referrer is wanted
     */
    public static List<Referrer> withParents(Collection<Referrer> all, Predicate<Referrer> wanted) {
        Map<Digest, List<Referrer>> byDigest = new HashMap<>();
        all.forEach(referrer -> byDigest.computeIfAbsent(referrer.descriptor().digest(), digest -> new ArrayList<>())
                .add(referrer));
        Set<Referrer> kept = new HashSet<>();
        Deque<Referrer> open = new ArrayDeque<>(all.stream().filter(wanted).toList());
        while (!open.isEmpty()) {
            Referrer next = open.remove();
            if (kept.add(next)) {
                open.addAll(byDigest.getOrDefault(next.subject(), List.of()));
            }
        }
        return all.stream().filter(kept::contains).toList();
    }
}
