// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.image.Descriptor;
import dev.jpull.manifest.Referrer;
import java.util.List;

/**
 * What refers to an image, as its hosts say.
 *
 * @param name the reference in full
 * @param root its manifest or index
 * @param manifests the indexes and manifests below an index, each once
 * @param referrers what refers to these, and to these referrers; each subject comes before what refers to it
 */
public record ReferrerAnswer(String name, Descriptor root, List<Descriptor> manifests, List<Referrer> referrers) {
    /** Copies the lists. */
    public ReferrerAnswer {
        manifests = List.copyOf(manifests);
        referrers = List.copyOf(referrers);
    }
}
