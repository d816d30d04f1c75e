// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Digest;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.ImageStore;
import dev.jpull.store.StoreListing;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plans archives from what a store has. Safe for use by several threads. */
final class ArchivePlanner {
    private final ImageStore store;
    private final ExportOptions options;

    ArchivePlanner(ImageStore store, ExportOptions options) {
        this.store = store;
        this.options = options;
    }

    /**
     * The images that are asked for.
     *
     * @throws dev.jpull.error.ImageNotFoundException if one is not in the store
     */
    List<SelectedImage> select() {
        return new ImageSelection(store, store.index().list()).find(options.images());
    }

    /**
     * Plans an archive with an OCI layout, or a docker archive.
     *
     * @throws ReferenceException if two images would have one name, or a rule for names is of no use
     */
    ArchivePlan plan(ArchiveFormat format, List<SelectedImage> images) {
        options.renames().requireUse(images.stream().map(SelectedImage::name).toList());
        List<LeftOut> leftOut = new ArrayList<>();
        List<CarriedImage> carried = carry(images, Set.of(), leftOut);
        return format == ArchiveFormat.DOCKER_ARCHIVE
                ? ArchivePlan.docker(carried, leftOut)
                : ArchivePlan.oci(carried, leftOut);
    }

    /**
     * What is carried of images.
     *
     * @param awaited blobs that count as there
     * @param leftOut is told what is left out
     */
    List<CarriedImage> carry(List<SelectedImage> images, Set<Digest> awaited, List<LeftOut> leftOut) {
        StoredGraph graph = new StoredGraph(store, awaited);
        List<Referrer> referrers = options.referrers() == null ? List.of() : new StoreListing(store).referrers();
        ReferrerCarrier referring = new ReferrerCarrier(graph, referrers, options.referrers());
        ImageCarrier carrier = new ImageCarrier(graph, referring, options, leftOut);
        Map<String, CarriedImage> byName = new HashMap<>();
        List<CarriedImage> carried = new ArrayList<>();
        for (SelectedImage image : images) {
            CarriedImage next = carrier.carry(options.renames().apply(image.name()), image);
            CarriedImage same = next.name().isEmpty() ? null : byName.putIfAbsent(next.name(), next);
            if (same == null) {
                carried.add(next);
            } else if (!same.root().digest().equals(next.root().digest())) {
                throw new ReferenceException("two images of the archive would be called "
                        + ForeignText.line(next.name()) + ": rename one of them to something else");
            }
        }
        return carried;
    }
}
