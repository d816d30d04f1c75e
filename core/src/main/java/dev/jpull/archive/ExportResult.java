// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was exported.
 *
 * @param format the form that was written
 * @param images the images, ordered by name
 * @param leftOut what of them is not in the archive
 * @param bytes how many bytes the archive has; of a directory, its files
 * @param linkedBytes how many bytes the files have that are links to those of the store, and were not there before
 * @param unchanged whether it was there already, with the same content
 */
public record ExportResult(
        ArchiveFormat format,
        List<Image> images,
        List<LeftOut> leftOut,
        long bytes,
        long linkedBytes,
        boolean unchanged) {
    /** Copies the lists. */
    public ExportResult {
        images = List.copyOf(images);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * An image of the archive.
     *
     * @param name its name there; empty when it has none
     * @param reference what index.json calls it: the tag, or its name in full when another image has that tag; empty when it has
     *     no name, and in a docker archive
     * @param root its manifest or index in the store
     * @param entry what the archive names, whose digest readers report
     * @param imageId the digest of its configuration, which readers of manifest.json report; null if docker cannot run it
     * @param platforms the platforms that are carried
     * @param referrers how many referrers are carried with it
     */
    public record Image(
            String name,
            String reference,
            Descriptor root,
            Descriptor entry,
            @Nullable Digest imageId,
            List<Platform> platforms,
            int referrers) {
        /** Copies the list. */
        public Image {
            platforms = List.copyOf(platforms);
        }
    }

    /** The result of a plan that was written as it is. */
    static ExportResult of(ArchiveFormat format, ArchivePlan plan, TargetFile.Outcome outcome) {
        return of(format, plan, plan.references(), outcome, 0);
    }

    /** The result of a plan whose images are called as another index wants it. */
    static ExportResult of(
            ArchiveFormat format,
            ArchivePlan plan,
            List<String> references,
            TargetFile.Outcome outcome,
            long linkedBytes) {
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < references.size(); i++) {
            CarriedImage image = plan.images().get(i);
            images.add(new Image(
                    image.name(),
                    references.get(i),
                    image.root(),
                    image.entry(),
                    plan.docker().imageId(image).orElse(null),
                    image.platforms(),
                    format == ArchiveFormat.DOCKER_ARCHIVE
                            ? 0
                            : image.referrers().size()));
        }
        return new ExportResult(format, images, plan.leftOut(), outcome.bytes(), linkedBytes, outcome.unchanged());
    }
}
