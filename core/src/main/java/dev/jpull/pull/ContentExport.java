// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.archive.ArchiveExport;
import dev.jpull.archive.ArchiveFormat;
import dev.jpull.archive.ExportOptions;
import dev.jpull.archive.SelectedImage;
import dev.jpull.image.Digest;
import dev.jpull.list.Renames;
import dev.jpull.manifest.ReferrerSelection;
import dev.jpull.pull.PulledContent.PlatformContent;
import dev.jpull.store.ImageStore;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Exports of a pulled image, for the platforms that were pulled, whatever else the store has by now. Blobs that are copied are
 * hashed: copying reads them in any case. Links are made for their speed, and reading the blobs would take it.
 *
 * @param image the image
 */
public record ContentExport(PulledContent image) {
    /**
     * An OCI layout in a directory.
     *
     * @param link whether blobs are links to those of the store, where that is possible and safe
     */
    public ArchiveExport layout(boolean link) {
        return export(ArchiveFormat.OCI, image.platforms(), link);
    }

    /** A tar archive of an OCI layout. */
    public ArchiveExport ociArchive() {
        return export(ArchiveFormat.OCI_ARCHIVE, image.platforms(), false);
    }

    /** An archive in the format of {@code docker save}, with the preferred platform. */
    public ArchiveExport dockerArchive() {
        List<PlatformContent> platforms = image.platforms();
        return export(ArchiveFormat.DOCKER_ARCHIVE, platforms.subList(0, Math.min(1, platforms.size())), false);
    }

    private ArchiveExport export(ArchiveFormat format, List<PlatformContent> platforms, boolean link) {
        boolean referrers =
                format != ArchiveFormat.DOCKER_ARCHIVE && !image.referrers().isEmpty();
        ExportOptions options = new ExportOptions(
                List.of(),
                List.of(),
                referrers ? ReferrerSelection.ALL : null,
                false,
                Renames.NONE,
                format,
                null,
                !link,
                link);
        Set<Digest> manifests =
                platforms.stream().map(each -> each.manifest().digest()).collect(Collectors.toSet());
        return new ArchiveExport(
                ImageStore.openExisting(image.store()),
                options,
                () -> false,
                List.of(new SelectedImage(image.name(), image.root(), manifests)));
    }
}
