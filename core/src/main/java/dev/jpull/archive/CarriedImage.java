// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.archive.StoredGraph.Part;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Platform;
import dev.jpull.manifest.Referrer;
import java.util.List;

/**
 * An image in an archive.
 *
 * @param name its name there; empty when it has none
 * @param root its manifest or index in the store
 * @param entry what the index of the archive names: the root, or what is carried of it
 * @param manifests the manifests that are carried with their content, in the order of the index
 * @param files the blobs of the image: documents, the root first, then configurations, then layers
 * @param referrers what refers to the image and is carried, with the files of each
 */
record CarriedImage(
        String name,
        Descriptor root,
        Descriptor entry,
        List<Part> manifests,
        List<ArchiveEntry> files,
        List<CarriedReferrer> referrers) {
    /** Copies the lists. */
    CarriedImage {
        manifests = List.copyOf(manifests);
        files = List.copyOf(files);
        referrers = List.copyOf(referrers);
    }

    /** A referrer in an archive. */
    record CarriedReferrer(Referrer referrer, List<ArchiveEntry> files) {
        CarriedReferrer {
            files = List.copyOf(files);
        }
    }

    /** The platforms that are carried, in the order of the index, each once. */
    List<Platform> platforms() {
        return manifests.stream()
                .filter(part -> !part.descriptor().isAttestation() && part.platform() != null)
                .map(Part::platform)
                .distinct()
                .toList();
    }
}
