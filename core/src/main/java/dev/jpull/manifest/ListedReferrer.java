// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Descriptor;
import dev.jpull.image.MediaType;
import dev.jpull.json.JsonException;
import dev.jpull.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An entry in a list of referrers, which is an index (OCI distribution-spec, "Listing Referrers"). What it says is the word of the
 * list alone: only the manifest itself says what it refers to.
 *
 * @param descriptor the manifest or index that is listed, without platform, URLs and embedded content; without annotations when
 *     these are large
 * @param artifactType what kind of artifact it is; may be empty
 */
public record ListedReferrer(Descriptor descriptor, String artifactType) {
    /** How many characters the annotations of an entry may have together, so that the index of a store can keep them. */
    private static final int MAX_ANNOTATIONS = 16 << 10;

    /** The length of the longest media type (RFC 6838), to which types of artifacts are limited. */
    private static final int MAX_TYPE = 255;

    /**
     * A page of a list.
     *
     * @param entries the entries, in order
     * @param unusable how many other entries there are that are no descriptors
     */
    public record Page(List<ListedReferrer> entries, int unusable) {
        /** Copies the list. */
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /**
     * Reads a page.
     *
     * @param index the bytes; the caller has bounded their number
     * @throws JsonException if it is no index
     */
    public static Page parse(byte[] index) throws JsonException {
        JsonValue manifests = JsonValue.parse(index).require("manifests");
        List<ListedReferrer> entries = new ArrayList<>();
        int unusable = 0;
        for (JsonValue entry : manifests.elements()) {
            try {
                String type = entry.text("artifactType");
                entries.add(new ListedReferrer(
                        kept(DescriptorJson.descriptor(entry)), type == null || type.length() > MAX_TYPE ? "" : type));
            } catch (JsonException e) {
                unusable++;
            }
        }
        return new Page(entries, unusable);
    }

    private static Descriptor kept(Descriptor listed) {
        return new Descriptor(
                listed.mediaType(),
                listed.digest(),
                listed.size(),
                null,
                List.of(),
                characters(listed) > MAX_ANNOTATIONS ? Map.of() : listed.annotations(),
                null);
    }

    private static long characters(Descriptor descriptor) {
        return descriptor.annotations().entrySet().stream()
                .mapToLong(annotation ->
                        annotation.getKey().length() + annotation.getValue().length())
                .sum();
    }

    /** How many characters its annotations have together. */
    public long annotationCharacters() {
        return characters(descriptor);
    }

    /** The same without annotations. */
    public ListedReferrer withoutAnnotations() {
        return new ListedReferrer(descriptor.withoutAnnotations(), artifactType);
    }

    /**
     * Whether it may be of a wanted type. A list may not say the type, which the manifest does; and lists of cosign 3 say that of the
     * empty configuration, which is no type of an artifact.
     */
    public boolean mayBe(ReferrerSelection selection) {
        return artifactType.isEmpty()
                || artifactType.equals(MediaType.OCI_EMPTY.value())
                || selection.admits(artifactType);
    }
}
