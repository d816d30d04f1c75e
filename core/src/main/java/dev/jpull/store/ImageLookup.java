// SPDX-License-Identifier: Apache-2.0
package dev.jpull.store;

import dev.jpull.error.FailureDetails;
import dev.jpull.error.ImageNotFoundException;
import dev.jpull.error.ReferenceException;
import dev.jpull.error.Remedy;
import dev.jpull.image.Descriptor;
import dev.jpull.image.Digest;
import dev.jpull.image.ImageReference;
import dev.jpull.manifest.Referrer;
import dev.jpull.text.ForeignText;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds an image of a store by what a user writes: the name that is listed, a reference as it is written for a pull, a digest,
 * or the first digits of one.
 *
 * @param store the store, for messages
 * @param contents its index
 * @param graph its documents and referrers
 */
record ImageLookup(ImageStore store, LayoutIndex.Contents contents, StoreGraph graph) {
    /**
     * The root of an image, or a referrer or manifest of one.
     *
     * @throws ImageNotFoundException if there is none
     * @throws ReferenceException if the text is no name and no digest, or the first digits of several
     */
    Descriptor find(String text) {
        Optional<Descriptor> named = named(text);
        if (named.isPresent()) {
            return named.get();
        }
        ReferenceException noReference = null;
        try {
            ImageReference reference = ImageReference.parse(text);
            Optional<Descriptor> found = named(reference.toString()).or(() -> pinned(reference.digest()));
            if (found.isPresent()) {
                return found.get();
            }
        } catch (ReferenceException e) {
            noReference = e;
        }
        if (DigestDigits.match(text)) {
            Optional<Descriptor> byDigits = byDigits(text);
            if (byDigits.isPresent()) {
                return byDigits.get();
            }
        } else if (noReference != null) {
            throw noReference;
        }
        throw new ImageNotFoundException(
                FailureDetails.of("there is no image " + ForeignText.line(text) + " in " + store.root())
                        .with(Remedy.LIST_IMAGES));
    }

    private Optional<Descriptor> named(String name) {
        return contents.entries().stream()
                .filter(entry -> !name.isEmpty() && entry.name().equals(name))
                .map(LayoutIndex.Entry::root)
                .findFirst();
    }

    private Optional<Descriptor> pinned(@Nullable Digest digest) {
        return roots().filter(root -> root.digest().equals(digest)).findFirst();
    }

    private java.util.stream.Stream<Descriptor> roots() {
        return contents.entries().stream().map(LayoutIndex.Entry::root);
    }

    /** Images come before referrers, and both before the manifests of images. */
    private Optional<Descriptor> byDigits(String text) {
        return unique(text, roots().toList())
                .or(() -> unique(
                        text,
                        contents.referrers().stream().map(Referrer::descriptor).toList()))
                .or(() -> unique(
                        text,
                        graph.needed(roots().toList()).values().stream()
                                .filter(needed -> needed.mediaType().isManifestOrIndex())
                                .toList()));
    }

    private static Optional<Descriptor> unique(String text, Collection<Descriptor> candidates) {
        return DigestDigits.find(
                        text, candidates.stream().map(Descriptor::digest).toList())
                .flatMap(digest -> candidates.stream()
                        .filter(candidate -> candidate.digest().equals(digest))
                        .findFirst());
    }
}
