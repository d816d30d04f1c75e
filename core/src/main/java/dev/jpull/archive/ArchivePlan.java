// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The content of an archive, in its order. A function of the documents in the store: the same images give the same plan.
 *
 * @param images the images, ordered by name
 * @param references what the index of the archive calls the images, in their order; empty texts in a docker archive
 * @param docker the images in the words of docker
 * @param entries the files: blobs, each where it is needed first, then what names the images
 * @param leftOut what the archive does not have, ordered by image
 */
record ArchivePlan(
        List<CarriedImage> images,
        List<String> references,
        DockerImages docker,
        List<ArchiveEntry> entries,
        List<LeftOut> leftOut) {
    private static final byte[] LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

    /** Copies and orders the lists. */
    ArchivePlan {
        images = List.copyOf(images);
        references = List.copyOf(references);
        entries = List.copyOf(entries);
        leftOut = leftOut.stream()
                .sorted(Comparator.comparing(LeftOut::image).thenComparing(LeftOut::reason))
                .toList();
    }

    /** The plan of an archive with an OCI layout. */
    static ArchivePlan oci(List<CarriedImage> images, List<LeftOut> leftOut) {
        List<CarriedImage> sorted = sorted(images);
        List<ArchiveEntry> entries = new ArrayList<>();
        entries.add(layout());
        entries.addAll(blobs(sorted));
        entries.add(ArchiveEntry.made(ArchivePaths.INDEX, OciIndex.ofArchive(sorted)));
        DockerImages docker = DockerImages.of(sorted);
        if (!docker.isEmpty()) {
            entries.add(ArchiveEntry.made(
                    ArchivePaths.DOCKER_MANIFEST, docker.manifest(ArchivePaths::blob, ArchivePaths::blob)));
        }
        return new ArchivePlan(sorted, OciIndex.references(sorted, Set.of()), docker, entries, leftOut);
    }

    /**
     * The plan of a docker archive.
     *
     * @throws dev.jpull.error.ReferenceException if docker cannot run an image
     */
    static ArchivePlan docker(List<CarriedImage> images, List<LeftOut> leftOut) {
        List<CarriedImage> sorted = sorted(images);
        DockerImages docker = DockerImages.of(sorted);
        docker.requireAll(sorted);
        List<LeftOut> all = new ArrayList<>(leftOut);
        all.addAll(docker.leftOut(sorted));
        List<String> none = sorted.stream().map(image -> "").toList();
        return new ArchivePlan(sorted, none, docker, docker.entries(), all);
    }

    /** The file that makes a directory an OCI layout. */
    static ArchiveEntry layout() {
        return ArchiveEntry.made(ArchivePaths.LAYOUT, LAYOUT.clone());
    }

    /** The blobs of images, each where it is needed first. */
    static List<ArchiveEntry> blobs(List<CarriedImage> images) {
        Map<String, ArchiveEntry> blobs = new LinkedHashMap<>();
        for (CarriedImage image : images) {
            image.files().forEach(file -> blobs.putIfAbsent(file.path(), file));
            image.referrers()
                    .forEach(referrer -> referrer.files().forEach(file -> blobs.putIfAbsent(file.path(), file)));
        }
        return List.copyOf(blobs.values());
    }

    private static List<CarriedImage> sorted(List<CarriedImage> images) {
        return images.stream()
                .sorted(Comparator.comparing(CarriedImage::name)
                        .thenComparing(image -> image.root().digest().toString()))
                .toList();
    }

    /** How many bytes the archive has when it is not compressed. */
    long archiveSize() {
        long size = TarHeader.END;
        for (ArchiveEntry entry : entries) {
            size = Math.addExact(size, TarHeader.sizeOf(entry.path(), entry.size()));
        }
        return size;
    }

    /** How many bytes its files have. */
    long fileSize() {
        long size = 0;
        for (ArchiveEntry entry : entries) {
            size = Math.addExact(size, entry.size());
        }
        return size;
    }
}
