// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.image.Digest;
import dev.jpull.image.MediaType;
import dev.jpull.manifest.Referrer;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An artifact that refers to an image and was pulled with it, such as a signature, an SBOM or an attestation.
 *
 * @param digest the digest of its manifest or index
 * @param mediaType the type of that manifest or index
 * @param size the size of that manifest or index in bytes
 * @param artifactType what kind of artifact it is, in the words of its author; may be empty
 * @param subject the manifest, index or other artifact that it refers to
 * @param tag the tag under which it was found, when only that tag ties it to its subject, as with cosign 2; else empty
 * @param annotations what its author notes, as far as the list of the registry has it
 * @since 0.1.0
 */
public record PulledReferrer(
        Digest digest,
        MediaType mediaType,
        long size,
        String artifactType,
        Digest subject,
        String tag,
        Map<String, String> annotations)
        implements Serializable {
    /** Copies the annotations. */
    public PulledReferrer {
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    static PulledReferrer of(Referrer referrer) {
        return new PulledReferrer(
                referrer.descriptor().digest(),
                referrer.descriptor().mediaType(),
                referrer.descriptor().size(),
                referrer.artifactType(),
                referrer.subject(),
                referrer.tag(),
                referrer.descriptor().annotations());
    }
}
