// SPDX-License-Identifier: Apache-2.0
package dev.jpull.list;

import dev.jpull.finding.SourcePosition;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry of a list: images of one repository.
 *
 * @param position where it is written
 * @param repository a reference of the repository; its tag means nothing
 * @param tags which tags are meant
 * @param digests images by digest
 * @param settings what is said of the images, the defaults of the list included
 */
public record ListEntry(
        SourcePosition position,
        ImageReference repository,
        TagSelection tags,
        List<Digest> digests,
        ImageSettings settings) {
    /** Copies the list. */
    public ListEntry {
        digests = List.copyOf(digests);
    }

    /**
     * An entry for one image, which is in no file.
     *
     * @throws dev.jpull.error.ReferenceException if it is no reference
     */
    public static ListEntry of(String reference) {
        return of(SourcePosition.BUILT_IN, ImageReference.parse(reference), ImageSettings.NONE);
    }

    /** An entry for one image. */
    static ListEntry of(SourcePosition position, ImageReference image, ImageSettings settings) {
        Digest digest = image.digest();
        String tag = image.tag();
        return new ListEntry(
                position,
                image,
                tag == null ? TagSelection.NONE : new TagSelection(List.of(tag), List.of(), 0),
                digest == null ? List.of() : List.of(digest),
                settings);
    }

    /**
     * The images, each once.
     *
     * @param found the tags that the rules have matched
     */
    public List<ImageReference> images(List<String> found) {
        List<ImageReference> images = new ArrayList<>();
        tags.names().forEach(tag -> images.add(tagged(tag)));
        found.forEach(tag -> images.add(tagged(tag)));
        digests.forEach(digest -> images.add(repository.withDigest(digest)));
        return images.stream().distinct().toList();
    }

    private ImageReference tagged(String tag) {
        return new ImageReference(repository.domain(), repository.path(), tag, null);
    }
}
