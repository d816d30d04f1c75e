// SPDX-License-Identifier: Apache-2.0
package dev.jpull.resolve;

import dev.jpull.image.Descriptor;
import dev.jpull.manifest.Referrer;
import java.util.ArrayList;
import java.util.List;

/**
 * What refers to an image, and all that belongs to it.
 *
 * @param referrers what refers to the image, to its manifests and to these referrers; each subject comes before what refers to it
 * @param attestations entries of the indexes of the image that attest its manifests; the image needs them, and not only its referrers
 * @param documents their manifests and indexes, each once; all of them were read
 * @param blobs their configurations and other blobs, each once
 */
public record ReferrerGraph(
        List<Referrer> referrers, List<Referrer> attestations, List<Descriptor> documents, List<Descriptor> blobs) {
    /** No referrers. */
    public static final ReferrerGraph NONE = new ReferrerGraph(List.of(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public ReferrerGraph {
        referrers = List.copyOf(referrers);
        attestations = List.copyOf(attestations);
        documents = List.copyOf(documents);
        blobs = List.copyOf(blobs);
    }

    /** The attestations and the referrers; each subject comes before what refers to it. */
    public List<Referrer> all() {
        List<Referrer> all = new ArrayList<>(attestations);
        all.addAll(referrers);
        return all;
    }
}
