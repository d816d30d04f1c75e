// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;

/**
 * A manifest or index that refers to another one, such as a signature, an SBOM or an attestation (OCI distribution-spec,
 * "Listing Referrers").
 *
 * @param descriptor the manifest or index that refers; its annotations are those of the list in which it was found
 * @param artifactType what kind of artifact it is, in the words of its author; may be empty
 * @param subject the manifest or index that it refers to
 * @param tag the tag under which it was found, such as {@code sha256-2cf24d….sig}, when nothing but that tag ties it to its
 *     subject; else empty
 */
public record Referrer(Descriptor descriptor, String artifactType, Digest subject, String tag) {}
