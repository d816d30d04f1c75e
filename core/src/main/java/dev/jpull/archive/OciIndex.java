// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.archive.CarriedImage.CarriedReferrer;
import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.LayoutIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The index.json of an archive (OCI image-spec, image-layout.md): an entry for each image, then one without a name for each
 * referrer. containerd takes the name of an image from {@link LayoutIndex#IMAGE_NAME}, other programs from
 * {@link LayoutIndex#REF_NAME}.
 */
final class OciIndex {
    /**
     * The annotation of an entry that is only a part of its image: the media type, digest and size of the root, separated by
     * blanks.
     */
    static final String ROOT = "dev.jpull.root";

    private OciIndex() {}

    /** The document of an archive with images, which are ordered. */
    static byte[] ofArchive(List<CarriedImage> images) {
        return JsonValue.write(document(entries(images, Set.of(), false)));
    }

    /** The document of a layout with images, which are ordered. */
    static byte[] ofLayout(List<CarriedImage> images) {
        return JsonValue.write(document(layoutEntries(images, Set.of())));
    }

    /**
     * The entries in a layout of the images, and of what refers to them. A referrer that only a tag ties to its subject has that tag as
     * its name, so that other programs find it. In an archive it has none: containerd makes an image of each entry that has a name, and
     * fails to unpack a signature.
     *
     * @param taken short names that other entries have
     */
    static List<Object> layoutEntries(List<CarriedImage> images, Set<String> taken) {
        return entries(images, taken, true);
    }

    /** An index with these entries. */
    static Map<String, Object> document(List<Object> entries) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schemaVersion", 2);
        document.put("mediaType", MediaType.OCI_INDEX.value());
        document.put("manifests", entries);
        return document;
    }

    private static List<Object> entries(List<CarriedImage> images, Set<String> taken, boolean namesTags) {
        List<String> references = references(images, taken);
        List<Object> entries = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            entries.add(entryOf(images.get(i), references.get(i)));
        }
        Set<String> freeTags = new HashSet<>();
        if (namesTags) {
            images.forEach(image -> image.referrers()
                    .forEach(carried -> freeTags.add(carried.referrer().tag())));
            freeTags.removeAll(taken);
            references.forEach(freeTags::remove);
            freeTags.remove("");
        }
        Set<Object> known = new HashSet<>();
        for (CarriedImage image : images) {
            for (CarriedReferrer carried : image.referrers()) {
                Referrer referrer = carried.referrer();
                if (known.add(List.of(referrer.descriptor().digest(), referrer.subject()))) {
                    entries.add(entryOf(referrer, freeTags.remove(referrer.tag())));
                }
            }
        }
        return entries;
    }

    /**
     * What the images are called in {@link LayoutIndex#REF_NAME}: the tag, or the name in full when another entry has that tag;
     * empty for an image without a name.
     *
     * @param taken short names that other entries have
     */
    static List<String> references(List<CarriedImage> images, Set<String> taken) {
        Map<String, Integer> uses = new HashMap<>();
        taken.forEach(name -> uses.put(name, 1));
        images.forEach(image -> uses.merge(ImageName.of(image.name()).shortName(), 1, Integer::sum));
        return images.stream()
                .map(image -> {
                    String shortName = ImageName.of(image.name()).shortName();
                    return uses.getOrDefault(shortName, 0) > 1 ? image.name() : shortName;
                })
                .toList();
    }

    private static Map<String, Object> entryOf(CarriedImage image, String reference) {
        Map<String, Object> annotations = new LinkedHashMap<>();
        if (!image.root().digest().equals(image.entry().digest())) {
            Descriptor root = image.root();
            annotations.put(ROOT, root.mediaType() + " " + root.digest() + " " + root.size());
        }
        ImageName name = ImageName.of(image.name());
        if (name.isReference()) {
            annotations.put(LayoutIndex.IMAGE_NAME, image.name());
        }
        if (!image.name().isEmpty()) {
            annotations.put(LayoutIndex.REF_NAME, reference);
        }
        Map<String, Object> entry = describe(image.entry());
        if (!annotations.isEmpty()) {
            entry.put("annotations", annotations);
        }
        return entry;
    }

    private static Map<String, Object> entryOf(Referrer referrer, boolean named) {
        Map<String, Object> annotations =
                new LinkedHashMap<>(referrer.descriptor().annotations());
        annotations.put(LayoutIndex.SUBJECT, referrer.subject().toString());
        if (!referrer.tag().isEmpty()) {
            annotations.put(LayoutIndex.REFERRER_TAG, referrer.tag());
        }
        if (named) {
            annotations.put(LayoutIndex.REF_NAME, referrer.tag());
        }
        Map<String, Object> entry = describe(referrer.descriptor());
        if (!referrer.artifactType().isEmpty()) {
            entry.put("artifactType", referrer.artifactType());
        }
        entry.put("annotations", annotations);
        return entry;
    }

    private static Map<String, Object> describe(Descriptor descriptor) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", descriptor.mediaType().value());
        entry.put("digest", descriptor.digest().toString());
        entry.put("size", descriptor.size());
        return entry;
    }
}
