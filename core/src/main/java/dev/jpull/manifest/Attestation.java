// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageDocument;
import dev.jpull.image.ImageIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * An entry of an index that attests another entry: BuildKit writes SBOMs and provenance as manifests beside those of the platforms,
 * and ties them by the annotations {@code vnd.docker.reference.type} and {@code vnd.docker.reference.digest}.
 *
 * @param descriptor the manifest of the attestation, without annotations and platform
 * @param subject the manifest that is attested
 */
public record Attestation(Descriptor descriptor, Digest subject) {
    private static final String REFERENCE = "vnd.docker.reference.digest";

    /**
     * The attestations in an index, each once.
     *
     * @param index an index; another document has none
     * @param attested whether the attestations of a manifest are wanted
     */
    public static List<Attestation> in(ImageDocument index, Predicate<Digest> attested) {
        Map<Digest, Attestation> found = new LinkedHashMap<>();
        for (Descriptor entry : index instanceof ImageIndex ? index.children() : List.<Descriptor>of()) {
            String reference = entry.annotations().getOrDefault(REFERENCE, "");
            if (entry.isAttestation() && entry.mediaType().isManifest() && Digest.check(reference) == null) {
                Digest subject = Digest.parse(reference);
                if (!subject.equals(entry.digest()) && attested.test(subject)) {
                    Descriptor plain = new Descriptor(entry.mediaType(), entry.digest(), entry.size());
                    found.putIfAbsent(entry.digest(), new Attestation(plain, subject));
                }
            }
        }
        return new ArrayList<>(found.values());
    }

    /**
     * The attestation as a referrer.
     *
     * @param manifest the content of the attestation
     */
    public Referrer asReferrer(ImageDocument manifest) {
        return new Referrer(descriptor, Referrer.typeByLayers(manifest), subject, "");
    }
}
