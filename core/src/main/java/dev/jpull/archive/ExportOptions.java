// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Platform;
import dev.jpull.list.Renames;
import dev.jpull.manifest.ReferrerSelection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is exported, and how.
 *
 * @param images names, references or digests of images in the store
 * @param platforms the platforms that are wanted; empty for all that are in the store completely
 * @param referrers which referrers are carried; null for none
 * @param keepIndex whether an index stays as it is although manifests of it are not carried
 * @param renames the names that images get
 * @param format the form; null to guess it from the name of the target
 * @param compression of the archive; null to guess it from the name of the target
 * @param verify whether blobs are hashed while they are copied
 * @param link whether blobs in a directory are hard links to those of the store, where that is possible and safe
 */
public record ExportOptions(
        List<String> images,
        List<Platform> platforms,
        @Nullable ReferrerSelection referrers,
        boolean keepIndex,
        Renames renames,
        @Nullable ArchiveFormat format,
        @Nullable ArchiveCompression compression,
        boolean verify,
        boolean link) {
    /** Copies the lists. */
    public ExportOptions {
        images = List.copyOf(images);
        platforms = List.copyOf(platforms);
    }

    /**
     * Requires that no links are asked for.
     *
     * @throws ReferenceException if they are
     */
    void requireNoLinks() {
        if (link) {
            throw new ReferenceException(
                    "an archive is one file, whose blobs cannot be links: choose oci, or no links");
        }
    }
}
