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
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
    private static final int MIN_DIGITS = 4;
    private static final int MAX_SHOWN = 5;
    private static final Pattern DIGITS =
            Pattern.compile("(?:(sha256|sha384|sha512):)?([0-9a-f]{" + MIN_DIGITS + ",128})");

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
        if (DIGITS.matcher(text).matches()) {
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
        Map<Digest, Descriptor> matching = new LinkedHashMap<>();
        for (Descriptor candidate : candidates) {
            Digest digest = candidate.digest();
            if (digest.hex().startsWith(text) || digest.toString().startsWith(text)) {
                matching.putIfAbsent(digest, candidate);
            }
        }
        if (matching.size() > 1) {
            List<Digest> several = new ArrayList<>(matching.keySet());
            throw new ReferenceException(text + " is the beginning of " + several.size() + " digests, among them "
                    + several.stream().limit(MAX_SHOWN).map(Digest::toString).collect(Collectors.joining(", "))
                    + ": write more digits");
        }
        return matching.values().stream().findFirst();
    }
}
