// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.manifest.Referrer;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.store.ImageStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
        List<Referrer> all = store.index().referrers().stream()
                .filter(referrer -> selection.admits(referrer.artifactType()))
                .toList();
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
        return found;
    }
}
