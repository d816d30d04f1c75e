// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.error.ReferenceException;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides which names the images of an archive get. */
final class ImportNames {
    private static final int SHOWN = 3;

    private final ArchiveSource source;
    private final List<ArchivedImage> images;
    private final Map<String, ArchivedImage> named = new LinkedHashMap<>();
    private final List<ArchivedImage> nameless = new ArrayList<>();

    private ImportNames(ArchiveSource source, List<ArchivedImage> images) {
        this.source = source;
        this.images = images;
    }

    /**
     * Names the images.
     *
     * @param wanted the name for the only image, or the repository for tags; null for the names of the archive
     * @throws ReferenceException if an image needs a name, or the name cannot be given to several images
     * @throws dev.jpull.error.IntegrityException if the archive gives one name to two images
     */
    static ImportNames of(ArchiveSource source, List<ArchivedImage> images, @Nullable String wanted) {
        ImportNames names = new ImportNames(source, images);
        if (wanted == null) {
            images.forEach(names::ofArchive);
        } else {
            names.wanted(wanted);
        }
        if (names.named.isEmpty() && !images.isEmpty()) {
            throw new ReferenceException(source + " has no full name for its " + names.list() + ": " + names.remedy());
        }
        return names;
    }

    /** The images by their names, in the order of the archive. */
    Map<String, ArchivedImage> named() {
        return named;
    }

    /** The images without a name. */
    List<ArchivedImage> nameless() {
        return nameless;
    }

    private void ofArchive(ArchivedImage image) {
        image.names().forEach(name -> put(name, image));
        if (image.names().isEmpty()) {
            nameless.add(image);
        }
    }

    private void wanted(String wanted) {
        ImageReference reference = ImageReference.parse(wanted);
        boolean isWhole = reference.digest() != null || hasTag(wanted);
        boolean isOnly =
                images.stream().map(image -> image.root().digest()).distinct().count() == 1;
        if (isWhole) {
            if (!isOnly) {
                throw new ReferenceException("--name " + wanted + " names one image, but " + source + " has " + list()
                        + ": give a repository without a tag, or choose an archive with one image");
            }
            put(reference, images.get(0));
            return;
        }
        for (ArchivedImage image : images) {
            List<String> tags = new ArrayList<>();
            if (isOnly) {
                image.names().stream()
                        .filter(name -> name.tag() != null)
                        .forEach(name -> tags.add(String.valueOf(name.tag())));
            }
            if (!image.names().isEmpty() && !isOnly) {
                ofArchive(image);
                continue;
            }
            if (tags.isEmpty() && !image.tag().isEmpty()) {
                tags.add(image.tag());
            }
            if (tags.isEmpty() && isOnly) {
                tags.add(String.valueOf(reference.tag()));
            }
            tags.forEach(tag -> put(new ImageReference(reference.domain(), reference.path(), tag, null), image));
            if (tags.isEmpty()) {
                nameless.add(image);
            }
        }
    }

    private static boolean hasTag(String reference) {
        return reference.indexOf(':', reference.lastIndexOf('/') + 1) >= 0;
    }

    private void put(ImageReference name, ArchivedImage image) {
        ArchivedImage before = named.putIfAbsent(name.toString(), image);
        Descriptor root = image.root();
        if (before != null && !before.root().digest().equals(root.digest())) {
            throw source.refused("it gives the name " + name + " to two images, "
                    + before.root().digest() + " and " + root.digest());
        }
        Digest pinned = name.digest();
        if (pinned != null && !pinned.equals(root.digest())) {
            throw source.refused(
                    "it gives the name " + name + " to the image " + root.digest() + ", which is another one");
        }
    }

    private String remedy() {
        boolean hasTags = images.stream().anyMatch(image -> !image.tag().isEmpty());
        if (images.size() == 1) {
            return "name it with --name " + (hasTags ? "REPOSITORY" : "NAME:TAG");
        }
        return hasTags
                ? "name them with --name REPOSITORY"
                : "make an archive of each of them, and import it with --name NAME:TAG";
    }

    /** How many images there are, and what the archive says of the first ones. */
    private String list() {
        String list = String.join(
                "; ", images.stream().limit(SHOWN).map(ArchivedImage::text).toList());
        int more = images.size() - SHOWN;
        return (images.size() == 1 ? "image " : images.size() + " images (")
                + list
                + (more > 0 ? "; and " + more + " more" : "")
                + (images.size() == 1 ? "" : ")");
    }
}
