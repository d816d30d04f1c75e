// SPDX-License-Identifier: Apache-2.0
package dev.jpull.archive;

import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import dev.jpull.manifest.DescriptorJson;
import dev.jpull.manifest.DocumentJson;
import dev.jpull.manifest.Referrer;
import dev.jpull.store.LayoutIndex;
import dev.jpull.text.ForeignText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the index.json of an OCI image layout lists (OCI image-spec, image-layout.md).
 *
 * @param images the images, named or not
 * @param referrers the entries that say what they refer to
 */
record OciContents(List<ArchivedImage> images, List<Referrer> referrers) {
    static final String INDEX = "index.json";
    static final String LAYOUT = "oci-layout";

    /**
     * The annotation of an entry that stands for a larger index, of which not everything is in the archive: media type, digest and size
     * of that index, separated by blanks.
     */
    static final String ROOT = "dev.jpull.root";

    private static final int SHOWN_ANNOTATIONS = 5;

    OciContents {
        images = List.copyOf(images);
        referrers = List.copyOf(referrers);
    }

    /**
     * Reads index.json.
     *
     * @throws dev.jpull.error.IntegrityException if it is no list of images
     */
    static OciContents parse(byte[] json, ArchiveSource source) {
        try {
            List<ArchivedImage> images = new ArrayList<>();
            List<Referrer> referrers = new ArrayList<>();
            List<JsonValue> entries = JsonValue.parse(json).require("manifests").elements();
            if (entries.size() > DocumentJson.MAX_ENTRIES) {
                throw source.refused("its " + INDEX + " has more than " + DocumentJson.MAX_ENTRIES + " entries");
            }
            for (JsonValue entry : entries) {
                Descriptor descriptor = DescriptorJson.descriptor(entry);
                Optional<Referrer> referrer = referrer(descriptor, entry);
                if (referrer.isPresent()) {
                    referrers.add(referrer.get());
                } else {
                    images.add(image(descriptor));
                }
            }
            return new OciContents(images, referrers);
        } catch (JsonException e) {
            throw source.refused("its " + INDEX + ": " + ForeignText.line(String.valueOf(e.getMessage())));
        }
    }

    private static ArchivedImage image(Descriptor entry) {
        List<ImageReference> names = new ArrayList<>();
        String refName = annotation(entry, LayoutIndex.REF_NAME);
        ArchivedImage.fullName(annotation(entry, LayoutIndex.IMAGE_NAME))
                .or(() -> ArchivedImage.fullName(refName))
                .ifPresent(names::add);
        List<String> annotations = entry.annotations().entrySet().stream()
                .limit(SHOWN_ANNOTATIONS)
                .map(annotation -> annotation.getKey() + "=" + ArchivedImage.withoutPassword(annotation.getValue()))
                .toList();
        return new ArchivedImage(
                entry, names, ArchivedImage.isTag(refName) ? refName : "", ArchivedImage.text(entry, annotations));
    }

    /** An entry that says what it refers to, as jpull writes it: without a name, or named by the tag that ties it to its subject. */
    private static Optional<Referrer> referrer(Descriptor entry, JsonValue json) throws JsonException {
        String subject = annotation(entry, LayoutIndex.SUBJECT);
        String tag = annotation(entry, LayoutIndex.REFERRER_TAG);
        boolean named = !annotation(entry, LayoutIndex.IMAGE_NAME).isEmpty()
                || !annotation(entry, LayoutIndex.REF_NAME).equals(tag)
                        && !annotation(entry, LayoutIndex.REF_NAME).isEmpty();
        if (named || Digest.check(subject) != null) {
            return Optional.empty();
        }
        String artifactType = json.text("artifactType");
        return Optional.of(
                new Referrer(listed(entry), artifactType == null ? "" : artifactType, Digest.parse(subject), tag));
    }

    /** An entry as the list had it from which it came, without what jpull added. */
    static Descriptor listed(Descriptor entry) {
        Map<String, String> annotations = new LinkedHashMap<>(entry.annotations());
        annotations.keySet().removeIf(key -> key.startsWith("dev.jpull.") || key.equals(LayoutIndex.REF_NAME));
        return new Descriptor(
                entry.mediaType(),
                entry.digest(),
                entry.size(),
                entry.platform(),
                entry.urls(),
                annotations,
                entry.data());
    }

    /**
     * The index that an entry stands for.
     *
     * @return null if it stands for itself
     */
    static @Nullable Descriptor original(Descriptor entry, ArchiveSource source) {
        String[] parts = annotation(entry, ROOT).split(" ", -1);
        if (parts.length == 1 && parts[0].isEmpty()) {
            return null;
        }
        if (parts.length != 3
                || !new MediaType(parts[0]).isIndex()
                || Digest.check(parts[1]) != null
                || !parts[2].matches("[0-9]{1,9}")) {
            throw source.refused("the annotation " + ROOT + " of " + entry.digest()
                    + " is not the media type, digest and size of an index");
        }
        return new Descriptor(new MediaType(parts[0]), Digest.parse(parts[1]), Long.parseLong(parts[2]));
    }

    private static String annotation(Descriptor entry, String key) {
        return entry.annotations().getOrDefault(key, "");
    }
}
