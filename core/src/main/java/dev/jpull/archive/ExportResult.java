// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Platform;
import java.util.List;

/**
 * What was exported.
 *
 * @param images the images, ordered by name
 * @param leftOut what of them is not in the archive
 * @param bytes how many bytes the archive has; of a directory, its files
 * @param unchanged whether it was there already, with the same content
 */
public record ExportResult(List<Image> images, List<LeftOut> leftOut, long bytes, boolean unchanged) {
    /** Copies the lists. */
    public ExportResult {
        images = List.copyOf(images);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * An image of the archive.
     *
     * @param name its name there; empty when it has none
     * @param root its manifest or index in the store
     * @param entry what the archive names, whose digest readers report
     * @param platforms the platforms that are carried
     * @param referrers how many referrers are carried with it
     */
    public record Image(String name, Descriptor root, Descriptor entry, List<Platform> platforms, int referrers) {
        /** Copies the list. */
        public Image {
            platforms = List.copyOf(platforms);
        }
    }

    static ExportResult of(ArchivePlan plan, long bytes, boolean unchanged) {
        return new ExportResult(
                plan.images().stream()
                        .map(image -> new Image(
                                image.name(),
                                image.root(),
                                image.entry(),
                                image.platforms(),
                                image.referrers().size()))
                        .toList(),
                plan.leftOut(),
                bytes,
                unchanged);
    }
}
