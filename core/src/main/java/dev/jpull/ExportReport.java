// SPDX-License-Identifier: Apache-2.0
package dev.jpull;

import dev.jpull.archive.ExportResult;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.Platform;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an archive has, and what it does not have.
 *
 * @param format the form that was written
 * @param images the images, ordered by name
 * @param leftOut what of them is not in the archive
 * @param bytes how many bytes the archive has; of a directory, the files of these images
 * @param linkedBytes how many bytes the files of a directory have that were made as hard links to those of the store
 * @param unchanged whether the target had the same content before, and was left alone
 * @since 0.1.0
 */
public record ExportReport(
        ExportRequest.Format format,
        List<ExportedImage> images,
        List<LeftOut> leftOut,
        long bytes,
        long linkedBytes,
        boolean unchanged)
        implements Serializable {
    /** Copies the lists. */
    public ExportReport {
        images = List.copyOf(images);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * An image of an archive.
     *
     * @param name its name there; empty when it has none
     * @param reference what index.json calls it ({@code org.opencontainers.image.ref.name}): the tag, or its name in full when
     *     another image has that tag; empty when it has no name, and in a docker archive
     * @param root its manifest or index in the store
     * @param entry what an OCI archive names, whose digest readers of index.json report: the root, or what is carried of it
     * @param imageId the digest of its configuration, which readers of manifest.json report (docker, podman); null if docker
     *     cannot run it
     * @param platforms the platforms that are carried
     * @param referrers how many referrers are carried with it
     */
    public record ExportedImage(
            String name,
            String reference,
            Descriptor root,
            Descriptor entry,
            @Nullable Digest imageId,
            List<Platform> platforms,
            int referrers)
            implements Serializable {
        /** Copies the list. */
        public ExportedImage {
            platforms = List.copyOf(platforms);
        }
    }

    /** Why parts of an image are not in an archive. */
    public enum Reason {
        /** Manifests of the index whose content is not in the store, or not all of it. */
        NOT_IN_STORE,
        /** Referrers whose content is not in the store, or not all of it. */
        REFERRER_NOT_IN_STORE,
        /** The format has no place for further platforms. */
        PLATFORM_NOT_IN_FORMAT,
        /** The format has no place for referrers. */
        REFERRER_NOT_IN_FORMAT
    }

    /**
     * Parts of an image that are not in an archive.
     *
     * @param image the name of the image in the archive
     * @param reason why they are not
     * @param parts platforms or digests; these are the image's words
     */
    public record LeftOut(String image, Reason reason, List<String> parts) implements Serializable {
        /** Copies the list. */
        public LeftOut {
            parts = List.copyOf(parts);
        }
    }

    /**
     * An archive that was fed by pulls: the images as they were pulled, and what of them is in the archive.
     *
     * @param images the images as they were pulled
     * @param export what of them is in the archive
     */
    public record Pulled(List<PulledImage> images, ExportReport export) implements Serializable {
        /** Copies the list. */
        public Pulled {
            images = List.copyOf(images);
        }
    }

    static ExportReport of(ExportResult result) {
        return new ExportReport(
                ExportRequest.Format.valueOf(result.format().name()),
                result.images().stream()
                        .map(image -> new ExportedImage(
                                image.name(),
                                image.reference(),
                                image.root(),
                                image.entry(),
                                image.imageId(),
                                image.platforms(),
                                image.referrers()))
                        .toList(),
                result.leftOut().stream()
                        .map(left -> new LeftOut(
                                left.image(), Reason.valueOf(left.reason().name()), left.parts()))
                        .toList(),
                result.bytes(),
                result.linkedBytes(),
                result.unchanged());
    }
}
